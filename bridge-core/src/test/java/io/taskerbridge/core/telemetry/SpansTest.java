package io.taskerbridge.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.config.BridgeConfig.SamplingStrategy;
import io.taskerbridge.core.config.LogLevel;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which spans are recorded, how large they may grow, and how context travels. */
final class SpansTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "b7ad6b7169203331";

  @ParameterizedTest(name = "{0} {1}, parent sampled: {2} gives {3}")
  @CsvSource({
    "PARENT_BASED_ALWAYS_ON, 0, true, true",
    "PARENT_BASED_ALWAYS_ON, 0, false, false",
    "PARENT_BASED_ALWAYS_ON, 0, , true",
    "PARENT_BASED_TRACE_ID_RATIO, 0, true, true",
    "PARENT_BASED_TRACE_ID_RATIO, 1, false, false",
    "PARENT_BASED_TRACE_ID_RATIO, 0, , false",
    "PARENT_BASED_TRACE_ID_RATIO, 1, , true",
    "TRACE_ID_RATIO, 0, true, false",
    "TRACE_ID_RATIO, 1, false, true",
    "ALWAYS_ON, 0, false, true",
    "ALWAYS_OFF, 1, true, false",
    "ALWAYS_OFF, 1, , false",
  })
  void the_strategy_decides_who_is_sampled(
      SamplingStrategy strategy, double ratio, Boolean parentSampled, boolean sampled) {
    try (Telemetry telemetry = Telemetry.start(Configs.sampling(strategy, ratio))) {
      Context parent =
          parentSampled == null ? Context.root() : Context.root().with(remote(parentSampled));
      Span span = tracer(telemetry).spanBuilder("x").setParent(parent).startSpan();

      assertThat(span.getSpanContext().isSampled()).isEqualTo(sampled);
      assertThat(span.isRecording()).isEqualTo(sampled);
      span.end();
    }
  }

  @Test
  void a_ratio_keeps_about_its_share() {
    try (Telemetry telemetry =
        Telemetry.start(Configs.sampling(SamplingStrategy.PARENT_BASED_TRACE_ID_RATIO, 0.25))) {
      Tracer tracer = tracer(telemetry);
      long kept =
          IntStream.range(0, 8000)
              .mapToObj(i -> tracer.spanBuilder("x").setNoParent().startSpan())
              .peek(Span::end)
              .filter(span -> span.getSpanContext().isSampled())
              .count();

      assertThat(kept).isBetween(1700L, 2300L);
    }
  }

  @Test
  void a_span_grows_no_larger_than_its_limits() {
    InMemorySpanExporter exporter = InMemorySpanExporter.create();
    BridgeConfig config = Configs.spans(LogLevel.INFO, 3, 2, 1, 10);
    try (Telemetry telemetry = Telemetry.builder(config).addSpanExporter(exporter).start()) {
      Span span = tracer(telemetry).spanBuilder("big").startSpan();
      IntStream.range(0, 9).forEach(i -> span.setAttribute("k" + i, "0123456789abcdef"));
      IntStream.range(0, 9).forEach(i -> span.addEvent("e" + i));
      IntStream.range(0, 9).forEach(i -> span.addLink(remote(true).getSpanContext()));
      span.end();

      SpanData seen = exporter.getFinishedSpanItems().get(0);
      assertThat(seen.getAttributes().size()).isEqualTo(3);
      assertThat(seen.getAttributes().asMap().values()).containsOnly("0123456789");
      assertThat(seen.getTotalAttributeCount()).isEqualTo(9);
      assertThat(seen.getEvents()).hasSize(2);
      assertThat(seen.getLinks()).hasSize(1);
    }
  }

  @ParameterizedTest(name = "enabled: {0}")
  @CsvSource({"true", "false"})
  void trace_context_and_baggage_travel_whether_telemetry_is_on_or_off(boolean enabled) {
    BridgeConfig config = enabled ? Configs.defaults() : Configs.disabled();
    try (Telemetry telemetry = Telemetry.start(config)) {
      Context context =
          Context.root().with(remote(true)).with(Baggage.builder().put("tenant", "acme").build());
      Map<String, String> headers = new TreeMap<>();
      telemetry
          .openTelemetry()
          .getPropagators()
          .getTextMapPropagator()
          .inject(
              context,
              headers,
              (carrier, key, value) -> {
                if (carrier != null) {
                  carrier.put(key, value);
                }
              });

      assertThat(headers)
          .containsEntry("traceparent", "00-" + TRACE + "-" + PARENT + "-01")
          .containsEntry("baggage", "tenant=acme");
    }
  }

  private static Span remote(boolean sampled) {
    TraceFlags flags = sampled ? TraceFlags.getSampled() : TraceFlags.getDefault();
    return Span.wrap(
        SpanContext.createFromRemoteParent(TRACE, PARENT, flags, TraceState.getDefault()));
  }

  private static Tracer tracer(Telemetry telemetry) {
    return telemetry.openTelemetry().getTracer("test");
  }
}
