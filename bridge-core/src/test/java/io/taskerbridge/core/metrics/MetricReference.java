package io.taskerbridge.core.metrics;

import java.util.List;
import java.util.stream.Collectors;

/** Writes the reference of all metrics from the catalog. */
final class MetricReference {
  private static final String INTRODUCTION =
      """
      # Metrics

      All metrics of a worker, as `GET /metrics` shows them. This page is written from the catalog
      (`bridge-core/src/main/resources/io/taskerbridge/core/metrics/*.toml`); a test keeps it current.

      - The first column is the name in code, for `Metrics.get` and for guests, who may use either form. The second
        is the name in Prometheus: dots become underscores, the unit is written out unless the name ends in it
        already, a counter ends in `_total`. A histogram is shown as `_bucket`, `_sum` and `_count`.
      - A label that is not listed is dropped, told once and counted in `bridge_metrics_rejected_labels_total`.
        Values are cut at 200 characters, URLs lose user and query, secrets become `[REDACTED]`. Beyond
        `telemetry.metrics.series_limit` series, values go to a series with the label `otel_metric_overflow="true"`
        and are counted in `bridge_metrics_overflows_total`.
      - Correlation IDs are never labels. A value recorded inside a sampled trace carries `trace_id`, `span_id` and
        `correlation_id` as its exemplar; ask for `application/openmetrics-text` to see exemplars.
      - A value that cannot be recorded, such as a negative increment of a counter, is told once and counted in
        `bridge_metrics_errors_total`.
      - The JVM's own metrics (`jvm_*`) and the SDK's about itself (`otel_sdk_*`, such as
        `otel_sdk_processor_span_queue_size`) are shown too, under the names that OpenTelemetry gives them.
      - One fact has one name: the latency of requests is `http_request_duration_seconds`, not also
        `http_request_latency_ms`; requests to the control plane are `http_requests_total` with its routes.
      """;

  private MetricReference() {}

  static String render(Catalog catalog) {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    for (Catalog.Domain domain : catalog.domains()) {
      page.append("\n## ")
          .append(domain.name())
          .append("\n\n")
          .append(domain.title())
          .append(".\n\n");
      page.append("| name | in Prometheus | kind | labels | meaning |\n|---|---|---|---|---|\n");
      domain.metrics().forEach(spec -> page.append(row(spec)));
      histograms(page, domain.metrics());
    }
    return page.toString();
  }

  private static String row(InstrumentSpec spec) {
    String unit = spec.unit().isEmpty() ? "" : " (" + spec.unit() + ")";
    return "| `"
        + spec.name()
        + "` | `"
        + spec.exposedName()
        + "` | "
        + spec.kind().word().replace('_', ' ')
        + unit
        + " | "
        + spec.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "))
        + " | "
        + spec.description()
        + " |\n";
  }

  /** The bounds, each set of them once. */
  private static void histograms(StringBuilder page, List<InstrumentSpec> specs) {
    specs.stream()
        .filter(spec -> !spec.buckets().isEmpty())
        .map(spec -> bounds(spec) + spec.unit())
        .distinct()
        .forEach(
            bounds ->
                page.append("\nBuckets of ")
                    .append(
                        specs.stream()
                            .filter(
                                spec ->
                                    !spec.buckets().isEmpty()
                                        && (bounds(spec) + spec.unit()).equals(bounds))
                            .map(spec -> "`" + spec.name() + "`")
                            .collect(Collectors.joining(", ")))
                    .append(": ")
                    .append(bounds)
                    .append(".\n"));
  }

  private static String bounds(InstrumentSpec spec) {
    return spec.buckets().stream()
            .map(
                bound ->
                    bound == Math.rint(bound) ? Long.toString(bound.longValue()) : bound.toString())
            .collect(Collectors.joining(", "))
        + " ";
  }
}
