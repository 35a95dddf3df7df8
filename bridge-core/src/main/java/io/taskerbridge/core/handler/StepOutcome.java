package io.taskerbridge.core.handler;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How one attempt of a step ended. Immutable. */
public sealed interface StepOutcome {

  /**
   * The handler returned a result.
   *
   * @param resultJson any JSON value
   * @param metadataJson a JSON object
   */
  record Success(String resultJson, String metadataJson) implements StepOutcome {}

  /**
   * The handler failed.
   *
   * @param error what went wrong, in the guest's words
   * @param retryable whether another attempt may succeed
   * @param retryAfter how long to wait before it, or null for the step's own backoff
   * @param metadataJson a JSON object
   */
  record Failure(
      HandlerError error, boolean retryable, @Nullable Duration retryAfter, String metadataJson)
      implements StepOutcome {}

  /**
   * The handler yields and goes on later from its cursor.
   *
   * @param checkpointJson a JSON object: cursor, items_processed, accumulated_results
   */
  record Checkpoint(String checkpointJson) implements StepOutcome {}

  /**
   * The handler ran past its deadline and was stopped.
   *
   * @param after how long it ran
   * @param error where it was, in the guest's words
   */
  record TimedOut(Duration after, HandlerError error) implements StepOutcome {}

  /** The handler was stopped because its task was cancelled or the worker shuts down. */
  record Cancelled(HandlerError error) implements StepOutcome {}

  /** The word for this outcome in {@code result} labels and attributes. */
  default String result() {
    return switch (this) {
      case Success s -> "success";
      case Failure f -> "error";
      case Checkpoint c -> "checkpoint";
      case TimedOut t -> "timeout";
      case Cancelled c -> "cancelled";
    };
  }
}
