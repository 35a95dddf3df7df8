package io.taskerbridge.core.log;

import io.taskerbridge.core.config.LogLevel;

/** What happens to tasks and steps. Each is emitted from exactly one place. */
public enum LifecycleEvent {
  /** The task and its steps are stored. */
  TASK_INITIALIZED("task.initialized", LogLevel.INFO),
  /** Steps that were ready are in their queue. */
  TASK_STEPS_ENQUEUED("task.steps_enqueued", LogLevel.INFO),
  /** A step's result is being looked at for what it makes ready. */
  TASK_EVALUATION_STARTED("task.evaluation_started", LogLevel.INFO),
  /** No step is left to run. */
  TASK_FINALIZATION_READY("task.finalization_ready", LogLevel.INFO),
  /** Every step succeeded. */
  TASK_COMPLETED("task.completed", LogLevel.INFO),
  /** A step failed for good. */
  TASK_FAILED("task.failed", LogLevel.ERROR),
  /** The step is in its queue. */
  STEP_ENQUEUED("step.enqueued", LogLevel.INFO),
  /** A worker has taken the step. */
  STEP_CLAIMED("step.claimed", LogLevel.INFO),
  /** The step's handler is about to be called. */
  STEP_EXECUTING("step.executing", LogLevel.INFO),
  /** The step's handler succeeded. */
  STEP_COMPLETED("step.completed", LogLevel.INFO),
  /** The step failed for good. */
  STEP_FAILED("step.failed", LogLevel.ERROR),
  /** The step failed and will be tried again. */
  STEP_RETRY_SCHEDULED("step.retry_scheduled", LogLevel.WARN);

  private final String eventName;
  private final LogLevel level;

  LifecycleEvent(String eventName, LogLevel level) {
    this.eventName = eventName;
    this.level = level;
  }

  /** The name in records and spans: {@code step.completed}. */
  public String eventName() {
    return eventName;
  }

  /** The level of its log record. */
  public LogLevel level() {
    return level;
  }
}
