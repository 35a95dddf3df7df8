package io.taskerbridge.ruby;

import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What Ruby records on the host's instruments. */
final class MetricsTest {
  private static String result = "";
  private static String defined = "";
  private static Collection<MetricData> metrics = List.of();

  @BeforeAll
  static void measure() {
    SharedRuby.HOST.reset();
    result = SharedRuby.result(SharedRuby.call("Spans", "{\"what\":\"metrics\"}"));
    defined = SharedRuby.result(SharedRuby.call("Spans", "{\"what\":\"defining\"}"));
    metrics = SharedRuby.HOST.metrics();
  }

  private static Collection<? extends PointData> points(String name) {
    return metrics.stream()
        .filter(metric -> metric.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " not in " + metrics))
        .getData()
        .getPoints();
  }

  private static double value(String name, String... labels) {
    return points(name).stream()
        .filter(point -> point.getAttributes().equals(attributes(labels)))
        .mapToDouble(MetricsTest::number)
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " has " + points(name)));
  }

  private static Attributes attributes(String... labels) {
    var attributes = Attributes.builder();
    for (int i = 0; i < labels.length; i += 2) {
      attributes.put(AttributeKey.stringKey(labels[i]), labels[i + 1]);
    }
    return attributes.build();
  }

  private static double number(PointData point) {
    return switch (point) {
      case LongPointData number -> number.getValue();
      case DoublePointData number -> number.getValue();
      case HistogramPointData histogram -> histogram.getCount();
      default -> throw new AssertionError(point);
    };
  }

  @Test
  void labels_and_values_arrive() {
    assertThat(value("orders_total", "region", "eu")).isEqualTo(3);
    assertThat(value("order_ms", "kind", "fast")).isEqualTo(1);
    assertThat(value("open_orders")).isEqualTo(7);
    assertThat(value("balance")).isEqualTo(-3);
  }

  @Test
  void an_instrument_asked_for_again_is_the_same() {
    assertThat(defined).isEqualTo("{\"value\":[true,true]}");
  }

  @Test
  void a_series_is_found_by_what_its_labels_say_now() {
    assertThat(value("asked_total", "region", "a", "kind", "1")).isEqualTo(1);
    assertThat(value("asked_total", "region", "ab", "kind", "1")).isEqualTo(1);
    assertThat(value("asked_total", "region", "ab", "kind", "x")).isEqualTo(2);
    assertThat(value("asked_total", "region", "1.5", "kind", "")).isEqualTo(1);
  }

  @Test
  void stages_calls_and_jobs_are_measured() {
    assertThat(value("worker.stage_latency_ms", "stage", "parse")).isEqualTo(1);
    assertThat(value("worker.stage_latency_ms", "stage", "load")).isEqualTo(1);
    assertThat(value("worker.stage_failures_total", "stage", "load", "code", "E1")).isEqualTo(1);
    for (String outcome : List.of("success", "timeout")) {
      assertThat(value("external.calls_total", "service", "erp", "op", "get", "outcome", outcome))
          .isEqualTo(1);
    }
    assertThat(value("external.call_latency_ms", "service", "erp", "op", "get")).isEqualTo(2);
    assertThat(
            value(
                "jobs.completed_total",
                "queue",
                "bulk",
                "method",
                "run",
                "org",
                "acme",
                "status",
                "failure"))
        .isEqualTo(1);
    assertThat(value("jobs.duration_seconds", "queue", "bulk", "method", "run")).isEqualTo(1);
  }

  @Test
  void the_current_span_gives_the_exemplar() {
    String measuring =
        SharedRuby.HOST.spans().stream()
            .filter(span -> span.getName().equals("measuring"))
            .map(SpanData::getSpanId)
            .findFirst()
            .orElseThrow();
    assertThat(points("order_ms"))
        .flatExtracting(PointData::getExemplars)
        .extracting(exemplar -> exemplar.getSpanContext().getSpanId())
        .contains(measuring);
  }

  @Test
  void misuse_is_one_clear_error() {
    assertThat(result).contains("a counter cannot fall", "no name", "takes a number", "order_ms");
  }
}
