package io.taskerbridge.core.telemetry;

import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.taskerbridge.core.metrics.ExposedName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All metrics as Prometheus reads them. The conversion is OpenTelemetry's; the names are {@link
 * ExposedName}'s, since the conversion would cut words such as {@code _created} off the end of a
 * name. The bridge's own metrics carry no scope labels, those of other libraries do, so that two
 * libraries may use one name.
 */
final class PrometheusScrape implements MetricReader {
  /** Ends a name while it is converted, and keeps the conversion from cutting at it. */
  private static final String GUARD = ":";

  private static final String TOTAL = "_total";

  private final String ownScope;
  private final PrometheusMetricReader own =
      PrometheusMetricReader.builder().setOtelScopeLabelsEnabled(false).build();
  private final PrometheusMetricReader others =
      PrometheusMetricReader.builder()
          .setOtelScopeLabelsEnabled(true)
          .setTargetInfoMetricEnabled(false)
          .build();
  private final ExpositionFormatWriter text =
      PrometheusTextFormatWriter.builder().setIncludeCreatedTimestamps(false).build();
  private final ExpositionFormatWriter openMetrics =
      OpenMetricsTextFormatWriter.builder()
          .setCreatedTimestampsEnabled(false)
          .setExemplarsOnAllMetricTypesEnabled(true)
          .build();

  private volatile CollectionRegistration registration = CollectionRegistration.noop();
  private List<MetricData> collected = List.of();

  PrometheusScrape(String ownScope) {
    this.ownScope = ownScope;
    own.register(selected(true));
    others.register(selected(false));
  }

  /** OpenMetrics, with exemplars, where the Accept header asks for it; else the plain text. */
  synchronized Scrape scrape(@Nullable String accept) {
    boolean wantsOpenMetrics = accept != null && accept.contains("application/openmetrics-text");
    ExpositionFormatWriter writer = wantsOpenMetrics ? openMetrics : text;
    ByteArrayOutputStream body = new ByteArrayOutputStream(1 << 15);
    try {
      writer.write(body, collect());
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return new Scrape(writer.getContentType(), body.toByteArray());
  }

  private MetricSnapshots collect() {
    collected = new ArrayList<>(registration.collectAllMetrics());
    try {
      Map<String, MetricSnapshot> byName = new LinkedHashMap<>();
      own.collect().forEach(snapshot -> add(byName, snapshot));
      others.collect().forEach(snapshot -> add(byName, snapshot));
      return new MetricSnapshots(byName.values());
    } finally {
      collected = List.of();
    }
  }

  /** The bridge's own come first; another library's metric of the same name gives way. */
  private static void add(Map<String, MetricSnapshot> byName, MetricSnapshot snapshot) {
    MetricSnapshot named = withoutGuard(snapshot);
    byName.putIfAbsent(named.getMetadata().getPrometheusName(), named);
  }

  private static MetricSnapshot withoutGuard(MetricSnapshot snapshot) {
    MetricMetadata guarded = snapshot.getMetadata();
    if (!guarded.getName().endsWith(GUARD)) {
      return snapshot;
    }
    String name = guarded.getName().substring(0, guarded.getName().length() - GUARD.length());
    MetricMetadata metadata = MetricMetadata.builder().name(name).help(guarded.getHelp()).build();
    return switch (snapshot) {
      case CounterSnapshot counter -> new CounterSnapshot(metadata, counter.getDataPoints());
      case GaugeSnapshot gauge -> new GaugeSnapshot(metadata, gauge.getDataPoints());
      case HistogramSnapshot histogram ->
          new HistogramSnapshot(metadata, histogram.getDataPoints());
      default -> snapshot;
    };
  }

  private CollectionRegistration selected(boolean ownOnes) {
    return new CollectionRegistration() {
      @Override
      public Collection<MetricData> collectAllMetrics() {
        return collected.stream()
            .filter(data -> isOwn(data) == ownOnes)
            .map(data -> (MetricData) new GuardedName(data))
            .toList();
      }
    };
  }

  private boolean isOwn(MetricData data) {
    return data.getInstrumentationScopeInfo().getName().equals(ownScope);
  }

  @Override
  public void register(CollectionRegistration newRegistration) {
    registration = newRegistration;
  }

  @Override
  public AggregationTemporality getAggregationTemporality(InstrumentType instrumentType) {
    return AggregationTemporality.CUMULATIVE;
  }

  @Override
  public CompletableResultCode forceFlush() {
    return CompletableResultCode.ofSuccess();
  }

  @Override
  public CompletableResultCode shutdown() {
    return CompletableResultCode.ofSuccess();
  }

  /** A metric under its exposed name, which already says the unit. */
  private record GuardedName(MetricData data) implements MetricData {

    @Override
    public String getName() {
      boolean counter =
          switch (data.getType()) {
            case LONG_SUM -> data.getLongSumData().isMonotonic();
            case DOUBLE_SUM -> data.getDoubleSumData().isMonotonic();
            default -> false;
          };
      String exposed = ExposedName.of(data.getName(), data.getUnit(), counter);
      return (counter ? exposed.substring(0, exposed.length() - TOTAL.length()) : exposed) + GUARD;
    }

    @Override
    public String getUnit() {
      return "";
    }

    @Override
    public io.opentelemetry.sdk.resources.Resource getResource() {
      return data.getResource();
    }

    @Override
    public io.opentelemetry.sdk.common.InstrumentationScopeInfo getInstrumentationScopeInfo() {
      return data.getInstrumentationScopeInfo();
    }

    @Override
    public String getDescription() {
      return data.getDescription();
    }

    @Override
    public MetricDataType getType() {
      return data.getType();
    }

    @Override
    public io.opentelemetry.sdk.metrics.data.Data<?> getData() {
      return data.getData();
    }
  }
}
