package io.taskerbridge.core.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.core.JsonGenerator;
import io.opentelemetry.api.trace.SpanContext;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.handler.HandlerError;
import java.io.IOException;
import java.util.UUID;
import net.logstash.logback.composite.AbstractJsonProvider;
import org.jspecify.annotations.Nullable;

/** The fields of a record under the names of docs/logging.md. */
final class JsonLine extends AbstractJsonProvider<ILoggingEvent> {
  private final String service;
  private final Timestamps timestamps = new Timestamps();

  JsonLine(String service) {
    this.service = PlainValues.wellFormed(service);
  }

  @Override
  public void writeTo(JsonGenerator json, ILoggingEvent event) throws IOException {
    LogRecord entry = ((RecordEvent) event).entry();
    json.writeStringField("timestamp", timestamps.format(entry.time()));
    json.writeStringField("level", entry.level().name());
    json.writeStringField("message", entry.message());
    json.writeStringField("logger", entry.logger());
    json.writeStringField("thread", entry.thread());
    json.writeStringField("service", service);
    json.writeStringField("component", entry.component());
    if (entry.correlation() != null) {
      writeCorrelation(json, entry.correlation());
    }
    SpanContext span = entry.span();
    if (span.isValid()) {
      json.writeStringField("trace_id", span.getTraceId());
      json.writeStringField("span_id", span.getSpanId());
      json.writeStringField("trace_flags", span.getTraceFlags().asHex());
    }
    HandlerError error = entry.error();
    if (error != null) {
      json.writeStringField("error_type", error.type());
      json.writeStringField("error_message", error.message());
      writeIfPresent(json, "error_code", error.code());
      writeIfPresent(json, "stack_trace", error.backtrace());
    }
    JsonValues.writeFields(json, entry.fields());
  }

  private static void writeCorrelation(JsonGenerator json, Correlation correlation)
      throws IOException {
    json.writeStringField("correlation_id", correlation.correlationId().toString());
    writeIfPresent(json, "parent_correlation_id", correlation.parentCorrelationId());
    writeIfPresent(json, "task_uuid", correlation.taskUuid());
    writeIfPresent(json, "step_uuid", correlation.stepUuid());
    writeIfPresent(json, "namespace", correlation.namespace());
  }

  private static void writeIfPresent(JsonGenerator json, String name, @Nullable UUID value)
      throws IOException {
    if (value != null) {
      json.writeStringField(name, value.toString());
    }
  }

  static void writeIfPresent(JsonGenerator json, String name, @Nullable String value)
      throws IOException {
    if (value != null && !value.isEmpty()) {
      json.writeStringField(name, PlainValues.wellFormed(value));
    }
  }
}
