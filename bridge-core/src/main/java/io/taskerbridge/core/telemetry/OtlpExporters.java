package io.taskerbridge.core.telemetry;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.common.InternalTelemetryVersion;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.taskerbridge.core.config.BridgeConfig.Otlp;
import io.taskerbridge.core.config.BridgeConfig.OtlpProtocol;
import java.net.URI;
import java.util.Map;
import java.util.function.Supplier;

/** The exporters to an OTLP collector, which report on themselves. */
final class OtlpExporters {
  private static final InternalTelemetryVersion LATEST = InternalTelemetryVersion.LATEST;

  private final Otlp config;
  private final String endpoint;
  private final Supplier<MeterProvider> meters;
  private final Supplier<Map<String, String>> headers;

  /**
   * Exporters to the endpoint.
   *
   * @throws IllegalArgumentException if the endpoint is no http or https URL
   */
  OtlpExporters(Otlp config, String endpoint, Supplier<MeterProvider> meters) {
    this.config = config;
    this.endpoint = checked(endpoint);
    this.meters = meters;
    this.headers = config::headers;
  }

  SpanExporter spans() {
    if (config.protocol() == OtlpProtocol.GRPC) {
      return OtlpGrpcSpanExporter.builder()
          .setEndpoint(endpoint)
          .setTimeout(config.timeout())
          .setHeaders(headers)
          .setMeterProvider(meters)
          .setInternalTelemetryVersion(LATEST)
          .build();
    }
    return OtlpHttpSpanExporter.builder()
        .setEndpoint(endpointFor("traces"))
        .setTimeout(config.timeout())
        .setHeaders(headers)
        .setMeterProvider(meters)
        .setInternalTelemetryVersion(LATEST)
        .build();
  }

  LogRecordExporter logs() {
    if (config.protocol() == OtlpProtocol.GRPC) {
      return OtlpGrpcLogRecordExporter.builder()
          .setEndpoint(endpoint)
          .setTimeout(config.timeout())
          .setHeaders(headers)
          .setMeterProvider(meters)
          .setInternalTelemetryVersion(LATEST)
          .build();
    }
    return OtlpHttpLogRecordExporter.builder()
        .setEndpoint(endpointFor("logs"))
        .setTimeout(config.timeout())
        .setHeaders(headers)
        .setMeterProvider(meters)
        .setInternalTelemetryVersion(LATEST)
        .build();
  }

  MetricExporter metrics() {
    if (config.protocol() == OtlpProtocol.GRPC) {
      return OtlpGrpcMetricExporter.builder()
          .setEndpoint(endpoint)
          .setTimeout(config.timeout())
          .setHeaders(headers)
          .setMeterProvider(meters)
          .setInternalTelemetryVersion(LATEST)
          .build();
    }
    return OtlpHttpMetricExporter.builder()
        .setEndpoint(endpointFor("metrics"))
        .setTimeout(config.timeout())
        .setHeaders(headers)
        .setMeterProvider(meters)
        .setInternalTelemetryVersion(LATEST)
        .build();
  }

  /**
   * Over HTTP each signal has a path of its own below the base; an endpoint may name it already.
   */
  private String endpointFor(String signal) {
    String base = endpoint.replaceFirst("/v1/(traces|logs|metrics)/?$", "");
    return (base.endsWith("/") ? base : base + "/") + "v1/" + signal;
  }

  private static String checked(String endpoint) {
    try {
      String scheme = URI.create(endpoint).getScheme();
      if ("http".equals(scheme) || "https".equals(scheme)) {
        return endpoint;
      }
    } catch (IllegalArgumentException e) {
      throw badEndpoint(endpoint, e);
    }
    throw badEndpoint(endpoint, null);
  }

  private static IllegalArgumentException badEndpoint(
      String endpoint, @org.jspecify.annotations.Nullable Throwable cause) {
    return new IllegalArgumentException(
        "telemetry.otlp.endpoint: \""
            + endpoint
            + "\" is no URL of a collector; write http://host:4317 or https://host:4318",
        cause);
  }
}
