package io.taskerbridge.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.resource.v1.Resource;
import io.taskerbridge.core.config.BridgeConfig.OtlpProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reaches a collector, and what happens when there is none. */
final class OtlpExportTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/v1/traces"})
  void spans_logs_and_metrics_arrive_over_http(String path) {
    try (HttpCollector collector = new HttpCollector();
        Telemetry telemetry =
            Telemetry.start(
                Configs.otlp(collector.endpoint() + path, OtlpProtocol.HTTP_PROTOBUF))) {
      Span span = tracer(telemetry).spanBuilder("arrives").startSpan();
      span.setAttribute("answer", 42);
      span.end();
      telemetry
          .openTelemetry()
          .getLogsBridge()
          .get("test")
          .logRecordBuilder()
          .setBody("told")
          .emit();
      telemetry.metrics().get("jobs.created_total").record(3);

      assertThat(telemetry.flush(LONG)).isTrue();

      assertThat(collector.spans())
          .singleElement()
          .satisfies(
              seen -> {
                assertThat(seen.getName()).isEqualTo("arrives");
                assertThat(HexFormat.of().formatHex(seen.getTraceId().toByteArray()))
                    .isEqualTo(span.getSpanContext().getTraceId());
                assertThat(seen.getAttributes(0).getValue().getIntValue()).isEqualTo(42);
              });
      assertThat(
              collector
                  .logs()
                  .get(0)
                  .getResourceLogs(0)
                  .getScopeLogs(0)
                  .getLogRecords(0)
                  .getBody()
                  .getStringValue())
          .isEqualTo("told");
      assertThat(metricNames(collector)).contains("jobs.created_total", "jvm.memory.used");
      assertThat(collector.tenants()).containsOnly("acme");
    }
  }

  @Test
  void the_resource_tells_who_sends_and_not_how_it_was_started() {
    try (HttpCollector collector = new HttpCollector();
        Telemetry telemetry =
            Telemetry.start(Configs.otlp(collector.endpoint(), OtlpProtocol.HTTP_PROTOBUF))) {
      tracer(telemetry).spanBuilder("x").startSpan().end();
      telemetry.flush(LONG);

      Resource resource = collector.traces().get(0).getResourceSpans(0).getResource();
      assertThat(resource.getAttributesList().stream().map(KeyValue::getKey))
          .contains("host.name", "process.pid", "telemetry.sdk.version")
          .noneMatch(key -> key.startsWith("process.command"));
      assertThat(resource.getAttributesList())
          .contains(
              text("service.name", "test-service"),
              text("service.version", "9.8.7"),
              text("team", "orders"),
              text("deployment.environment.name", "test"),
              text("telemetry.sdk.language", "java"));
    }
  }

  @Test
  void a_batch_is_no_larger_than_configured_and_none_is_lost() {
    try (HttpCollector collector = new HttpCollector();
        Telemetry telemetry =
            Telemetry.start(Configs.otlp(collector.endpoint(), OtlpProtocol.HTTP_PROTOBUF))) {
      Tracer tracer = tracer(telemetry);
      IntStream.range(0, 60).forEach(i -> tracer.spanBuilder("s" + i).startSpan().end());
      telemetry.flush(LONG);

      assertThat(collector.spans()).hasSize(60);
      assertThat(collector.traces())
          .allSatisfy(
              request ->
                  assertThat(request.getResourceSpans(0).getScopeSpans(0).getSpansCount())
                      .isLessThanOrEqualTo(8));
    }
  }

  @Test
  void closing_sends_what_waits() {
    try (HttpCollector collector = new HttpCollector()) {
      try (Telemetry telemetry =
          Telemetry.start(Configs.otlp(collector.endpoint(), OtlpProtocol.HTTP_PROTOBUF))) {
        tracer(telemetry).spanBuilder("last words").startSpan().end();
        telemetry.metrics().get("jobs.created_total").record(1);
      }

      assertThat(collector.spans()).hasSize(1);
      assertThat(metricNames(collector)).contains("jobs.created_total");
    }
  }

  @Test
  void spans_arrive_over_grpc() {
    try (GrpcCollector collector = new GrpcCollector();
        Telemetry telemetry =
            Telemetry.start(Configs.otlp(collector.endpoint(), OtlpProtocol.GRPC))) {
      tracer(telemetry).spanBuilder("by grpc").startSpan().end();

      assertThat(telemetry.flush(LONG)).isTrue();

      assertThat(collector.traces())
          .filteredOn(request -> request.getResourceSpansCount() > 0)
          .anySatisfy(
              request ->
                  assertThat(request.getResourceSpans(0).getScopeSpans(0).getSpans(0).getName())
                      .isEqualTo("by grpc"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GRPC", "HTTP_PROTOBUF"})
  void a_collector_that_is_down_slows_no_span_and_what_is_dropped_is_counted(OtlpProtocol protocol)
      throws IOException {
    Telemetry telemetry = Telemetry.start(Configs.otlp(closedPort(), protocol));
    try {
      Tracer tracer = tracer(telemetry);
      long start = System.nanoTime();
      IntStream.range(0, 5000).forEach(i -> tracer.spanBuilder("s" + i).startSpan().end());
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));

      PrometheusText text = PrometheusText.parse(telemetry.scrape(null));
      assertThat(dropped(text, "otel_sdk_processor_span_processed_total")).isPositive();
    } finally {
      long start = System.nanoTime();
      telemetry.close();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));
    }
  }

  private static double dropped(PrometheusText text, String name) {
    return text.samples(name).stream()
        .filter(sample -> "queue_full".equals(sample.labels().get("error_type")))
        .mapToDouble(PrometheusText.Sample::value)
        .sum();
  }

  @Test
  void the_pipeline_reports_on_itself() {
    try (HttpCollector collector = new HttpCollector();
        Telemetry telemetry =
            Telemetry.start(Configs.otlp(collector.endpoint(), OtlpProtocol.HTTP_PROTOBUF))) {
      tracer(telemetry).spanBuilder("x").startSpan().end();
      telemetry.flush(LONG);

      assertThat(PrometheusText.parse(telemetry.scrape(null)).sampleNames())
          .contains(
              "otel_sdk_processor_span_processed_total",
              "otel_sdk_processor_span_queue_size",
              "otel_sdk_processor_span_queue_capacity",
              "otel_sdk_exporter_span_exported_total");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"collector:4317", "ftp://here", "not a url", ""})
  void an_endpoint_that_is_no_url_is_refused_at_once(String endpoint) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Telemetry.start(Configs.otlp(endpoint, OtlpProtocol.GRPC)))
        .withMessageStartingWith("telemetry.otlp.endpoint: ")
        .withMessageContaining("http://host:4317");
  }

  private static Tracer tracer(Telemetry telemetry) {
    return telemetry.openTelemetry().getTracer("test");
  }

  private static Set<String> metricNames(HttpCollector collector) {
    return collector.metrics().stream()
        .flatMap(request -> request.getResourceMetricsList().stream())
        .flatMap(resource -> resource.getScopeMetricsList().stream())
        .flatMap(scope -> scope.getMetricsList().stream())
        .map(Metric::getName)
        .collect(Collectors.toSet());
  }

  private static KeyValue text(String key, String value) {
    KeyValue.Builder builder = KeyValue.newBuilder().setKey(key);
    builder.getValueBuilder().setStringValue(value);
    return builder.build();
  }

  private static String closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "http://127.0.0.1:" + socket.getLocalPort();
    }
  }
}
