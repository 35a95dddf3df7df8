package io.taskerbridge.core.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.core.JsonGenerator;
import io.opentelemetry.api.trace.SpanContext;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.handler.HandlerError;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import net.logstash.logback.composite.AbstractJsonProvider;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a record under the names of the Elastic Common Schema. What the schema has no name
 * for goes under {@code tasker.}, and a caller's own fields together under {@code tasker.fields},
 * where they cannot be of another type than a field of the schema.
 */
final class EcsLine extends AbstractJsonProvider<ILoggingEvent> {
  private static final String VERSION = "8.11.0";
  private static final String OWN = "tasker.";

  /** Fields of a caller that have a place of their own. */
  private static final Map<String, String> NAMES =
      Map.of(
          "event", "event.action",
          "user", "user.name",
          "organization", "organization.name",
          "site", "tasker.site",
          "operation", "tasker.operation",
          "duration_ms", "tasker.duration_ms",
          "error_type", "error.type",
          "error_message", "error.message",
          "error_code", "error.code",
          "stack_trace", "error.stack_trace");

  private final String service;
  private final Timestamps timestamps = new Timestamps();

  EcsLine(String service) {
    this.service = PlainValues.wellFormed(service);
  }

  @Override
  public void writeTo(JsonGenerator json, ILoggingEvent event) throws IOException {
    LogRecord entry = ((RecordEvent) event).entry();
    json.writeStringField("@timestamp", timestamps.format(entry.time()));
    json.writeStringField("log.level", entry.level().name());
    json.writeStringField("message", entry.message());
    json.writeStringField("ecs.version", VERSION);
    json.writeStringField("log.logger", entry.logger());
    json.writeStringField("process.thread.name", entry.thread());
    json.writeStringField("service.name", service);
    SpanContext span = entry.span();
    if (span.isValid()) {
      json.writeStringField("trace.id", span.getTraceId());
      json.writeStringField("span.id", span.getSpanId());
      json.writeStringField(OWN + "trace_flags", span.getTraceFlags().asHex());
    }
    HandlerError error = entry.error();
    if (error != null) {
      json.writeStringField("error.type", error.type());
      json.writeStringField("error.message", error.message());
      JsonLine.writeIfPresent(json, "error.code", error.code());
      JsonLine.writeIfPresent(json, "error.stack_trace", error.backtrace());
    }
    json.writeStringField(OWN + "component", entry.component());
    if (entry.correlation() != null) {
      writeCorrelation(json, entry.correlation());
    }
    writeFields(json, entry.fields());
  }

  private static void writeCorrelation(JsonGenerator json, Correlation correlation)
      throws IOException {
    json.writeStringField(OWN + "correlation_id", correlation.correlationId().toString());
    JsonLine.writeIfPresent(
        json,
        OWN + "parent_correlation_id",
        Objects.toString(correlation.parentCorrelationId(), null));
    JsonLine.writeIfPresent(
        json, OWN + "task_uuid", Objects.toString(correlation.taskUuid(), null));
    JsonLine.writeIfPresent(
        json, OWN + "step_uuid", Objects.toString(correlation.stepUuid(), null));
    JsonLine.writeIfPresent(json, OWN + "namespace", correlation.namespace());
  }

  /** The known names are for plain values; the schema takes no nested data there. */
  private static void writeFields(JsonGenerator json, Map<String, @Nullable Object> fields)
      throws IOException {
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    Map<String, @Nullable Object> others = new LinkedHashMap<>();
    fields.forEach(
        (key, value) -> {
          String name = NAMES.get(key);
          if (key.equals(RecordFields.NESTED) && value instanceof Map<?, ?> nested) {
            nested.forEach((inner, given) -> others.put(String.valueOf(inner), given));
          } else if (name == null || value instanceof Map || value instanceof Iterable) {
            others.put(key, value);
          } else {
            named.put(name, value);
          }
        });
    if (named.get("tasker.duration_ms") instanceof Number millis) {
      named.put("event.duration", Math.round(millis.doubleValue() * 1e6));
    }
    JsonValues.writeFields(json, named);
    if (!others.isEmpty()) {
      json.writeFieldName(OWN + RecordFields.NESTED);
      json.writeStartObject();
      JsonValues.writeFields(json, others);
      json.writeEndObject();
    }
  }
}
