package io.taskerbridge.host.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.trace.SpanContext;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.log.LogEntry;
import io.taskerbridge.core.log.LogWriter;
import io.taskerbridge.core.telemetry.Scrape;
import io.taskerbridge.host.admin.Router.Access;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The one HTTP server of a worker: metrics, health, readiness, tasks, traces. Serves from the
 * return of {@link #start} until {@link #close}. Safe for use by many threads.
 */
public final class AdminServer implements AutoCloseable {
  private static final String UNKNOWN_ROUTE = "unmatched";
  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127\\.[0-9.]+|\\[::1])(:[0-9]+)?", Pattern.CASE_INSENSITIVE);

  private final HttpServer server;
  private final ExecutorService executor;
  private final ReadinessWatch readiness;
  private final Router router;
  private final RequestSpan requestSpan;
  private final HttpMetrics metrics;
  private final LogWriter log;
  private final int maxRequestBytes;
  private final @Nullable String token;

  /**
   * Starts serving.
   *
   * @param token what callers must show when the server is bound to more than loopback, or null
   * @throws IllegalStateException if the port is taken, or if the server would be open to other
   *     machines without a token; the message names the setting to change
   */
  public static AdminServer start(
      BridgeConfig.Admin config, AdminSources sources, @Nullable String token) {
    InetAddress address = resolve(config.host());
    if (!address.isLoopbackAddress() && (token == null || token.isBlank())) {
      throw new IllegalStateException(
          "[admin] host = \""
              + config.host()
              + "\" opens the admin server to other machines: set TASKER_ADMIN_TOKEN to the token"
              + " that callers must show, or set host to 127.0.0.1");
    }
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(address, config.port()), 0);
    } catch (BindException e) {
      throw new IllegalStateException(
          "port "
              + config.port()
              + " on "
              + config.host()
              + " is taken: set [admin] port or TASKER_ADMIN_PORT to another, or to 0 for any free"
              + " one",
          e);
    } catch (IOException e) {
      throw new IllegalStateException(
          "the admin server cannot listen on " + config.host() + ":" + config.port() + ": " + e, e);
    }
    return new AdminServer(
        server, sources, config.maxRequestBytes(), address.isLoopbackAddress() ? null : token);
  }

  private static InetAddress resolve(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(
          "[admin] host = \"" + host + "\" is no address of this machine: use 127.0.0.1", e);
    }
  }

  private AdminServer(
      HttpServer server, AdminSources sources, int maxRequestBytes, @Nullable String token) {
    this.server = server;
    this.maxRequestBytes = maxRequestBytes;
    this.token = token;
    this.log = sources.log();
    this.requestSpan = new RequestSpan(sources.openTelemetry());
    this.metrics = new HttpMetrics(sources.metrics());
    this.readiness = new ReadinessWatch(sources.readiness(), sources.log());
    this.router = routes(sources, readiness);
    this.executor = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(executor);
    server.createContext("/", this::serve);
    server.start();
  }

  private static Router routes(AdminSources sources, ReadinessWatch readiness) {
    TaskPages tasks = new TaskPages(sources.tasks(), sources.traces());
    return new Router()
        .add("GET", "/live", Access.PROBE, request -> live())
        .add("GET", "/health", Access.PROBE, request -> health(sources.health().get()))
        .add("GET", "/ready", Access.PROBE, request -> ready(readiness.current()))
        .add("GET", "/metrics", Access.SCRAPE, request -> metricsPage(sources, request))
        .add("POST", "/v1/tasks", Access.CONTROL, tasks::submit)
        .add("GET", "/v1/tasks", Access.CONTROL, tasks::recent)
        .add("GET", "/v1/tasks/{id}", Access.CONTROL, tasks::show)
        .add("GET", "/v1/tasks/{id}/trace", Access.CONTROL, tasks::trace)
        .add(
            "GET",
            "/v1/handlers",
            Access.CONTROL,
            request ->
                Response.json(
                    200, Views.handlers(sources.handlers().get(), sources.problems().get())));
  }

  private static Response live() {
    return Response.json(200, JsonNodeFactory.instance.objectNode().put("live", true));
  }

  private static Response health(Health health) {
    return Response.json(health.isUp() ? 200 : 503, Views.health(health));
  }

  private static Response ready(Readiness readiness) {
    return Response.json(readiness.ready() ? 200 : 503, Views.readiness(readiness));
  }

  private static Response metricsPage(AdminSources sources, Request request) {
    Scrape page = sources.scrape().apply(request.header("Accept"));
    return new Response(200, page.contentType(), page.body(), Map.of());
  }

  /** Where it serves, with the port that it got. */
  public URI address() {
    InetSocketAddress bound = server.getAddress();
    String host = bound.getAddress().getHostAddress();
    return URI.create(
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort());
  }

  /** Stops serving; requests under way have a second to end. */
  @Override
  public void close() {
    readiness.close();
    server.stop(1);
    executor.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      String methodLabel = HttpMetrics.label(method);
      long start = System.nanoTime();
      metrics.begun(methodLabel);
      Answered answered = answer(exchange, method);
      try {
        send(exchange, answered.response());
      } finally {
        metrics.ended(
            methodLabel,
            answered.route(),
            answered.response(),
            answered.requestBytes(),
            System.nanoTime() - start);
      }
    }
  }

  private record Answered(String route, Response response, int requestBytes) {}

  private Answered answer(HttpExchange exchange, String method) {
    String route = UNKNOWN_ROUTE;
    int requestBytes = 0;
    try {
      String path = exchange.getRequestURI().getPath();
      Router.Match match = router.find(method, path == null ? "/" : path);
      Router.Route found = match.route();
      route = found.template();
      if (found.access() != Access.PROBE) {
        authorize(exchange.getRequestHeaders().getFirst("Authorization"));
      }
      if (found.access() == Access.CONTROL && token == null) {
        refuseForeignPages(
            exchange.getRequestHeaders().getFirst("Host"),
            exchange.getRequestHeaders().getFirst("Origin"));
      }
      byte[] body = readBody(exchange);
      requestBytes = body.length;
      Request request =
          new Request(method, path, match.parameters(), exchange.getRequestHeaders(), body);
      Response response =
          found.access() == Access.CONTROL
              ? requestSpan.answer(route, request, found.handler())
              : found.handler().apply(request);
      return new Answered(route, response, requestBytes);
    } catch (Problem problem) {
      return new Answered(route, problem.response(), requestBytes);
    } catch (IOException e) {
      Problem problem = Problem.of(400, "body", "the body could not be read: " + e.getMessage());
      return new Answered(route, problem.response(), requestBytes);
    } catch (RuntimeException e) {
      logFailure(method, route, e);
      Problem problem = Problem.of(500, "the request failed; the log says why");
      return new Answered(route, problem.response(), requestBytes);
    }
  }

  private void authorize(@Nullable String header) {
    if (token == null) {
      return;
    }
    byte[] expected = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
    byte[] shown = (header == null ? "" : header).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(expected, shown)) {
      throw Problem.unauthorized();
    }
  }

  /**
   * On loopback there is no token, but a browser on this machine may carry any page's requests:
   * they show by their origin, or by a name that is not this machine's.
   */
  private static void refuseForeignPages(@Nullable String host, @Nullable String origin) {
    if (host != null && !LOOPBACK.matcher(host).matches()) {
      throw Problem.of(
          403, "Host", "this server is asked as 127.0.0.1 or localhost, or with [admin] token");
    }
    if (origin != null && !origin.equals("http://" + host)) {
      throw Problem.of(
          403,
          "Origin",
          "pages of other sites may not ask; call from a program, or from this server's own page");
    }
  }

  private byte[] readBody(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(maxRequestBytes + 1);
    if (body.length > maxRequestBytes) {
      throw Problem.of(
          413,
          "body",
          "the body is over " + maxRequestBytes + " bytes, the limit of [admin] max_request_bytes");
    }
    return body;
  }

  private void logFailure(String method, String route, RuntimeException e) {
    String trace =
        Arrays.stream(e.getStackTrace()).map(String::valueOf).collect(Collectors.joining("\n"));
    log.write(
        new LogEntry(
            LogLevel.ERROR,
            AdminServer.class.getName(),
            "a request failed",
            "admin",
            null,
            SpanContext.getInvalid(),
            Map.of("method", method, "route", route),
            new HandlerError(e.getClass().getName(), String.valueOf(e.getMessage()), null, trace)));
  }

  private static void send(HttpExchange exchange, Response response) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", response.contentType());
    response.headers().forEach(exchange.getResponseHeaders()::set);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    int length = response.body().length;
    exchange.sendResponseHeaders(response.status(), head || length == 0 ? -1 : length);
    if (!head && length > 0) {
      exchange.getResponseBody().write(response.body());
    }
  }
}
