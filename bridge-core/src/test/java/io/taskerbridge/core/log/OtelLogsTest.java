package io.taskerbridge.core.log;

import static io.taskerbridge.core.log.LogFixture.bare;
import static io.taskerbridge.core.log.LogFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.handler.HandlerError;
import java.math.BigInteger;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records as OpenTelemetry gets them. */
class OtelLogsTest {
  private static final Logger JAVA = LoggerFactory.getLogger("io.taskerbridge.host.admin.Server");

  private final InMemoryLogRecordExporter exporter = InMemoryLogRecordExporter.create();
  private final SdkLoggerProvider loggers =
      SdkLoggerProvider.builder()
          .addLogRecordProcessor(SimpleLogRecordProcessor.create(exporter))
          .build();

  @AfterEach
  void close() {
    loggers.close();
  }

  @Test
  void record_of_a_guest() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", "step.failed");
    fields.put("order_id", 42L);
    fields.put("ratio", 0.5);
    fields.put("vip", true);
    fields.put("note", null);
    fields.put("big", new BigInteger("123456789012345678901234567890"));
    fields.put("api_key", "abc");
    fields.put("nested", new JsonText("{\"list\":[1,2.5,null]}"));
    fields.put("task_uuid", "mine");
    HandlerError error = new HandlerError("Orders::Bad", "no total", "E1", "a.rb:1");
    try (LogFixture fixture = LogFixture.otel(loggers)) {
      fixture.log.write(entry(LogLevel.ERROR, "token=abc", fields, error));

      assertThat(fixture.lines()).hasSize(1);
    }
    LogRecordData record = only();
    assertThat(record.getInstrumentationScopeInfo().getName()).isEqualTo("tasker_core.ruby");
    assertThat(record.getSpanContext().getTraceId()).isEqualTo(LogFixture.SPAN.getTraceId());
    assertThat(record.getSpanContext().getSpanId()).isEqualTo(LogFixture.SPAN.getSpanId());
    assertThat(record.getSpanContext().isSampled()).isTrue();
    assertThat(record.getSeverity()).isEqualTo(Severity.ERROR);
    assertThat(record.getSeverity().getSeverityNumber()).isEqualTo(17);
    assertThat(record.getSeverityText()).isEqualTo("ERROR");
    assertThat(record.getEventName()).isEqualTo("step.failed");
    assertThat(record.getTimestampEpochNanos()).isEqualTo(nanos(LogFixture.NOW));
    assertThat(Objects.requireNonNull(record.getBodyValue()).asString())
        .isEqualTo("token=[REDACTED]");
    Map<String, Object> attributes = new LinkedHashMap<>();
    record.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value));
    assertThat(attributes)
        .containsEntry("tasker.logger", "orders.validate")
        .containsEntry("tasker.component", "ruby_handler")
        .containsEntry("tasker.correlation_id", "0195d2e0-0000-7000-8000-000000000001")
        .containsEntry("tasker.parent_correlation_id", "0195d2e0-0000-7000-8000-000000000002")
        .containsEntry("tasker.task_uuid", "0195d2e0-0000-7000-8000-000000000003")
        .containsEntry("tasker.step_uuid", "0195d2e0-0000-7000-8000-000000000004")
        .containsEntry("tasker.namespace", "orders")
        .containsEntry("exception.type", "Orders::Bad")
        .containsEntry("exception.message", "no total")
        .containsEntry("exception.stacktrace", "a.rb:1")
        .containsEntry("tasker.error_code", "E1")
        .containsEntry("thread.name", Thread.currentThread().getName())
        .containsEntry("order_id", 42L)
        .containsEntry("ratio", 0.5)
        .containsEntry("vip", true)
        .containsEntry("big", "123456789012345678901234567890")
        .containsEntry("api_key", "[REDACTED]")
        .containsEntry("note", Value.empty())
        .containsEntry(
            "nested",
            Value.of(KeyValue.of("list", Value.of(Value.of(1), Value.of(2.5), Value.empty()))))
        .containsEntry("fields", Value.of(KeyValue.of("task_uuid", Value.of("mine"))))
        .hasSize(21);
  }

  @Test
  void record_of_java_code_in_a_span() {
    Span span;
    try (SdkTracerProvider tracers = SdkTracerProvider.builder().build();
        LogFixture fixture = LogFixture.otel(loggers)) {
      span = tracers.get("test").spanBuilder("outer").startSpan();
      try (Scope scope = span.makeCurrent()) {
        assertThat(scope).isNotNull();
        JAVA.atWarn().addKeyValue("port", 80).log("busy");
      } finally {
        span.end();
      }
      assertThat(fixture.lines()).hasSize(1);
    }
    LogRecordData record = only();
    assertThat(record.getInstrumentationScopeInfo().getName()).isEqualTo(JAVA.getName());
    assertThat(record.getSpanContext()).isEqualTo(span.getSpanContext());
    assertThat(record.getSeverity().getSeverityNumber()).isEqualTo(13);
    assertThat(record.getAttributes().get(AttributeKey.longKey("port"))).isEqualTo(80);
    assertThat(record.getAttributes().get(AttributeKey.stringKey("tasker.component")))
        .isEqualTo("admin");
  }

  @Test
  void record_without_a_span_gets_none_of_the_thread() {
    try (SdkTracerProvider tracers = SdkTracerProvider.builder().build();
        LogFixture fixture = LogFixture.otel(loggers)) {
      Span span = tracers.get("test").spanBuilder("outer").startSpan();
      try (Scope scope = span.makeCurrent()) {
        assertThat(scope).isNotNull();
        fixture.log.write(bare("x", Map.of()));
      } finally {
        span.end();
      }
    }
    assertThat(only().getSpanContext()).isEqualTo(SpanContext.getInvalid());
  }

  @Test
  void severities() {
    try (LogFixture fixture = LogFixture.otel(loggers)) {
      for (LogLevel level : LogLevel.values()) {
        fixture.log.write(entry(level, "x", Map.of(), null));
      }
    }
    assertThat(exporter.getFinishedLogRecordItems())
        .extracting(record -> record.getSeverity().getSeverityNumber())
        .containsExactly(1, 5, 9, 13, 17);
  }

  @Test
  void records_of_the_exporter_are_not_exported() {
    try (LogFixture fixture = LogFixture.otel(loggers)) {
      LoggerFactory.getLogger("io.opentelemetry.exporter").warn("collector is down");

      assertThat(fixture.lines()).hasSize(1);
    }
    assertThat(exporter.getFinishedLogRecordItems()).isEmpty();
  }

  private LogRecordData only() {
    List<LogRecordData> records = exporter.getFinishedLogRecordItems();
    assertThat(records).hasSize(1);
    return records.getFirst();
  }

  private static long nanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000 + instant.getNano();
  }
}
