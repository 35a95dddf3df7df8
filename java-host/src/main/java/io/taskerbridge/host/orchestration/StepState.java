package io.taskerbridge.host.orchestration;

import java.util.Locale;

/** The states of a step and the legal ways from one to another. */
public enum StepState {
  PENDING,
  ENQUEUED,
  IN_PROGRESS,
  ENQUEUED_FOR_ORCHESTRATION,
  ENQUEUED_AS_ERROR_FOR_ORCHESTRATION,
  WAITING_FOR_RETRY,
  COMPLETE,
  ERROR,
  CANCELLED,
  RESOLVED_MANUALLY;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name as the database and every label and attribute write it: {@code in_progress}. */
  public String label() {
    return label;
  }

  /**
   * The state of that label.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static StepState of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }

  /** Whether the step is at its end; a step in error may still be reset or resolved. */
  public boolean isTerminal() {
    return this == COMPLETE || this == CANCELLED || this == RESOLVED_MANUALLY;
  }

  /** Whether steps that depend on this one may run. */
  public boolean satisfiesDependents() {
    return this == COMPLETE || this == RESOLVED_MANUALLY;
  }

  /** Whether a step may go from this state to the next. */
  public boolean mayBecome(StepState next) {
    return switch (next) {
      case PENDING -> this == WAITING_FOR_RETRY || this == ERROR;
      case ENQUEUED -> this == PENDING;
      case IN_PROGRESS -> this == PENDING || this == ENQUEUED;
      case ENQUEUED_FOR_ORCHESTRATION, ENQUEUED_AS_ERROR_FOR_ORCHESTRATION -> this == IN_PROGRESS;
      case WAITING_FOR_RETRY ->
          this == PENDING
              || this == ENQUEUED
              || this == IN_PROGRESS
              || this == ENQUEUED_AS_ERROR_FOR_ORCHESTRATION;
      case COMPLETE -> !isTerminal();
      case ERROR -> !isTerminal() && this != WAITING_FOR_RETRY && this != ERROR;
      case CANCELLED -> !isTerminal();
      case RESOLVED_MANUALLY -> this != RESOLVED_MANUALLY;
    };
  }

  /**
   * Goes to the next state.
   *
   * @return the next state
   * @throws IllegalStateException if the edge is not legal; the message names both states
   */
  public StepState become(StepState next) {
    if (!mayBecome(next)) {
      throw new IllegalStateException("a step cannot go from " + label + " to " + next.label);
    }
    return next;
  }
}
