package io.taskerbridge.benchmarks;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.core.log.LogEntry;
import io.taskerbridge.core.metrics.Instrument;
import io.taskerbridge.core.metrics.Series;
import io.taskerbridge.core.telemetry.Telemetry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/** The operations as plain Java code does them, with the OpenTelemetry API and the host's log. */
final class JavaWorkload implements TelemetryOperations.Workload {
  private static final AttributeKey<String> ORDER = AttributeKey.stringKey("order_id");
  private static final AttributeKey<Long> LINES = AttributeKey.longKey("lines");

  private final Telemetry telemetry;
  private final Tracer tracer;
  private final Series counter;
  private final Correlation correlation = Correlation.of(CorrelationId.next());
  private final IntConsumer operation;

  JavaWorkload(Telemetry telemetry, String operation) {
    this.telemetry = telemetry;
    this.tracer = telemetry.openTelemetry().getTracer("benchmarks");
    this.counter =
        telemetry
            .metrics()
            .define(
                Instrument.Kind.COUNTER,
                "bench_java_total",
                "Operations",
                "",
                List.of("region", "kind"),
                List.of())
            .bind(Map.of("region", "eu", "kind", "web"));
    this.operation =
        switch (operation) {
          case "span" -> this::span;
          case "log" -> i -> log(LogLevel.INFO, i);
          case "disabled_log" -> i -> log(LogLevel.DEBUG, i);
          case "counter" -> i -> counter.record(1);
          default -> throw new IllegalArgumentException("operation: there is no " + operation);
        };
  }

  @Override
  public void run(int times) {
    for (int i = 0; i < times; i++) {
      operation.accept(i);
    }
  }

  private void span(int i) {
    Span span = tracer.spanBuilder("work").startSpan();
    span.setAttribute(ORDER, "A-1001");
    span.setAttribute(LINES, (long) i);
    try (Scope current = span.makeCurrent()) {
      // the work itself is empty
    } finally {
      span.end();
    }
  }

  private void log(LogLevel level, int i) {
    if (!telemetry.log().isEnabled(level)) {
      return;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("order_id", "A-1001");
    fields.put("lines", i);
    fields.put("total", 12.5);
    telemetry
        .log()
        .write(
            new LogEntry(
                level,
                "benchmarks",
                "order is valid",
                "host",
                correlation,
                Span.current().getSpanContext(),
                fields,
                null));
  }
}
