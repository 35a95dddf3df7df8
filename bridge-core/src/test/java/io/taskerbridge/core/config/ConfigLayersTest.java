package io.taskerbridge.core.config;

import static io.taskerbridge.core.config.ConfigProject.setting;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskerbridge.core.config.BridgeConfig.SamplingStrategy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who wins over whom, and where each value is said to come from. */
class ConfigLayersTest {
  @TempDir Path folder;
  private ConfigProject project;

  @BeforeEach
  void emptyProject() {
    project = new ConfigProject(folder);
  }

  @Test
  void an_empty_project_has_the_defaults_with_paths_in_the_project() {
    LoadedConfig loaded = project.load();
    BridgeConfig defaults = BridgeConfig.defaults();

    assertThat(loaded.environment()).isEqualTo("development");
    assertThat(loaded.files()).isEmpty();
    assertThat(loaded.config().telemetry()).isEqualTo(defaults.telemetry());
    assertThat(loaded.config().worker()).isEqualTo(defaults.worker());
    assertThat(loaded.config().database().directory())
        .isEqualTo(folder.resolve(".tasker").resolve("postgres"));
    assertThat(loaded.settings())
        .allSatisfy(setting -> assertThat(setting.origin().kind()).isEqualTo(Origin.Kind.DEFAULT));
  }

  @ParameterizedTest(name = "{0}: {1} threads from {2}")
  @CsvSource({
    "1, 11, config/base/telemetry.toml:2",
    "2, 12, config/environments/production/telemetry.toml:3",
    "3, 13, more.toml:1",
    "4, 14, last.toml:2",
    "5, 15, variable TASKER_WORKER_THREADS",
    "6, 16, option worker.threads"
  })
  void each_layer_wins_over_those_before(int layers, int threads, String origin) throws Exception {
    project.base("[worker]\nthreads = 11");
    project.environment("production", layers < 2 ? "" : "\n[worker]\nthreads = 12\n");
    project.write("more.toml", "worker.threads = 13");
    project.write("last.toml", "[worker]\nthreads = 14");
    if (layers >= 5) {
      project.variable("TASKER_WORKER_THREADS", "15");
    }
    ConfigLoader loader = project.variable("TASKER_ENV", "production").loader();
    if (layers >= 3) {
      loader.file(Path.of("more.toml"));
    }
    if (layers >= 4) {
      loader.file(folder.resolve("last.toml"));
    }
    if (layers >= 6) {
      loader.set("worker.threads", "16");
    }

    LoadedConfig loaded = loader.load();

    assertThat(loaded.config().worker().threads()).isEqualTo(threads);
    assertThat(setting(loaded, "worker.threads"))
        .isEqualTo(
            new LoadedConfig.Setting(
                "worker.threads",
                String.valueOf(threads),
                setting(loaded, "worker.threads").origin()));
    assertThat(setting(loaded, "worker.threads").origin()).hasToString(origin);
  }

  @Test
  void otel_variables_win_over_tasker_variables_and_options_over_both() {
    project
        .variable("TASKER_TELEMETRY_SERVICE_NAME", "ours")
        .variable("OTEL_RESOURCE_ATTRIBUTES", "service.name=attribute");
    assertThat(project.load().config().telemetry().serviceName()).isEqualTo("attribute");

    project.variable("OTEL_SERVICE_NAME", "standard");
    LoadedConfig loaded = project.load();
    assertThat(loaded.config().telemetry().serviceName()).isEqualTo("standard");
    assertThat(setting(loaded, "telemetry.service_name").origin())
        .isEqualTo(Origin.variable("OTEL_SERVICE_NAME"));

    assertThat(
            project
                .loader()
                .set("telemetry.service_name", "option")
                .load()
                .config()
                .telemetry()
                .serviceName())
        .isEqualTo("option");
  }

  @Test
  void a_file_only_replaces_the_keys_that_it_names() throws Exception {
    project.base("[telemetry.sampling]\nstrategy = \"trace_id_ratio\"\nratio = 0.5\n");
    project.environment("production", "[telemetry.sampling]\nratio = 0.1\n");

    BridgeConfig config = project.loader().environment("production").load().config();

    assertThat(config.telemetry().sampling())
        .isEqualTo(new BridgeConfig.Sampling(SamplingStrategy.TRACE_ID_RATIO, 0.1));
    assertThat(config.telemetry().environment()).isEqualTo("production");
  }

