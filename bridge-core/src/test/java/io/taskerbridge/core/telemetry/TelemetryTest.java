package io.taskerbridge.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.taskerbridge.core.config.BridgeConfig.SamplingStrategy;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.core.guest.GuestBridge;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a telemetry is from its start to its end. */
final class TelemetryTest {

  @Test
  void a_metric_is_in_the_next_scrape() {
    try (Telemetry telemetry = Telemetry.start(Configs.defaults())) {
      telemetry.metrics().get("jobs.enqueued_total").record(2, "queue", "bulk", "org", "acme");

      PrometheusText text = PrometheusText.parse(telemetry.scrape(null));

      assertThat(text.value("jobs_enqueued_total", "queue", "bulk", "org", "acme")).isEqualTo(2);
      assertThat(text.sampleNames())
          .contains("jvm_memory_used_bytes", "proc_memory_rss_mb", "proc_open_fds");
    }
  }

  @Test
  void disabled_telemetry_does_nothing_and_says_nothing() {
    try (Telemetry telemetry = Telemetry.start(Configs.disabled())) {
      telemetry.metrics().get("jobs.created_total").record(1);
      Span span = telemetry.openTelemetry().getTracer("test").spanBuilder("nothing").startSpan();

      assertThat(span.isRecording()).isFalse();
      assertThat(new String(telemetry.scrape(null).body(), StandardCharsets.UTF_8)).isEmpty();
      assertThat(telemetry.flush(Duration.ofSeconds(1))).isTrue();
    }
  }

  @Test
  void disabled_metrics_leave_the_traces() {
    try (Telemetry telemetry = Telemetry.start(Configs.withoutMetrics())) {
      telemetry.metrics().get("jobs.created_total").record(1);
      Span span = telemetry.openTelemetry().getTracer("test").spanBuilder("one").startSpan();
      span.end();

      assertThat(span.isRecording() || span.getSpanContext().isSampled()).isTrue();
      assertThat(telemetry.scrape(null).body()).isEmpty();
    }
  }

  @Test
  void after_the_close_everything_may_still_be_called() {
    Telemetry telemetry = Telemetry.start(Configs.defaults());
    telemetry.close();

    telemetry.metrics().get("jobs.created_total").record(1);
    long call =
        telemetry
            .guestBridge()
            .beginCall(StepCall.of("h", Correlation.of(CorrelationId.next()), "{}"));
    telemetry.guestBridge().endCall(call, new StepOutcome.Success("null", "{}"));
    PrometheusText.parse(telemetry.scrape(null));

    assertThat(telemetry.flush(Duration.ofSeconds(1))).isTrue();
  }

  @Test
  void what_the_log_hides_is_counted() {
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    try (Telemetry telemetry = Telemetry.builder(Configs.defaults()).console(console).start()) {
      GuestBridge bridge = telemetry.guestBridge();
      long log = bridge.startLog(0, LogLevel.INFO.number(), "test", "hello");
      bridge.setString(log, "password", "hunter2");
      bridge.end(log);

      assertThat(PrometheusText.parse(telemetry.scrape(null)).value("bridge_logs_redacted_total"))
          .isEqualTo(1);
      assertThat(console.toString(StandardCharsets.UTF_8))
          .contains("[REDACTED]")
          .doesNotContain("hunter2");
    }
  }

  @Test
  void nothing_global_is_set_and_a_second_close_does_nothing() {
    Telemetry telemetry = Telemetry.start(Configs.sampling(SamplingStrategy.ALWAYS_ON, 1));
    telemetry.close();
    telemetry.close();

    assertThat(GlobalOpenTelemetry.isSet()).isFalse();
  }
}
