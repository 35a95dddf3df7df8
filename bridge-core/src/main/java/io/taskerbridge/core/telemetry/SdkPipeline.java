package io.taskerbridge.core.telemetry;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.InternalTelemetryVersion;
import io.opentelemetry.sdk.logs.LogLimits;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.SdkLoggerProviderBuilder;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.SdkMeterProviderBuilder;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.export.CardinalityLimitSelector;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.metrics.Metrics;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The OpenTelemetry SDK as configured: providers, processors, exporters. */
final class SdkPipeline {
  /** The scope of the catalog's instruments and of those that guests define. */
  static final String METRICS_SCOPE = "io.taskerbridge.metrics";

  private final BridgeConfig config;
  private final PrometheusScrape scrape = new PrometheusScrape(METRICS_SCOPE);
  private final OpenTelemetrySdk sdk;
  private final SdkMeterProvider meterProvider;
  private final @Nullable OtlpExporters otlp;

  private SdkPipeline(Telemetry.Builder builder, ContextPropagators propagators, Startup startup) {
    config = builder.config;
    Resource resource = TelemetryResource.of(config.telemetry());
    String endpoint = config.telemetry().otlp().endpoint();
    otlp =
        endpoint == null
            ? null
            : new OtlpExporters(config.telemetry().otlp(), endpoint, this::meterProvider);
    // first all that may fail, the files, and only then the providers, which start threads
    List<MetricExporter> metricExporters =
        config.telemetry().metrics().enabled()
            ? exporters(otlp == null ? null : otlp::metrics, FileExporters::metrics, startup)
            : List.of();
    List<SpanExporter> spanExporters =
        exporters(otlp == null ? null : otlp::spans, FileExporters::spans, startup);
    List<LogRecordExporter> logExporters =
        config.logging().otlp()
            ? exporters(otlp == null ? null : otlp::logs, FileExporters::logs, startup)
            : List.of();
    meterProvider =
        startup.started(
            meters(resource, builder.metricReaders, metricExporters), SdkMeterProvider::close);
    SdkTracerProvider tracers =
        startup.started(
            tracers(resource, builder.spanProcessors, spanExporters), SdkTracerProvider::close);
    SdkLoggerProvider loggers =
        startup.started(
            loggers(resource, builder.logExporters, logExporters), SdkLoggerProvider::close);
    sdk =
        OpenTelemetrySdk.builder()
            .setMeterProvider(meterProvider)
            .setTracerProvider(tracers)
            .setLoggerProvider(loggers)
            .setPropagators(propagators)
            .build();
  }

  /**
   * Starts it; if it cannot be started, nothing of it goes on.
   *
   * @throws IllegalArgumentException as {@link Telemetry#start}
   */
  static SdkPipeline start(Telemetry.Builder builder, ContextPropagators propagators) {
    Startup startup = new Startup();
    try {
      return new SdkPipeline(builder, propagators, startup);
    } catch (Throwable e) {
      startup.undo(e);
      throw e;
    }
  }

  /** What a scrape gives when nothing is recorded. */
  static PrometheusScrape emptyScrape() {
    return new PrometheusScrape(METRICS_SCOPE);
  }

  OpenTelemetry openTelemetry() {
    return sdk;
  }

  PrometheusScrape scrape() {
    return scrape;
  }

  private MeterProvider meterProvider() {
    return meterProvider;
  }

  private SdkMeterProvider meters(
      Resource resource, List<MetricReader> extraReaders, List<MetricExporter> exporters) {
    SdkMeterProviderBuilder builder = SdkMeterProvider.builder().setResource(resource);
    BridgeConfig.Metrics metrics = config.telemetry().metrics();
    if (!metrics.enabled()) {
      return builder.build();
    }
    CardinalityLimitSelector limit = type -> metrics.seriesLimit();
    builder.registerView(
        InstrumentSelector.builder().setMeterName(METRICS_SCOPE).build(),
        View.builder()
            .setAttributeFilter(name -> !Metrics.isExemplarOnly(name))
            .setCardinalityLimit(metrics.seriesLimit())
            .build());
    builder.registerMetricReader(scrape, limit);
    extraReaders.forEach(reader -> builder.registerMetricReader(reader, limit));
    for (MetricExporter exporter : exporters) {
      builder.registerMetricReader(
          PeriodicMetricReader.builder(exporter)
              .setInterval(metrics.exportInterval())
              .setInternalTelemetryVersion(InternalTelemetryVersion.LATEST)
              .build(),
          limit);
    }
    return builder.build();
  }