  @Test
  void tables_are_merged_entry_by_entry_and_each_entry_has_its_origin() throws Exception {
    project
        .base(
            """
            [telemetry.resource_attributes]
            "team.name" = "orders"
            region.zone = "a"
            tier = "1"
            """)
        .variable("OTEL_RESOURCE_ATTRIBUTES", "tier=2,service.version=7.1,note=a%2Cb%20c+d");

    LoadedConfig loaded = project.load();

    assertThat(loaded.config().telemetry().resourceAttributes())
        .isEqualTo(
            Map.of("team.name", "orders", "region.zone", "a", "tier", "2", "note", "a,b c+d"));
    assertThat(loaded.config().telemetry().serviceVersion()).isEqualTo("7.1");
    assertThat(setting(loaded, "telemetry.resource_attributes.\"team.name\"").origin())
        .isEqualTo(Origin.file(ConfigProject.BASE, 2));
    assertThat(setting(loaded, "telemetry.resource_attributes.\"region.zone\"").origin())
        .isEqualTo(Origin.file(ConfigProject.BASE, 3));
    assertThat(setting(loaded, "telemetry.resource_attributes.tier").origin())
        .isEqualTo(Origin.variable("OTEL_RESOURCE_ATTRIBUTES"));
  }

  @Test
  void lists_are_replaced_as_a_whole() throws Exception {
    project.base("[worker]\nnamespaces = [\n  \"a\", # first\n  \"b\",\n]\n");
    assertThat(project.load().config().worker().namespaces()).containsExactly("a", "b");

    project.variable("TASKER_WORKER_NAMESPACES", "c, d ,");
    assertThat(project.load().config().worker().namespaces()).containsExactly("c", "d");
  }

  @Test
  void relative_paths_are_paths_in_the_project() throws Exception {
    Path absolute = folder.resolve("elsewhere").toAbsolutePath();
    project
        .base("[ruby]\nhandlers = ['handlers/ruby', '" + absolute + "']\n")
        .variable("TASKER_PYTHON_VENV", "../venv");

    BridgeConfig config = project.load().config();

    assertThat(config.ruby().handlers())
        .isEqualTo(List.of(folder.resolve("handlers").resolve("ruby"), absolute));
    assertThat(config.python().venv()).isEqualTo(folder.resolveSibling("venv"));
  }

  @Test
  void an_empty_text_sets_an_optional_key_to_nothing_and_a_blank_variable_says_nothing()
      throws Exception {
    project
        .base(
            "[telemetry.otlp]\nendpoint = \"http://collector:4317\"\n[telemetry.file]\ndirectory=\"x\"")
        .environment("production", "[telemetry.otlp]\nendpoint = \"\"\n")
        .variable("TASKER_TELEMETRY_FILE_DIRECTORY", " ")
        .variable("TASKER_ENV", "production");

    LoadedConfig loaded = project.load();

    assertThat(loaded.config().telemetry().otlp().endpoint()).isNull();
    assertThat(loaded.config().telemetry().file().directory()).isEqualTo(folder.resolve("x"));
    assertThat(
            project
                .loader()
                .set("telemetry.file.directory", "")
                .load()
                .config()
                .telemetry()
                .file()
                .directory())
        .isNull();
  }

  @Test
  void environment_of_the_loader_wins_over_the_variable() throws Exception {
    project.environment("production", "").environment("test", "[admin]\nport = 0\n");

    LoadedConfig loaded =
        project.variable("TASKER_ENV", "production").loader().environment("test").load();

    assertThat(loaded.environment()).isEqualTo("test");
    assertThat(loaded.config().admin().port()).isZero();
    assertThat(loaded.files())
        .containsExactly(folder.resolve("config/environments/test/telemetry.toml"));
  }

  @Test
  void launcher_variables_and_those_of_others_are_left_alone() {
    project
        .variable("TASKER_HOME", "/opt/bridge")
        .variable("TASKER_BRIDGE_JVM", "-Xmx1g")
        .variable("OTEL_TRACES_EXPORTER", "otlp")
        .variable("PATH", "/bin");

    assertThat(project.load().settings())
        .allSatisfy(setting -> assertThat(setting.origin()).isEqualTo(Origin.DEFAULT));
  }
}
