package io.taskerbridge.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.opentelemetry.api.trace.Span;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.core.metrics.Instrument.Kind;
import io.taskerbridge.core.telemetry.Configs;
import io.taskerbridge.core.telemetry.PrometheusText;
import io.taskerbridge.core.telemetry.Telemetry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Instruments as handlers and the host use them, read back from a scrape. */
final class MetricsTest {
  private final ByteArrayOutputStream console = new ByteArrayOutputStream();
  private final Telemetry telemetry =
      Telemetry.builder(Configs.seriesLimit(10)).console(console).start();
  private final Metrics metrics = telemetry.metrics();

  @AfterEach
  void close() {
    telemetry.close();
  }

  @Test
  void counters_of_eight_threads_lose_nothing() throws Exception {
    Instrument counter = define(Kind.COUNTER, "orders_total", "region");
    Series bound = counter.bind(Map.of("region", "eu"));
    CountDownLatch start = new CountDownLatch(1);
    try (var threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        all.add(
            threads.submit(
                () -> {
                  start.await();
                  for (int i = 0; i < 20_000; i++) {
                    bound.record(1);
                    counter.record(1, "region", "us");
                  }
                  return null;
                }));
      }
      start.countDown();
      for (Future<?> one : all) {
        one.get();
      }
    }

