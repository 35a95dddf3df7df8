package io.taskerbridge.host.execution;

import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.core.metrics.Instrument;
import io.taskerbridge.core.metrics.Metrics;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the executor counts and measures. */
final class StepMetrics {
  private static final double NANOS_PER_MILLI = 1e6;

  private final Instrument executions;
  private final Instrument successes;
  private final Instrument failures;
  private final Instrument duration;
  private final Instrument activeExecutions;
  private final Instrument handlerCalls;
  private final Instrument handlerDuration;

  StepMetrics(Metrics metrics) {
    executions = metrics.get("tasker.steps.executions.total");
    successes = metrics.get("tasker.steps.successes.total");
    failures = metrics.get("tasker.steps.failures.total");
    duration = metrics.get("tasker.step.execution.duration");
    activeExecutions = metrics.get("tasker.steps.active_executions");
    handlerCalls = metrics.get("bridge.handler.calls_total");
    handlerDuration = metrics.get("bridge.handler.duration");
  }

  Attempt started(StepCall call, String language) {
    return new Attempt(call, language);
  }

  static @Nullable HandlerError errorIn(StepOutcome outcome) {
    return switch (outcome) {
      case StepOutcome.Success s -> null;
      case StepOutcome.Checkpoint c -> null;
      case StepOutcome.Failure failure -> failure.error();
      case StepOutcome.TimedOut timedOut -> timedOut.error();
      case StepOutcome.Cancelled cancelled -> cancelled.error();
    };
  }

  /** One attempt, from its start. */
  final class Attempt {
    private final String namespace;
    private final StepCall call;
    private final String language;
    private final long start = System.nanoTime();

    private Attempt(StepCall call, String language) {
      this.call = call;
      this.language = language;
      this.namespace = Objects.requireNonNullElse(call.correlation().namespace(), "default");
      executions.record(
          1, "namespace", namespace, "step_name", call.stepName(), "handler_type", language);
      adjustActive(1);
    }

    void ended(StepOutcome outcome) {
      double millis = (System.nanoTime() - start) / NANOS_PER_MILLI;
      adjustActive(-1);
      HandlerError error = errorIn(outcome);
      if (error == null) {
        successes.record(
            1, "namespace", namespace, "step_name", call.stepName(), "handler_type", language);
      } else {
        boolean retryable = !(outcome instanceof StepOutcome.Failure f) || f.retryable();
        failures.record(
            1,
            "namespace",
            namespace,
            "step_name",
            call.stepName(),
            "handler_type",
            language,
            "error_type",
            error.type(),
            "retryable",
            Boolean.toString(retryable));
      }
      duration.record(
          millis,
          "namespace",
          namespace,
          "step_name",
          call.stepName(),
          "handler_type",
          language,
          "result",
          outcome.result());
      handlerCalls.record(
          1, "language", language, "handler", call.handler(), "outcome", outcome.result());
      handlerDuration.record(millis, "language", language, "handler", call.handler());
    }

    private void adjustActive(int delta) {
      activeExecutions.bind(Map.of("namespace", namespace, "handler_type", language)).adjust(delta);
    }
  }
}
