package io.taskerbridge.core.handler;

import io.taskerbridge.core.correlation.Correlation;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of one step: all that a handler is told. Data of the author's own travels as JSON
 * text, which the guest parses in its own way; the OpenTelemetry context of the caller is the
 * thread's current one. Immutable.
 *
 * @param handler the handler's registered name
 * @param stepName the step's name in its workflow
 * @param correlation the request, task and step
 * @param attempt 1 for the first attempt
 * @param maxAttempts how often the step is tried in all, at least 1
 * @param inputJson the task's input, a JSON object
 * @param configJson the step's configuration from its template, a JSON object
 * @param dependencyResultsJson a JSON object of step name to result
 * @param checkpointJson where an earlier attempt stopped by its own will, or null
 * @param deadline when the call is stopped, or null for never
 */
public record StepCall(
    String handler,
    String stepName,
    Correlation correlation,
    int attempt,
    int maxAttempts,
    String inputJson,
    String configJson,
    String dependencyResultsJson,
    @Nullable String checkpointJson,
    @Nullable Instant deadline) {

  private static final String EMPTY = "{}";

  /**
   * The first and only attempt of a step of the handler's own name, with an input and nothing else.
   */
  public static StepCall of(String handler, Correlation correlation, String inputJson) {
    return new StepCall(handler, handler, correlation, 1, 1, inputJson, EMPTY, EMPTY, null, null);
  }

  /** The same call with a deadline. */
  public StepCall withDeadline(Instant newDeadline) {
    return new StepCall(
        handler,
        stepName,
        correlation,
        attempt,
        maxAttempts,
        inputJson,
        configJson,
        dependencyResultsJson,
        checkpointJson,
        newDeadline);
  }
}
