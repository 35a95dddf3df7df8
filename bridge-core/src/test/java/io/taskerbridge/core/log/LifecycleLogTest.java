package io.taskerbridge.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.handler.HandlerError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each event of a task or step is told twice: in the log, and on the span. */
class LifecycleLogTest {
  private final Redactor redactor = Redaction.of(BridgeConfig.defaults().redaction());
  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final SdkTracerProvider tracers =
      SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(spans)).build();

  @AfterEach
  void close() {
    tracers.close();
  }

  @Test
  void emit_in_a_span() {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("attempt", 2);
    fields.put("retry_after", 1.5);
    fields.put("final", false);
    fields.put("handler", "orders.validate");
    fields.put("error_message", "token=abc");
    fields.put("next", List.of("a", "b"));
    fields.put("nothing", null);
    try (LogFixture fixture = LogFixture.json()) {
      LifecycleLog lifecycle = new LifecycleLog(fixture.log, redactor);
      Span span = tracers.get("test").spanBuilder("step").startSpan();
      Context context = LogFixture.CORRELATION.storeIn(Context.current().with(span));
      try (Scope scope = context.makeCurrent()) {
        assertThat(scope).isNotNull();
        lifecycle.emit(LifecycleEvent.STEP_RETRY_SCHEDULED, "worker", "will retry", fields);
      } finally {
        span.end();
      }

      JsonNode line = fixture.onlyLine();
      assertThat(line.get("event").asText()).isEqualTo("step.retry_scheduled");
      assertThat(line.get("level").asText()).isEqualTo("WARN");
      assertThat(line.get("message").asText()).isEqualTo("will retry");
      assertThat(line.get("component").asText()).isEqualTo("worker");
      assertThat(line.get("attempt").isInt()).isTrue();
      assertThat(line.get("error_message").asText()).isEqualTo("token=[REDACTED]");
      assertThat(line.get("span_id").asText()).isEqualTo(span.getSpanContext().getSpanId());
      assertThat(line.get("step_uuid").asText())
          .isEqualTo(String.valueOf(LogFixture.CORRELATION.stepUuid()));
    }
    List<EventData> events = spans.getFinishedSpanItems().getFirst().getEvents();
    assertThat(events).hasSize(1);
    assertThat(events.getFirst().getName()).isEqualTo("step.retry_scheduled");
    assertThat(events.getFirst().getAttributes())
        .isEqualTo(
            Attributes.builder()
                .put("attempt", 2)
                .put("retry_after", 1.5)
                .put("final", false)
                .put("handler", "orders.validate")
                .put("error_message", "token=[REDACTED]")
                .put("next", "[\"a\",\"b\"]")
                .put("tasker.correlation_id", "0195d2e0-0000-7000-8000-000000000001")
                .put("tasker.task_uuid", "0195d2e0-0000-7000-8000-000000000003")
                .put("tasker.step_uuid", "0195d2e0-0000-7000-8000-000000000004")
                .build());
  }

  @Test
  void emit_with_an_error_of_a_named_step() {
    HandlerError error = new HandlerError("Orders::Bad", "no total", null, "a.rb:1");
    try (LogFixture fixture = LogFixture.json()) {
      LifecycleLog lifecycle = new LifecycleLog(fixture.log, redactor);
      Span span = tracers.get("test").spanBuilder("step").startSpan();
      try (Scope scope = span.makeCurrent()) {
        assertThat(scope).isNotNull();
        lifecycle.emit(
            LifecycleEvent.STEP_FAILED,
            "orchestration",
            "step failed",
            LogFixture.CORRELATION,
            Map.of(),
            error);
      } finally {
        span.end();
      }

      assertThat(fixture.onlyLine().get("error_type").asText()).isEqualTo("Orders::Bad");
      assertThat(fixture.onlyLine().get("namespace").asText()).isEqualTo("orders");
    }
    Attributes attributes =
        spans.getFinishedSpanItems().getFirst().getEvents().getFirst().getAttributes();
    assertThat(attributes.get(AttributeKey.stringKey("error.type"))).isEqualTo("Orders::Bad");
    assertThat(attributes.get(AttributeKey.stringKey("tasker.step_uuid")))
        .isEqualTo("0195d2e0-0000-7000-8000-000000000004");
  }

  @Test
  void emit_below_the_level_or_outside_of_a_span() {
    try (LogFixture fixture = LogFixture.at(LogLevel.ERROR)) {
      LifecycleLog lifecycle = new LifecycleLog(fixture.log, redactor);
      Span span = tracers.get("test").spanBuilder("step").startSpan();
      try (Scope scope = span.makeCurrent()) {
        assertThat(scope).isNotNull();
        lifecycle.emit(LifecycleEvent.STEP_CLAIMED, "worker", "claimed", Map.of());
      } finally {
        span.end();
      }
      lifecycle.emit(LifecycleEvent.TASK_FAILED, "orchestration", "failed", Map.of("n", 1));

      assertThat(fixture.onlyLine().get("event").asText()).isEqualTo("task.failed");
      assertThat(fixture.onlyLine().has("trace_id")).isFalse();
    }
    EventData event = spans.getFinishedSpanItems().getFirst().getEvents().getFirst();
    assertThat(event.getName()).isEqualTo("step.claimed");
    assertThat(event.getAttributes().get(AttributeKey.stringKey("tasker.task_uuid"))).isNull();
  }

  @Test
  void names() {
    assertThat(Stream.of(LifecycleEvent.values()).map(LifecycleEvent::eventName))
        .containsExactly(
            "task.initialized",
            "task.steps_enqueued",
            "task.evaluation_started",
            "task.finalization_ready",
            "task.completed",
            "task.failed",
            "step.enqueued",
            "step.claimed",
            "step.executing",
            "step.completed",
            "step.failed",
            "step.retry_scheduled");
  }
}
