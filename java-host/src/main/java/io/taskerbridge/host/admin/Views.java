package io.taskerbridge.host.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskerbridge.core.handler.HandlerInfo;
import io.taskerbridge.core.handler.HandlerProblem;
import io.taskerbridge.host.orchestration.StepView;
import io.taskerbridge.host.orchestration.TaskView;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tasks, traces and the rest as the API shows them. */
final class Views {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final AttributeKey<String> LANGUAGE = AttributeKey.stringKey("tasker.language");
  private static final int TRACE_ID_START = 3;
  private static final int TRACE_ID_END = 35;

  private Views() {}

  /** A task without its steps, with the addresses where more is to be had. */
  static ObjectNode summary(TaskView task) {
    ObjectNode node = NODES.objectNode();
    node.put("task_uuid", task.taskUuid().toString());
    node.put("correlation_id", task.correlationId().toString());
    node.put("parent_correlation_id", text(task.parentCorrelationId()));
    node.put("trace_id", traceId(task));
    node.put("namespace", task.namespace());
    node.put("name", task.name());
    node.put("version", task.version());
    node.put("state", lower(task.state()));
    node.put("created_at", task.createdAt().toString());
    node.put("completed_at", text(task.completedAt()));
    return node;
  }

  static ObjectNode task(TaskView task) {
    ObjectNode node = summary(task);
    ArrayNode steps = node.putArray("steps");
    task.steps().forEach(step -> steps.add(step(step)));
    return node;
  }

  private static ObjectNode step(StepView step) {
    ObjectNode node = NODES.objectNode();
    node.put("step_uuid", step.stepUuid().toString());
    node.put("name", step.name());
    node.put("handler", step.handler());
    ArrayNode dependsOn = node.putArray("depends_on");
    step.dependsOn().forEach(dependsOn::add);
    node.put("state", lower(step.state()));
    node.put("attempts", step.attempts());
    node.put("max_attempts", step.maxAttempts());
    String result = step.resultJson();
    node.set("result", result == null ? NODES.nullNode() : parsed(result));
    if (step.errorType() != null) {
      ObjectNode error = node.putObject("error");
      error.put("type", step.errorType());
      error.put("message", step.errorMessage());
      error.put("backtrace", step.errorBacktrace());
    }
    return node;
  }

  /** The trace ID of the task, or null where its trace is not recorded. */
  static @Nullable String traceId(TaskView task) {
    String header = task.traceparent();
    return header != null && header.length() > TRACE_ID_END
        ? header.substring(TRACE_ID_START, TRACE_ID_END)
        : null;
  }

  static ObjectNode trace(String traceId, List<SpanData> spans) {
    ObjectNode node = NODES.objectNode();
    node.put("trace_id", traceId);
    ArrayNode list = node.putArray("spans");
    spans.forEach(span -> list.add(span(span)));
    return node;
  }

  private static ObjectNode span(SpanData span) {
    ObjectNode node = NODES.objectNode();
    node.put("span_id", span.getSpanId());
    node.put(
        "parent_span_id", SpanId.isValid(span.getParentSpanId()) ? span.getParentSpanId() : null);
    node.put("name", span.getName());
    node.put("kind", lower(span.getKind()));
    node.put("scope", span.getInstrumentationScopeInfo().getName());
    node.put("language", Objects.requireNonNullElse(span.getAttributes().get(LANGUAGE), "java"));
    node.put("start", instant(span.getStartEpochNanos()));
    node.put("duration_ms", (span.getEndEpochNanos() - span.getStartEpochNanos()) / 1e6);
    node.put("status", lower(span.getStatus().getStatusCode()));
    node.set("attributes", attributes(span.getAttributes()));
    ArrayNode events = node.putArray("events");
    span.getEvents()
        .forEach(
            event ->
                events
                    .addObject()
                    .put("name", event.getName())
                    .put("time", instant(event.getEpochNanos()))
                    .set("attributes", attributes(event.getAttributes())));
    ArrayNode links = node.putArray("links");
    span.getLinks()
        .forEach(
            link ->
                links
                    .addObject()
                    .put("trace_id", link.getSpanContext().getTraceId())
                    .put("span_id", link.getSpanContext().getSpanId()));
    return node;
  }

  private static ObjectNode attributes(Attributes attributes) {
    ObjectNode node = NODES.objectNode();
    attributes.forEach((key, value) -> node.set(key.getKey(), JSON.valueToTree(value)));
    return node;
  }

  static ObjectNode handlers(List<HandlerInfo> handlers, List<HandlerProblem> problems) {
    ObjectNode node = NODES.objectNode();
    ArrayNode list = node.putArray("handlers");
    for (HandlerInfo handler : handlers) {
      list.addObject()
          .put("name", handler.name())
          .put("language", handler.language())
          .put("source", handler.source());
    }
    ArrayNode faults = node.putArray("problems");
    for (HandlerProblem problem : problems) {
      faults
          .addObject()
          .put("source", problem.source())
          .put("line", problem.line())
          .put("message", problem.message());
    }
    return node;
  }

  static ObjectNode health(Health health) {
    ObjectNode node = NODES.objectNode();
    node.put("status", health.isUp() ? "up" : "down");
    ObjectNode components = node.putObject("components");
    health
        .components()
        .forEach(
            (name, part) ->
                components
                    .putObject(name)
                    .put("status", lower(part.status()))
                    .put("detail", part.detail()));
    return node;
  }

  static ObjectNode readiness(Readiness readiness) {
    ObjectNode node = NODES.objectNode();
    node.put("ready", readiness.ready());
    node.put("reason", readiness.reason());
    ObjectNode counts = node.putObject("counts");
    readiness.counts().forEach(counts::put);
    return node;
  }

  private static JsonNode parsed(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      return NODES.textNode(json);
    }
  }

  private static String instant(long epochNanos) {
    return Instant.ofEpochSecond(0, epochNanos).toString();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }
}