    assertThat(scrape().value("orders_total", "region", "eu")).isEqualTo(160_000);
    assertThat(scrape().value("orders_total", "region", "us")).isEqualTo(160_000);
  }

  @Test
  void adjusting_a_gauge_from_eight_threads_loses_nothing() throws Exception {
    Series gauge = define(Kind.GAUGE, "inflight", "kind").bind(Map.of("kind", "a"));
    try (var threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 10_000; i++) {
                    gauge.adjust(2);
                    gauge.adjust(-1);
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }

    assertThat(scrape().value("inflight", "kind", "a")).isEqualTo(80_000);
  }

  @Test
  void a_gauge_is_what_it_was_set_to_last_and_is_not_there_before() {
    Instrument gauge = define(Kind.GAUGE, "temperature");
    Series series = gauge.bind(Map.of());
    assertThat(scrape().sampleNames()).doesNotContain("temperature");

    series.record(3);
    series.record(-7.5);
    series.adjust(0.5);

    assertThat(scrape().value("temperature")).isEqualTo(-7);
  }

  @Test
  void an_up_down_counter_goes_both_ways() {
    Instrument counter = define(Kind.UP_DOWN_COUNTER, "items");
    counter.record(5);
    counter.record(-7);

    assertThat(scrape().value("items")).isEqualTo(-2);
  }

  @Test
  void a_histogram_has_the_buckets_of_its_definition() {
    Instrument histogram =
        metrics.define(
            Kind.HISTOGRAM,
            "sizes",
            "Sizes",
            "",
            List.of(),
            List.of(1.0, 10.0, Double.POSITIVE_INFINITY));
    histogram.record(0.5);
    histogram.record(5);
    histogram.record(50);

    PrometheusText text = scrape();
    assertThat(text.samples("sizes_bucket")).hasSize(3);
    assertThat(text.value("sizes_bucket", "le", "1.0")).isEqualTo(1);
    assertThat(text.value("sizes_bucket", "le", "10.0")).isEqualTo(2);
    assertThat(text.value("sizes_bucket", "le", "+Inf")).isEqualTo(3);
    assertThat(text.value("sizes_sum")).isEqualTo(55.5);
  }

  @Test
  void a_polled_gauge_is_read_at_each_scrape_until_its_poll_is_closed() {
    double[] depth = {4};
    Poll.Subscription subscription =
        metrics.observe("queue_depth", values -> values.add(depth[0], "queue", "bulk"));
    assertThat(scrape().value("queue_depth", "queue", "bulk")).isEqualTo(4);
    depth[0] = 9;
    assertThat(scrape().value("queue_depth", "queue", "bulk")).isEqualTo(9);

    subscription.close();

    assertThat(scrape().sampleNames()).doesNotContain("queue_depth");
  }

  @Test
  void a_poll_that_fails_is_told_once_and_spoils_nothing() {
    metrics.observe(
        "dlq_depth",
        () -> {
          throw new IllegalStateException("no database");
        });
    metrics.get("jobs.created_total").record(1);
    scrape();

    assertThat(scrape().value("jobs_created_total")).isEqualTo(1);
    assertThat(scrape().value("bridge_metrics_errors_total", "instrument", "dlq_depth"))
        .isPositive();
    assertThat(warnings("no database")).hasSize(1);
  }

  @Test
  void only_a_gauge_can_be_polled() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> metrics.observe("jobs.created_total", () -> 1))
        .withMessageContaining("only a gauge");
  }

  @Test
  void an_undeclared_label_is_dropped_counted_and_told_once() {
    Instrument counter = metrics.get("jobs.retried_total");
    counter.record(1, "queue", "bulk", "user", "ann");
    counter.record(1, "queue", "bulk", "user", "bob");
    counter.bind(Map.of("queue", "bulk", "user", "cid")).record(1);

    PrometheusText text = scrape();
    assertThat(text.value("jobs_retried_total", "queue", "bulk")).isEqualTo(3);
    assertThat(
            text.value("bridge_metrics_rejected_labels_total", "instrument", "jobs.retried_total"))
        .isEqualTo(3);
    assertThat(warnings("the label \\\"user\\\"")).hasSize(1);
  }

  @Test
  void label_values_are_cut_and_urls_lose_what_may_be_secret() {
    Instrument counter = define(Kind.COUNTER, "calls", "to");
    counter.record(1, "to", "https://ann:pw@example.org/a?token=1#x");
    counter.record(1, "to", "https://example.org/a?token=2");
    counter.record(1, "to", "\ud83d\ude00".repeat(300));

    PrometheusText text = scrape();
    assertThat(text.value("calls_total", "to", "https://example.org/a")).isEqualTo(2);
    assertThat(text.value("calls_total", "to", "\ud83d\ude00".repeat(200))).isEqualTo(1);
  }

  @Test
  void more_series_than_the_limit_go_to_the_overflow_series_and_are_counted() {
    Instrument counter = define(Kind.COUNTER, "visits", "page");
    IntStream.range(0, 100).forEach(i -> counter.record(1, "page", "p" + i));
    counter.record(1, "page", "p0");

    PrometheusText text = scrape();
    assertThat(text.samples("visits_total")).hasSize(10);
    assertThat(text.value("visits_total", "page", "p0")).isEqualTo(2);
    assertThat(text.value("visits_total", "otel_metric_overflow", "true")).isEqualTo(91);
    assertThat(text.value("bridge_metrics_overflows_total", "instrument", "visits")).isEqualTo(91);
    assertThat(warnings("overflow series")).hasSize(1);
  }

  @Test
  void gauges_overflow_too() {
    Instrument gauge = define(Kind.GAUGE, "rooms", "id");
    IntStream.range(0, 12).forEach(i -> gauge.record(i, "id", "r" + i));

    PrometheusText text = scrape();
    assertThat(text.samples("rooms")).hasSize(10);
    assertThat(text.value("rooms", "otel_metric_overflow", "true")).isEqualTo(11);
  }

  @Test
  void a_negative_increment_is_refused_counted_and_told_once() {
    Instrument counter = metrics.get("jobs.created_total");
    counter.record(4);
    counter.record(-1);
    counter.record(-1);
    counter.record(Double.NaN);

    PrometheusText text = scrape();
    assertThat(text.value("jobs_created_total")).isEqualTo(4);
    assertThat(text.value("bridge_metrics_errors_total", "instrument", "jobs.created_total"))
        .isEqualTo(3);
    assertThat(warnings("cannot go down")).hasSize(1);
  }

  @Test
  void binding_the_same_labels_gives_the_same_series() {
    Instrument counter = define(Kind.COUNTER, "same", "a", "b");

    assertThat(counter.bind(Map.of("a", "1", "b", "2")))
        .isSameAs(counter.bind(Map.of("b", "2", "a", "1")));
  }

  @ParameterizedTest
  @CsvSource({"jobs.completed_total", "jobs_completed_total", "jobs_completed", "jobs.completed"})
  void a_catalog_name_in_any_form_is_the_catalogs_instrument(String name) {
    Instrument defined =
        metrics.define(Kind.COUNTER, name, "mine", "", List.of("queue", "status"), List.of());

    assertThat(defined).isSameAs(metrics.get("jobs.completed_total"));
  }

  @Test
  void an_exposed_histogram_name_is_the_catalogs_instrument() {
    String name = "tasker_task_initialization_duration_milliseconds";

    assertThat(
            metrics.define(Kind.HISTOGRAM, name, "", "", List.of("task_type"), List.of(1.0, 2.0)))
        .isSameAs(metrics.get("tasker.task.initialization.duration"));
  }

  @Test
  void a_clash_names_both() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> define(Kind.GAUGE, "jobs_completed_total", "queue"))
        .withMessageContaining("jobs_completed_total")
        .withMessageContaining("jobs.completed_total of the catalog")
        .withMessageContaining("a counter, not a gauge");
    define(Kind.COUNTER, "mine_total", "a");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> define(Kind.COUNTER, "mine", "b"))
        .withMessageContaining("mine_total")
        .withMessageContaining("[a], not [b]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> define(Kind.COUNTER, "jobs_created_total", "shoe_size"))
        .withMessageContaining("its labels are [], not [shoe_size]");
  }

  @ParameterizedTest
  @CsvSource({
    "COUNTER, orders_total, GAUGE, orders",
    "GAUGE, orders, COUNTER, orders_total",
    "COUNTER, orders, HISTOGRAM, orders",
    "UP_DOWN_COUNTER, orders.open, COUNTER, orders_open.total",
    "COUNTER, orders, GAUGE, orders_total"
  })
  void a_name_that_prometheus_cannot_tell_from_one_of_another_kind_is_refused(
      Kind kind, String name, Kind otherKind, String otherName) {
    define(kind, name).record(3);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> define(otherKind, otherName))
        .withMessageStartingWith("name: " + otherName + " clashes with the metric " + name)
        .withMessageContaining(kind.word() + ", not a " + otherKind.word());
    String exposed = ExposedName.of(name, "", kind == Kind.COUNTER);
    assertThat(scrape().value(exposed)).isEqualTo(3);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"9lives", "''", "a b", "_hidden", "a__b", "größe", "a-b", "a:b"})
  void a_name_that_is_not_legal_is_refused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> define(Kind.COUNTER, name))
        .withMessageStartingWith("name: ")
        .withMessageContaining("legal metric name");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"correlation_id", "trace_id", "task_uuid", "le", "a-b", "__name__", "''"})
  void a_label_that_cannot_be_is_refused(String label) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> define(Kind.HISTOGRAM, "fine", label))
        .withMessageStartingWith("labels: ");
  }

  @Test
  void a_name_that_is_not_there_names_the_nearest() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> metrics.get("jobs.complete_total"))
        .withMessageEndingWith("did you mean jobs.completed_total?");
  }

  @Test
  void a_label_value_that_looks_like_a_secret_is_not_shown() {
    Instrument counter = define(Kind.COUNTER, "logins", "how", "password");
    counter.record(1, "how", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl");
    counter.record(1, "password", "hunter2");

    assertThat(scrape().value("logins_total", "how", "[REDACTED]")).isEqualTo(1);
    assertThat(scrape().value("logins_total", "password", "[REDACTED]")).isEqualTo(1);
  }

  @Test
  void the_words_created_info_and_bucket_stay_in_names() {
    define(Kind.COUNTER, "orders_created_total").record(1);
    define(Kind.COUNTER, "orders_total").record(2);
    define(Kind.GAUGE, "build_info").record(1);
    define(Kind.GAUGE, "rooms_total").record(3);

    PrometheusText text = scrape();
    assertThat(text.value("orders_created_total")).isEqualTo(1);
    assertThat(text.value("orders_total")).isEqualTo(2);
    assertThat(text.value("build_info")).isEqualTo(1);
    assertThat(text.value("rooms_total")).isEqualTo(3);
  }

  @Test
  void an_exemplar_leads_to_the_trace_and_the_request_and_neither_is_a_label() {
    UUID correlationId = CorrelationId.next();
    Span span = telemetry.openTelemetry().getTracer("test").spanBuilder("work").startSpan();
    var context =
        Correlation.of(correlationId).storeIn(io.opentelemetry.context.Context.root()).with(span);
    context
        .wrap(
            () -> {
              metrics.get("jobs.created_total").record(1);
              metrics.get("jobs.duration_seconds").record(0.2, "queue", "bulk", "method", "m");
            })
        .run();
    span.end();

    PrometheusText text =
        PrometheusText.parse(telemetry.scrape("application/openmetrics-text;version=1.0.0"));
    var created = text.samples("jobs_created_total").get(0);
    assertThat(created.labels()).isEmpty();
    assertThat(created.exemplar())
        .containsEntry("trace_id", span.getSpanContext().getTraceId())
        .containsEntry("span_id", span.getSpanContext().getSpanId())
        .containsEntry("correlation_id", correlationId.toString());
    assertThat(text.samples("jobs_duration_seconds_bucket"))
        .filteredOn(sample -> !sample.exemplar().isEmpty())
        .singleElement()
        .satisfies(
            sample ->
                assertThat(sample.exemplar())
                    .containsEntry("trace_id", span.getSpanContext().getTraceId()));
    assertThat(PrometheusText.parse(telemetry.scrape(null)).value("jobs_created_total"))
        .isEqualTo(1);
  }

  @Test
  void another_library_may_use_a_name_of_ours_and_two_libraries_the_same() {
    metrics.get("jobs.created_total").record(1);
    telemetry.openTelemetry().getMeter("lib.a").counterBuilder("jobs_created_total").build().add(5);
    telemetry.openTelemetry().getMeter("lib.a").counterBuilder("hits.created").build().add(1);
    telemetry.openTelemetry().getMeter("lib.b").counterBuilder("hits.created").build().add(2);

    PrometheusText text = scrape();
    assertThat(text.value("jobs_created_total")).isEqualTo(1);
    assertThat(text.value("hits_created_total", "otel_scope_name", "lib.a")).isEqualTo(1);
    assertThat(text.value("hits_created_total", "otel_scope_name", "lib.b")).isEqualTo(2);
  }

  private Instrument define(Kind kind, String name, String... labels) {
    return metrics.define(kind, name, "A test's " + name, "", List.of(labels), List.of());
  }

  private PrometheusText scrape() {
    return PrometheusText.parse(telemetry.scrape(null));
  }

  private List<String> warnings(String part) {
    return console
        .toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.contains("WARN") && line.contains(part))
        .toList();
  }
}
