package io.taskerbridge.ruby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jruby.Ruby;
import org.jruby.RubyArray;
import org.jruby.RubyInstanceConfig;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The gem's own tests, in the host's Ruby and in a plain one that knows of no host. */
final class GemSuiteTest {
  private static final Path GEM = SharedRuby.PROJECT.resolve("gems/tasker_core").toAbsolutePath();

  @TestFactory
  Stream<DynamicNode> ruby_tests_pass() {
    return Stream.of(
        dynamicContainer("with a host", tests(SharedRuby.RUNTIME.ruby())),
        dynamicContainer("without a host", tests(plainRuby())));
  }

  private static Ruby plainRuby() {
    RubyInstanceConfig config = new RubyInstanceConfig();
    config.setLoadGemfile(false);
    config.setDisableDidYouMean(true);
    config.setDisableErrorHighlight(true);
    config.setDisableSyntaxSuggest(true);
    config.setVerbosity(RubyInstanceConfig.Verbosity.TRUE);
    Ruby ruby = Ruby.newInstance(config);
    ruby.getLoadService().addPaths(GEM.resolve("lib").toString());
    return ruby;
  }

  private static List<DynamicTest> tests(Ruby ruby) {
    ruby.getLoadService().require(GEM.resolve("test/suite.rb").toString());
    RubyArray<?> results = ruby.evalScriptlet("TaskerCoreSuite.run").convertToArray();
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < results.getLength(); i++) {
      RubyArray<?> result = results.eltOk(i).convertToArray();
      String failure = result.eltOk(1).isNil() ? "" : result.eltOk(1).toString();
      tests.add(dynamicTest(result.eltOk(0).toString(), () -> assertThat(failure).isEmpty()));
    }
    assertThat(tests).isNotEmpty();
    return tests;
  }
}
