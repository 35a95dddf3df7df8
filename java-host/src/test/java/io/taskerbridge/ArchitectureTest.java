package io.taskerbridge;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The arrows between modules and packages, as docs/architecture.md draws them. */
class ArchitectureTest {
  private static final String CORE = "io.taskerbridge.core..";
  private static final String RUBY = "io.taskerbridge.ruby..";
  private static final String PYTHON = "io.taskerbridge.python..";
  private static final String HOST = "io.taskerbridge.host..";

  private static JavaClasses all;

  @BeforeAll
  static void importClasses() {
    all =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.taskerbridge");
  }

  @Test
  void every_module_is_seen() {
    assertThat(all.stream().map(type -> type.getPackageName()))
        .contains(
            "io.taskerbridge.core.guest",
            "io.taskerbridge.ruby",
            "io.taskerbridge.python",
            "io.taskerbridge.host");
  }

  @Test
  void core_knows_no_guest_no_database_and_no_http_server() {
    noClasses()
        .that()
        .resideInAPackage(CORE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            RUBY,
            PYTHON,
            HOST,
            "org.jruby..",
            "org.graalvm..",
            "java.sql..",
            "javax.sql..",
            "com.sun.net.httpserver..")
        .check(all);
  }

  @Test
  void a_binding_knows_only_the_core() {
    noClasses()
        .that()
        .resideInAPackage(RUBY)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(PYTHON, HOST, "org.graalvm..", "java.sql..")
        .check(all);
    noClasses()
        .that()
        .resideInAPackage(PYTHON)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(RUBY, HOST, "org.jruby..", "java.sql..")
        .check(all);
  }

  @Test
  void the_host_knows_languages_only_through_the_runtime_contract() {
    noClasses()
        .that()
        .resideInAPackage(HOST)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(RUBY, PYTHON, "org.jruby..", "org.graalvm..")
        .check(all);
  }

  @Test
  void only_the_provider_knows_the_scheduler_and_the_database() {
    noClasses()
        .that()
        .resideInAPackage(HOST)
        .and()
        .resideOutsideOfPackage("io.taskerbridge.host.provider..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "com.github.kagkarlsson..",
            "com.zaxxer..",
            "org.flywaydb..",
            "io.zonky..",
            "java.sql..")
        .check(all);
  }

  @Test
  void execution_knows_neither_orchestration_nor_provider_nor_admin() {
    noClasses()
        .that()
        .resideInAPackage("io.taskerbridge.host.execution..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.taskerbridge.host.orchestration..",
            "io.taskerbridge.host.provider..",
            "io.taskerbridge.host.admin..",
            "io.taskerbridge.host.cli..")
        .check(all);
  }

  @Test
  void host_packages_have_no_cycles() {
    slices().matching("io.taskerbridge.host.(*)..").should().beFreeOfCycles().check(all);
  }

  @Test
  void public_classes_are_final_or_made_to_be_extended() {
    classes()
        .that()
        .arePublic()
        .and()
        .areNotInterfaces()
        .and()
        .areNotEnums()
        .and()
        .resideInAnyPackage(CORE, HOST, PYTHON)
        .and()
        .doNotHaveModifier(JavaModifier.ABSTRACT)
        .should()
        .haveModifier(JavaModifier.FINAL)
        .check(all);
  }
}
