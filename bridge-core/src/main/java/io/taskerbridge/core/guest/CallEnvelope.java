package io.taskerbridge.core.guest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a call and its outcome travel to a guest and back: as one JSON text each, the same for every
 * language.
 *
 * <p>A call is an object with {@code handler}, {@code step_name}, {@code correlation_id}, {@code
 * parent_correlation_id}, {@code task_uuid}, {@code step_uuid}, {@code namespace_name}, {@code
 * attempt} (from 1), {@code max_attempts}, {@code input}, {@code config}, {@code
 * dependency_results}, {@code checkpoint} and {@code deadline} (ISO 8601); what is absent is null.
 *
 * <p>An outcome is an object with {@code status}:
 *
 * <ul>
 *   <li>{@code success}: {@code result}, any value; {@code metadata}, an object
 *   <li>{@code checkpoint}: {@code checkpoint}, an object
 *   <li>{@code failure}: {@code error_type}, {@code message}, {@code error_code} or null, {@code
 *       backtrace}, a text, {@code ancestors}, the class names of the error, its own first, or
 *       empty where the handler returned the failure itself, {@code retryable}, true, false or null
 *       for what its type implies, {@code retry_after} in seconds or null, {@code metadata}
 * </ul>
 */
public final class CallEnvelope {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private CallEnvelope() {}

  /** The call as a guest reads it. */
  public static String write(StepCall call) {
    Correlation correlation = call.correlation();
    ObjectNode node = NODES.objectNode();
    node.put("handler", call.handler());
    node.put("step_name", call.stepName());
    node.put("correlation_id", correlation.correlationId().toString());
    node.put("parent_correlation_id", text(correlation.parentCorrelationId()));
    node.put("task_uuid", text(correlation.taskUuid()));
    node.put("step_uuid", text(correlation.stepUuid()));
    node.put("namespace_name", correlation.namespace());
    node.put("attempt", call.attempt());
    node.put("max_attempts", call.maxAttempts());
    node.putRawValue("input", new RawValue(call.inputJson()));
    node.putRawValue("config", new RawValue(call.configJson()));
    node.putRawValue("dependency_results", new RawValue(call.dependencyResultsJson()));
    String checkpoint = call.checkpointJson();
    node.putRawValue("checkpoint", new RawValue(checkpoint == null ? "null" : checkpoint));
    node.put("deadline", text(call.deadline()));
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a step call could not be written as JSON", e);
    }
  }

  /**
   * The outcome as a guest wrote it; a failure that may be tried again, and says what is wrong, if
   * it is not one.
   */
  public static StepOutcome read(String json) {
    try {
      JsonNode node = JSON.readTree(json);
      return switch (node.path("status").asText()) {
        case "success" ->
            new StepOutcome.Success(node.path("result").toString(), object(node.path("metadata")));
        case "checkpoint" -> new StepOutcome.Checkpoint(object(node.path("checkpoint")));
        case "failure" -> failure(node);
        default -> broken("the outcome has no status");
      };
    } catch (JsonProcessingException e) {
      return broken("the outcome is not JSON: " + e.getOriginalMessage());
    }
  }

  private static StepOutcome failure(JsonNode node) {
    HandlerError error =
        new HandlerError(
            node.path("error_type").asText("UnexpectedError"),
            node.path("message").asText(""),
            node.hasNonNull("error_code") ? node.get("error_code").asText() : null,
            node.path("backtrace").asText(""));
    boolean retryable =
        node.hasNonNull("retryable")
            ? node.get("retryable").asBoolean()
            : ErrorTaxonomy.isRetryable(node.path("ancestors"));
    Duration retryAfter =
        node.hasNonNull("retry_after")
            ? Duration.ofMillis(Math.round(node.get("retry_after").asDouble() * 1000))
            : null;
    return new StepOutcome.Failure(error, retryable, retryAfter, object(node.path("metadata")));
  }

  private static StepOutcome broken(String message) {
    return new StepOutcome.Failure(
        new HandlerError("GuestContractError", message, null, ""), true, null, "{}");
  }

  private static String object(JsonNode node) {
    return node.isObject() ? node.toString() : "{}";
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : Objects.toString(value);
  }
}
