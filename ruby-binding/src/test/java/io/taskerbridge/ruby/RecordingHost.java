package io.taskerbridge.ruby;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.guest.GuestBridge;
import io.taskerbridge.core.log.LogEntry;
import io.taskerbridge.core.log.LogWriter;
import io.taskerbridge.core.telemetry.Telemetry;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The host's telemetry, whose spans, log entries and metrics are kept. */
final class RecordingHost {
  final List<LogEntry> logs = new CopyOnWriteArrayList<>();
  final GuestBridge bridge;
  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final InMemoryMetricReader reader = InMemoryMetricReader.create();
  private final Telemetry telemetry;

  RecordingHost() {
    telemetry =
        Telemetry.builder(BridgeConfig.defaults())
            .addSpanExporter(exporter)
            .addMetricReader(reader)
            .console(OutputStream.nullOutputStream())
            .start();
    bridge =
        GuestBridge.create(
            telemetry.openTelemetry(),
            telemetry.metrics(),
            new KeepingLog(telemetry.log()),
            telemetry.redactor(),
            LogLevel.INFO);
  }

  OpenTelemetry openTelemetry() {
    return telemetry.openTelemetry();
  }

  List<SpanData> spans() {
    return exporter.getFinishedSpanItems();
  }

  Collection<MetricData> metrics() {
    return reader.collectAllMetrics();
  }

  void reset() {
    exporter.reset();
    logs.clear();
  }

  /** Keeps what it passes on, and is interested in debug records too. */
  private final class KeepingLog implements LogWriter {
    private final LogWriter next;

    KeepingLog(LogWriter next) {
      this.next = next;
    }

    @Override
    public boolean isEnabled(LogLevel level) {
      return level.number() >= LogLevel.DEBUG.number();
    }

    @Override
    public void write(LogEntry entry) {
      logs.add(entry);
      next.write(entry);
    }
  }
}
