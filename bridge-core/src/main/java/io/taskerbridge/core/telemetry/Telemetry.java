package io.taskerbridge.core.telemetry;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.instrumentation.runtimetelemetry.RuntimeTelemetry;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.guest.GuestBridge;
import io.taskerbridge.core.log.LogConsole;
import io.taskerbridge.core.log.LogCounters;
import io.taskerbridge.core.log.LogEntry;
import io.taskerbridge.core.log.LogWriter;
import io.taskerbridge.core.log.Redaction;
import io.taskerbridge.core.log.Redactor;
import io.taskerbridge.core.log.StructuredLog;
import io.taskerbridge.core.metrics.Metrics;
import io.taskerbridge.core.metrics.Series;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The one telemetry of a process: tracer, metrics and logger, built from the configuration. Sets
 * nothing global and installs no shutdown hook: who starts it closes it. Safe for use by many
 * threads.
 *
 * <p>With {@code telemetry.enabled = false} nothing is recorded and {@link #scrape} is empty; trace
 * context is still passed on, and the log still written.
 */
public final class Telemetry implements AutoCloseable {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final BridgeConfig config;
  private final @Nullable SdkPipeline pipeline;
  private final OpenTelemetry openTelemetry;
  private final Redactor redactor;
  private final Metrics metrics;
  private final StructuredLog log;
  private final GuestBridge guestBridge;
  private final @Nullable RuntimeTelemetry runtimeTelemetry;
  private final ProcessMetrics processMetrics;
  private final PanicHook panicHook;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Telemetry(Builder builder, Startup startup) {
    config = builder.config;
    redactor = Redaction.of(config.redaction());
    ContextPropagators propagators =
        ContextPropagators.create(
            TextMapPropagator.composite(
                W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance()));
    pipeline =
        config.telemetry().enabled()
            ? startup.started(
                SdkPipeline.start(builder, propagators), started -> started.close(CLOSE_TIMEOUT))
            : null;
    openTelemetry =
        pipeline != null ? pipeline.openTelemetry() : OpenTelemetry.propagating(propagators);
    MeterProvider meters = openTelemetry.getMeterProvider();
    metrics =
        Metrics.create(
            meters.get(SdkPipeline.METRICS_SCOPE),
            redactor,
            config.telemetry().metrics().seriesLimit(),
            this::warn);
    log =
        startup.started(
            StructuredLog.open(
                config,
                redactor,
                openTelemetry.getLogsBridge(),
                new CountedLog(metrics),
                builder.console),
            StructuredLog::close);
    guestBridge =
        GuestBridge.create(
            openTelemetry, metrics, log, redactor, config.telemetry().spans().level());
    boolean measured = pipeline != null && config.telemetry().metrics().enabled();
    runtimeTelemetry =
        measured
            ? startup.started(RuntimeTelemetry.create(openTelemetry), RuntimeTelemetry::close)
            : null;
    processMetrics =
        startup.started(ProcessMetrics.start(metrics, measured), ProcessMetrics::close);
    panicHook = new PanicHook(metrics, log);
  }

  /**
   * Starts telemetry as configured.
   *
   * @throws IllegalArgumentException if something cannot be as it is configured, such as a folder
   *     that cannot be written; the message names the key
   */
  public static Telemetry start(BridgeConfig config) {
    return builder(config).start();
  }

  /** For telemetry with more than the configuration says. */
  public static Builder builder(BridgeConfig config) {
    return new Builder(config);
  }

  /** Tracers, meters and loggers for code that uses OpenTelemetry itself. */
  public OpenTelemetry openTelemetry() {
    return openTelemetry;
  }

  /** The instruments of the process. */
  public Metrics metrics() {
    return metrics;
  }

  /** The structured log. */
  public LogWriter log() {
    return log;
  }

  /** Decides what must not be shown. */
  public Redactor redactor() {
    return redactor;
  }

  /** The contract with guests, for the language {@code java}. */
  public GuestBridge guestBridge() {
    return guestBridge;
  }

  /**
   * All metrics now, in the format that an Accept header asks for: OpenMetrics with exemplars, or
   * the Prometheus text format.
   */
  public Scrape scrape(@Nullable String accept) {
    PrometheusScrape reader = pipeline == null ? SdkPipeline.emptyScrape() : pipeline.scrape();
    return reader.scrape(accept);
  }

  /** Measures from now on how late this executor starts what is due. */
  public void watch(Executor executor) {
    processMetrics.watch(executor);
  }

  /**
   * Counts and logs uncaught exceptions of any thread from now until {@link #close}, then hands
   * them to the handler that was there before.
   */
  public void catchPanics() {
    panicHook.install();
  }

  /**
   * Sends what waits.
   *
   * @return whether all was sent within the timeout
   */
  public boolean flush(Duration timeout) {
    return pipeline == null || pipeline.flush(timeout);
  }

  /** Sends what waits and stops, in bounded time. A second time does nothing. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    panicHook.uninstall();
    processMetrics.close();
    if (runtimeTelemetry != null) {
      runtimeTelemetry.close();
    }
    log.close();
    if (pipeline != null) {
      pipeline.close(CLOSE_TIMEOUT);
    }
  }

  private void warn(String message) {
    log.write(
        new LogEntry(
            LogLevel.WARN,
            Metrics.class.getName(),
            message,
            "host",
            null,
            SpanContext.getInvalid(),
            Map.of(),
            null));
  }

  /** What the log loses or hides, as metrics. */
  private static final class CountedLog implements LogCounters {
    private final Series dropped;
    private final Series redacted;

    CountedLog(Metrics metrics) {
      dropped = metrics.get("bridge.logs.dropped_total").bind(Map.of());
      redacted = metrics.get("bridge.logs.redacted_total").bind(Map.of());
    }

    @Override
    public void dropped() {
      dropped.record(1);
    }

    @Override
    public void redacted() {
      redacted.record(1);
    }
  }

  /** Adds to what the configuration says. For one thread. */
  public static final class Builder {
    final BridgeConfig config;
    final List<SpanProcessor> spanProcessors = new ArrayList<>();
    final List<LogRecordExporter> logExporters = new ArrayList<>();
    final List<MetricReader> metricReaders = new ArrayList<>();
    private LogConsole console = LogConsole.standardOutput();

    private Builder(BridgeConfig config) {
      this.config = config;
    }

    /** Shows every recorded span to the processor, on the thread that starts or ends it. */
    public Builder addSpanProcessor(SpanProcessor processor) {
      spanProcessors.add(processor);
      return this;
    }

    /** Gives every sampled span to the exporter when it ends, on the thread that ends it. */
    public Builder addSpanExporter(SpanExporter exporter) {
      return addSpanProcessor(SimpleSpanProcessor.create(exporter));
    }

    /** Gives every log record to the exporter, on the thread that writes it. */
    public Builder addLogRecordExporter(LogRecordExporter exporter) {
      logExporters.add(exporter);
      return this;
    }

    /** Lets the reader collect all metrics. */
    public Builder addMetricReader(MetricReader reader) {
      metricReaders.add(reader);
      return this;
    }

    /** Writes console log lines there, without colours, rather than to standard output. */
    public Builder console(OutputStream stream) {
      return console(new LogConsole(stream, false));
    }

    /** Writes console log lines there rather than to standard output. */
    public Builder console(LogConsole newConsole) {
      console = newConsole;
      return this;
    }

    /**
     * Starts the telemetry; if it cannot be started, nothing of it goes on.
     *
     * @throws IllegalArgumentException as {@link Telemetry#start(BridgeConfig)}
     */
    public Telemetry start() {
      Startup startup = new Startup();
      try {
        return new Telemetry(this, startup);
      } catch (Throwable e) {
        startup.undo(e);
        throw e;
      }
    }
  }
}
