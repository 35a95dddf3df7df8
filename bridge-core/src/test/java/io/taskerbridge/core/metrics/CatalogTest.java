package io.taskerbridge.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.taskerbridge.core.telemetry.Configs;
import io.taskerbridge.core.telemetry.PrometheusText;
import io.taskerbridge.core.telemetry.Telemetry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The metric catalog, what it makes of names, and its reference in the documentation. */
final class CatalogTest {
  private static final Path REFERENCE =
      Path.of(Objects.requireNonNull(System.getProperty("tasker.project.dir")), "docs/metrics.md");

  @Test
  void every_metric_is_shown_under_the_agreed_name() throws IOException {
    List<String> agreed;
    try (var in = CatalogTest.class.getResourceAsStream("exposed-names.txt")) {
      agreed =
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .toList();
    }

    assertThat(Catalog.load().all().stream().map(CatalogTest::line))
        .containsExactlyElementsOf(agreed);
  }

  private static String line(InstrumentSpec spec) {
    return spec.name() + " " + spec.kind().word() + " " + spec.exposedName();
  }

  @Test
  void every_metric_that_is_recorded_is_in_the_scrape_under_its_exposed_name_and_type() {
    try (Telemetry telemetry = Telemetry.start(Configs.defaults())) {
      for (InstrumentSpec spec : Catalog.load().all()) {
        List<String> labels = new ArrayList<>();
        spec.labels().forEach(label -> labels.addAll(List.of(label, "x")));
        telemetry.metrics().get(spec.name()).record(1, labels.toArray(new String[0]));
      }

      PrometheusText text = PrometheusText.parse(telemetry.scrape(null));
      for (InstrumentSpec spec : Catalog.load().all()) {
        String type = spec.kind() == Instrument.Kind.UP_DOWN_COUNTER ? "gauge" : spec.kind().word();
        assertThat(text.families()).containsKey(spec.exposedName());
        var family = Objects.requireNonNull(text.families().get(spec.exposedName()));
        assertThat(family.type()).as(spec.name()).isEqualTo(type);
        assertThat(family.samples()).as(spec.name()).isNotEmpty();
        assertThat(family.samples().get(0).labels().keySet())
            .as(spec.name())
            .containsAll(spec.labels());
      }
      PrometheusText.parse(telemetry.scrape("application/openmetrics-text"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a.b, ms, false, a_b_milliseconds",
    "a.latency_ms, ms, false, a_latency_ms",
    "a.latency_milliseconds, ms, false, a_latency_milliseconds",
    "a.duration_seconds, s, false, a_duration_seconds",
    "a.duration, s, false, a_duration_seconds",
    "a.requests.total, '', true, a_requests_total",
    "a.requests, '', true, a_requests_total",
    "a.time_total, s, true, a_time_seconds_total",
    "rss_mb, MBy, false, rss_mb",
    "used_pct, %, false, used_pct",
    "things, {thing}, false, things",
    "ratio, 1, false, ratio",
    "odd-name/x, '', false, odd_name_x",
  })
  void a_name_is_exposed_with_its_unit_once(
      String name, String unit, boolean counter, String exposed) {
    assertThat(ExposedName.of(name, unit, counter)).isEqualTo(exposed);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "name='a'\\nkind='meter'\\ndescription='d' | a is of the kind meter",
        "name='a'\\nkind='histogram'\\ndescription='d' | a wants buckets",
        "name='a'\\nkind='gauge'\\ndescription='d'\\nbuckets=[1] | a is no histogram",
        "name='a'\\nkind='gauge' | wants name, kind and description",
        "name='a'\\nkind='gauge'\\ndescription='d'\\nshape='round' | shape",
        "name='9a'\\nkind='gauge'\\ndescription='d' | legal metric name",
        "name='a'\\nkind='histogram'\\ndescription='d'\\nbuckets=[2,1] | must ascend",
        "name= | x.toml",
      })
  void a_broken_file_says_what_is_wrong(String entry, String complaint) {
    String toml = "[[metric]]\n" + entry.replace("\\n", "\n");

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Catalog.read("x", new ByteArrayInputStream(toml.getBytes(StandardCharsets.UTF_8))))
        .withMessageContaining(complaint);
  }

  @Test
  void two_metrics_of_one_exposed_name_are_refused() {
    InstrumentSpec one = spec("jobs.made");
    InstrumentSpec other = spec("jobs_made.total");

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Catalog(List.of(new Catalog.Domain("d", "Title", List.of(one, other)))))
        .withMessageContaining("jobs.made and jobs_made.total")
        .withMessageContaining("jobs_made_total");
  }

  private static InstrumentSpec spec(String name) {
    return new InstrumentSpec(name, Instrument.Kind.COUNTER, "", "A test", List.of(), List.of());
  }

  /** With {@code -Dtasker.docs.write=true} the reference is written anew instead. */
  @Test
  void the_reference_is_current() throws IOException {
    String current = MetricReference.render(Catalog.load());
    if (Boolean.getBoolean("tasker.docs.write")) {
      Files.writeString(REFERENCE, current);
    }

    assertThat(REFERENCE).hasContent(current);
  }
}
