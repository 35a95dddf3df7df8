package io.taskerbridge.host.provider;

import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.handler.StepOutcome;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An attempt's outcome as it is stored.
 *
 * @param outcome success, error, timeout, checkpoint, cancelled or worker_lost
 * @param retryable whether another attempt may succeed
 * @param delay before it
 * @param dataJson the result, or the checkpoint, or null
 * @param traceparent of the attempt's span, or null
 */
record AttemptResult(
    String outcome,
    boolean retryable,
    Duration delay,
    @Nullable String dataJson,
    @Nullable String metadataJson,
    @Nullable HandlerError error,
    @Nullable String traceparent) {
  private static final Duration LONGEST_DELAY = Duration.ofDays(30);

  static AttemptResult of(
      StepOutcome outcome, StepClaim claim, RandomGenerator random, @Nullable String traceparent) {
    Duration backoff = claim.retry().delayAfter(claim.attempt(), random);
    return switch (outcome) {
      case StepOutcome.Success s ->
          new AttemptResult(
              s.result(),
              false,
              Duration.ZERO,
              s.resultJson(),
              s.metadataJson(),
              null,
              traceparent);
      case StepOutcome.Failure f ->
          new AttemptResult(
              f.result(),
              f.retryable(),
              f.retryAfter() == null ? backoff : bounded(f.retryAfter()),
              null,
              f.metadataJson(),
              f.error(),
              traceparent);
      case StepOutcome.TimedOut t ->
          new AttemptResult(t.result(), true, backoff, null, null, t.error(), traceparent);
      case StepOutcome.Checkpoint c ->
          new AttemptResult(
              c.result(), true, Duration.ZERO, c.checkpointJson(), null, null, traceparent);
      case StepOutcome.Cancelled c ->
          new AttemptResult(c.result(), true, Duration.ZERO, null, null, c.error(), traceparent);
    };
  }

  /** A guest may ask for any delay; the database's time has an end. */
  private static Duration bounded(Duration asked) {
    if (asked.isNegative()) {
      return Duration.ZERO;
    }
    return asked.compareTo(LONGEST_DELAY) < 0 ? asked : LONGEST_DELAY;
  }

  static AttemptResult workerLost(StepClaim claim) {
    return new AttemptResult(
        "worker_lost",
        true,
        Duration.ZERO,
        null,
        null,
        new HandlerError(
            "WorkerLost",
            "The worker that ran attempt " + claim.attempt() + " died before it answered",
            null,
            ""),
        null);
  }
}
