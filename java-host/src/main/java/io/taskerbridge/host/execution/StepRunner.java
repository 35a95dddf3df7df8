package io.taskerbridge.host.execution;

import io.taskerbridge.core.handler.StepOutcome;
import java.util.function.Consumer;

/** Runs claimed steps. Safe for use by many threads. */
@FunctionalInterface
public interface StepRunner {

  /**
   * Runs one attempt on the calling thread, a platform thread, inside a {@code step.execute} span
   * that is a child of the carrier's context, and hands the outcome to {@code submit} while that
   * span is current. Returns in bounded time after the step's timeout. What {@code submit} throws
   * is rethrown after the span has recorded it; nothing else is thrown.
   */
  void run(ClaimedStep step, Consumer<StepOutcome> submit);
}
