package io.taskerbridge.core.telemetry;

import io.opentelemetry.exporter.internal.otlp.logs.LogsRequestMarshaler;
import io.opentelemetry.exporter.internal.otlp.metrics.MetricsRequestMarshaler;
import io.opentelemetry.exporter.internal.otlp.traces.TraceRequestMarshaler;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.nio.file.Path;
import java.util.Collection;

/** Exporters that write OTLP requests to files, as {@link JsonLinesFile} does. */
final class FileExporters {
  private FileExporters() {}

  static SpanExporter spans(Path directory) {
    return new Spans(JsonLinesFile.open(directory, "traces.jsonl"));
  }

  static LogRecordExporter logs(Path directory) {
    return new Logs(JsonLinesFile.open(directory, "logs.jsonl"));
  }

  static MetricExporter metrics(Path directory) {
    return new Points(JsonLinesFile.open(directory, "metrics.jsonl"));
  }

  private record Spans(JsonLinesFile file) implements SpanExporter {
    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      return file.append(TraceRequestMarshaler.create(spans));
    }

    @Override
    public CompletableResultCode flush() {
      return file.force();
    }

    @Override
    public CompletableResultCode shutdown() {
      return file.close();
    }
  }

  private record Logs(JsonLinesFile file) implements LogRecordExporter {
    @Override
    public CompletableResultCode export(Collection<LogRecordData> logs) {
      return file.append(LogsRequestMarshaler.create(logs));
    }

    @Override
    public CompletableResultCode flush() {
      return file.force();
    }

    @Override
    public CompletableResultCode shutdown() {
      return file.close();
    }
  }

  private record Points(JsonLinesFile file) implements MetricExporter {
    @Override
    public CompletableResultCode export(Collection<MetricData> metrics) {
      return file.append(MetricsRequestMarshaler.create(metrics));
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType instrumentType) {
      return AggregationTemporality.CUMULATIVE;
    }

    @Override
    public CompletableResultCode flush() {
      return file.force();
    }

    @Override
    public CompletableResultCode shutdown() {
      return file.close();
    }
  }
}
