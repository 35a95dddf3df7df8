package io.taskerbridge.host.orchestration;

import java.util.Locale;

/** The states of a task and the legal ways from one to another. */
public enum TaskState {
  PENDING,
  INITIALIZING,
  ENQUEUING_STEPS,
  STEPS_IN_PROCESS,
  EVALUATING_RESULTS,
  WAITING_FOR_DEPENDENCIES,
  WAITING_FOR_RETRY,
  BLOCKED_BY_FAILURES,
  COMPLETE,
  ERROR,
  CANCELLED,
  RESOLVED_MANUALLY;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name as the database and every label and attribute write it: {@code steps_in_process}. */
  public String label() {
    return label;
  }

  /**
   * The state of that label.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static TaskState of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }

  /** Whether the task is at its end. */
  public boolean isTerminal() {
    return switch (this) {
      case COMPLETE, ERROR, CANCELLED, RESOLVED_MANUALLY -> true;
      default -> false;
    };
  }

  /** Whether a task may go from this state to the next. */
  public boolean mayBecome(TaskState next) {
    return switch (next) {
      case CANCELLED -> !isTerminal();
      case RESOLVED_MANUALLY -> this != RESOLVED_MANUALLY;
      case PENDING -> this == ERROR;
      case INITIALIZING -> this == PENDING;
      case ENQUEUING_STEPS ->
          this == INITIALIZING || this == EVALUATING_RESULTS || this == WAITING_FOR_RETRY;
      case STEPS_IN_PROCESS -> this == ENQUEUING_STEPS;
      case EVALUATING_RESULTS -> this == STEPS_IN_PROCESS || this == WAITING_FOR_DEPENDENCIES;
      case WAITING_FOR_DEPENDENCIES -> this == INITIALIZING || this == EVALUATING_RESULTS;
      case WAITING_FOR_RETRY -> this == STEPS_IN_PROCESS;
      case BLOCKED_BY_FAILURES -> this == EVALUATING_RESULTS;
      case COMPLETE ->
          this == INITIALIZING || this == STEPS_IN_PROCESS || this == EVALUATING_RESULTS;
      case ERROR ->
          this == ENQUEUING_STEPS || this == STEPS_IN_PROCESS || this == BLOCKED_BY_FAILURES;
    };
  }

  /**
   * Goes to the next state.
   *
   * @return the next state
   * @throws IllegalStateException if the edge is not legal; the message names both states
   */
  public TaskState become(TaskState next) {
    if (!mayBecome(next)) {
      throw new IllegalStateException("a task cannot go from " + label + " to " + next.label);
    }
    return next;
  }
}
