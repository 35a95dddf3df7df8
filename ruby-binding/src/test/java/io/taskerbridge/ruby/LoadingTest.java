package io.taskerbridge.ruby;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.HandlerInfo;
import io.taskerbridge.core.handler.HandlerProblem;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handler files that never finish loading. */
@Timeout(60)
final class LoadingTest {

  @Test
  void a_file_that_blocks_is_a_problem_and_the_others_load() {
    RubyRuntime runtime =
        RubyRuntime.open(
            SharedRuby.HOST.bridge,
            BridgeConfig.defaults(),
            List.of(SharedRuby.SOURCES.resolve("blocking")),
            Duration.ofSeconds(2));
    try {
      assertThat(runtime.problems())
          .extracting(problem -> name(problem) + ":" + problem.line())
          .containsExactly("listens.rb:9", "loops.rb:5");
      assertThat(runtime.problems())
          .allSatisfy(
              problem -> assertThat(problem.message()).contains("still loading after 2.0 s"));
      assertThat(runtime.handlers()).extracting(HandlerInfo::name).containsExactly("Sound");
      StepCall call = StepCall.of("Sound", SharedRuby.correlation(), "{}");
      assertThat(runtime.call(call, new Cancellation()))
          .isEqualTo(new StepOutcome.Success("\"loaded\"", "{}"));
    } finally {
      runtime.close();
    }
  }

  private static String name(HandlerProblem problem) {
    return problem.source().substring(problem.source().lastIndexOf('/') + 1);
  }
}
