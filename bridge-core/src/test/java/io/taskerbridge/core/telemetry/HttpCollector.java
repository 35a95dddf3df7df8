package io.taskerbridge.core.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A collector on loopback that takes OTLP over HTTP and keeps what it got. */
public final class HttpCollector implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<ExportTraceServiceRequest> traces = new ConcurrentLinkedQueue<>();
  private final Queue<ExportLogsServiceRequest> logs = new ConcurrentLinkedQueue<>();
  private final Queue<ExportMetricsServiceRequest> metrics = new ConcurrentLinkedQueue<>();
  private final Queue<String> tenants = new ConcurrentLinkedQueue<>();

  /** Starts on a free port. */
  public HttpCollector() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext(
        "/v1/traces", e -> take(e, b -> traces.add(ExportTraceServiceRequest.parseFrom(b))));
    server.createContext(
        "/v1/logs", e -> take(e, b -> logs.add(ExportLogsServiceRequest.parseFrom(b))));
    server.createContext(
        "/v1/metrics", e -> take(e, b -> metrics.add(ExportMetricsServiceRequest.parseFrom(b))));
    server.start();
  }

  private interface Taker {
    void take(byte[] body) throws IOException;
  }

  private void take(HttpExchange exchange, Taker taker) throws IOException {
    try (exchange) {
      tenants.add(String.valueOf(exchange.getRequestHeaders().getFirst("x-tenant")));
      taker.take(exchange.getRequestBody().readAllBytes());
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
    }
  }

  /** The base endpoint. */
  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** All requests with spans. */
  public List<ExportTraceServiceRequest> traces() {
    return List.copyOf(traces);
  }

  /** All spans. */
  public List<Span> spans() {
    return traces.stream()
        .flatMap(request -> request.getResourceSpansList().stream())
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .flatMap(scope -> scope.getSpansList().stream())
        .toList();
  }

  /** All requests with log records. */
  public List<ExportLogsServiceRequest> logs() {
    return List.copyOf(logs);
  }

  /** All requests with metrics. */
  public List<ExportMetricsServiceRequest> metrics() {
    return List.copyOf(metrics);
  }

  /** The header {@code x-tenant} of each request. */
  public List<String> tenants() {
    return List.copyOf(tenants);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
