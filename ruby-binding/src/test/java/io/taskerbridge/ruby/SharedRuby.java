package io.taskerbridge.ruby;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import java.nio.file.Path;
import java.util.List;

/** The one Ruby runtime of the test process, with the handlers below {@code src/test/ruby}. */
final class SharedRuby {
  static final Path PROJECT = Path.of(System.getProperty("tasker.project.dir", ".."));
  static final Path SOURCES = PROJECT.resolve("ruby-binding/src/test/ruby");
  static final RecordingHost HOST = new RecordingHost();
  static final RubyRuntime RUNTIME = open();

  private SharedRuby() {}

  private static RubyRuntime open() {
    return RubyRuntime.open(
        HOST.bridge.forLanguage("ruby"),
        BridgeConfig.defaults(),
        List.of(SOURCES.resolve("handlers"), SOURCES.resolve("broken"), SOURCES.resolve("absent")));
  }

  static Path handler(String file) {
    return SOURCES.resolve("handlers").resolve(file).toAbsolutePath().normalize();
  }

  static Correlation correlation() {
    return Correlation.of(CorrelationId.next());
  }

  static StepOutcome call(String handler) {
    return call(handler, "{}");
  }

  static StepOutcome call(String handler, String inputJson) {
    return call(StepCall.of(handler, correlation(), inputJson));
  }

  static StepOutcome call(StepCall call) {
    return RUNTIME.call(call, new Cancellation());
  }

  /** Calls under a span of the host's. */
  @SuppressWarnings("try") // the scope is there to be closed
  static StepOutcome callUnder(Span parent, StepCall call, Cancellation cancellation) {
    try (Scope scope = parent.makeCurrent()) {
      return RUNTIME.call(call, cancellation);
    } finally {
      parent.end();
    }
  }

  static Span hostSpan(String name) {
    return HOST.openTelemetry().getTracer("host").spanBuilder(name).startSpan();
  }

  static String result(StepOutcome outcome) {
    if (outcome instanceof StepOutcome.Success success) {
      return success.resultJson();
    }
    throw new AssertionError("no success but " + outcome);
  }

  static StepOutcome.Failure failure(StepOutcome outcome) {
    if (outcome instanceof StepOutcome.Failure failure) {
      return failure;
    }
    throw new AssertionError("no failure but " + outcome);
  }
}