  private SdkTracerProvider tracers(
      Resource resource, List<SpanProcessor> extraProcessors, List<SpanExporter> exporters) {
    SdkTracerProviderBuilder builder =
        SdkTracerProvider.builder()
            .setResource(resource)
            .setSampler(sampler(config.telemetry().sampling()))
            .setSpanLimits(limits(config.telemetry().spans()))
            .setMeterProvider(this::meterProvider);
    extraProcessors.forEach(builder::addSpanProcessor);
    BridgeConfig.Otlp batch = config.telemetry().otlp();
    for (SpanExporter exporter : exporters) {
      builder.addSpanProcessor(
          BatchSpanProcessor.builder(exporter)
              .setMaxExportBatchSize(batch.batchSizeLimit())
              .setMaxQueueSize(batch.queueSize())
              .setExporterTimeout(batch.timeout())
              .setMeterProvider(this::meterProvider)
              .setInternalTelemetryVersion(InternalTelemetryVersion.LATEST)
              .build());
    }
    return builder.build();
  }

  private SdkLoggerProvider loggers(
      Resource resource,
      List<LogRecordExporter> extraExporters,
      List<LogRecordExporter> exporters) {
    int maxLength = config.telemetry().spans().maxAttributeLength();
    SdkLoggerProviderBuilder builder =
        SdkLoggerProvider.builder()
            .setResource(resource)
            .setLogLimits(() -> LogLimits.builder().setMaxAttributeValueLength(maxLength).build())
            .setMeterProvider(this::meterProvider);
    extraExporters.forEach(
        exporter -> builder.addLogRecordProcessor(SimpleLogRecordProcessor.create(exporter)));
    BridgeConfig.Otlp batch = config.telemetry().otlp();
    for (LogRecordExporter exporter : exporters) {
      builder.addLogRecordProcessor(
          BatchLogRecordProcessor.builder(exporter)
              .setMaxExportBatchSize(batch.batchSizeLimit())
              .setMaxQueueSize(batch.queueSize())
              .setExporterTimeout(batch.timeout())
              .setMeterProvider(this::meterProvider)
              .setInternalTelemetryVersion(InternalTelemetryVersion.LATEST)
              .build());
    }
    return builder.build();
  }

  private <E extends Closeable> List<E> exporters(
      @Nullable Supplier<E> toCollector, Function<Path, E> toFolder, Startup startup) {
    List<E> exporters = new ArrayList<>();
    if (toCollector != null) {
      exporters.add(startup.started(toCollector.get(), SdkPipeline::closeUnused));
    }
    Path directory = config.telemetry().file().directory();
    if (directory != null) {
      exporters.add(startup.started(toFolder.apply(directory), SdkPipeline::closeUnused));
    }
    return exporters;
  }

  private static void closeUnused(Closeable exporter) {
    try {
      exporter.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Sampler sampler(BridgeConfig.Sampling sampling) {
    return switch (sampling.strategy()) {
      case PARENT_BASED_ALWAYS_ON -> Sampler.parentBased(Sampler.alwaysOn());
      case PARENT_BASED_TRACE_ID_RATIO ->
          Sampler.parentBased(Sampler.traceIdRatioBased(sampling.ratio()));
      case TRACE_ID_RATIO -> Sampler.traceIdRatioBased(sampling.ratio());
      case ALWAYS_ON -> Sampler.alwaysOn();
      case ALWAYS_OFF -> Sampler.alwaysOff();
    };
  }

  private static SpanLimits limits(BridgeConfig.Spans spans) {
    return SpanLimits.builder()
        .setMaxNumberOfAttributes(spans.maxAttributes())
        .setMaxNumberOfEvents(spans.maxEvents())
        .setMaxNumberOfLinks(spans.maxLinks())
        .setMaxAttributeValueLength(spans.maxAttributeLength())
        .build();
  }

  /** Spans and logs first, so that the metrics tell what became of them. */
  boolean flush(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    boolean sent =
        await(
            CompletableResultCode.ofAll(
                List.of(
                    sdk.getSdkTracerProvider().forceFlush(),
                    sdk.getSdkLoggerProvider().forceFlush())),
            deadline);
    return await(meterProvider.forceFlush(), deadline) && sent;
  }

  void close(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    await(
        CompletableResultCode.ofAll(
            List.of(sdk.getSdkTracerProvider().shutdown(), sdk.getSdkLoggerProvider().shutdown())),
        deadline);
    await(meterProvider.shutdown(), deadline);
  }

  private static boolean await(CompletableResultCode result, long deadline) {
    long left = Math.max(1, deadline - System.nanoTime());
    return result.join(left, TimeUnit.NANOSECONDS).isSuccess();
  }
}
