package io.taskerbridge.host.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.handler.HandlerInfo;
import io.taskerbridge.core.handler.HandlerProblem;
import io.taskerbridge.core.telemetry.Telemetry;
import io.taskerbridge.host.RecentTraces;
import io.taskerbridge.host.admin.Health.Component;
import io.taskerbridge.host.admin.Health.Status;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminServerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REMOTE_TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String REQUESTS_TO_LIVE =
      "(?s).*http_requests_total\\{[^}]*route=\"/live\"[^}]*status=\"200\"[^}]*\\} 1\\.0.*";
  private static final String NONE_ACTIVE_BUT_THIS =
      "(?s).*http_active_requests\\{[^}]*method=\"GET\"[^}]*\\} 1\\.0.*";
  private static final String REMOTE_SPAN = "b7ad6b7169203331";

  private final RecentTraces traces = new RecentTraces();
  private final Telemetry telemetry =
      Telemetry.builder(BridgeConfig.defaults()).addSpanProcessor(traces).start();
  private final MemoryTasks tasks = new MemoryTasks(telemetry.openTelemetry());
  private final RecordedLog log = new RecordedLog();
  private volatile Status database = Status.UP;
  private volatile Readiness readiness =
      new Readiness(true, "all parts work", Map.of("handlers", 2L));
  private final HttpClient client = HttpClient.newHttpClient();
  private AdminServer server;

  @BeforeAll
  void start() {
    server = AdminServer.start(config("127.0.0.1", 0), sources(), null);
  }

  @AfterAll
  void stop() {
    server.close();
    client.close();
    telemetry.close();
  }

  private static BridgeConfig.Admin config(String host, int port) {
    return new BridgeConfig.Admin(true, host, port, 2000);
  }

  private AdminSources sources() {
    return new AdminSources(
        telemetry.openTelemetry(),
        telemetry.metrics(),
        log,
        tasks,
        traces,
        telemetry::scrape,
        () -> List.of(new HandlerInfo("sequence.sum", "ruby", "sum.rb")),
        () -> List.of(new HandlerProblem("bad.py", 3, "invalid syntax")),
        () -> new Health(Map.of("database", new Component(database, "PostgreSQL 18"))),
        () -> readiness);
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, null, headers);
  }

  private HttpResponse<String> post(String body, String... headers) throws Exception {
    return send("POST", "/v1/tasks", body, headers);
  }

  private HttpResponse<String> send(
      String method, String path, @Nullable String body, String... headers) throws Exception {
    return send(server.address(), method, path, body, headers);
  }

  private HttpResponse<String> send(
      URI address, String method, String path, @Nullable String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.resolve(path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void submit_answers_202_with_the_ids_and_the_address() throws Exception {
    HttpResponse<String> answer =
        post("{\"namespace\":\"math\",\"name\":\"sequence\",\"context\":{\"terms\":7}}");

    assertThat(answer.statusCode()).isEqualTo(202);
    JsonNode body = JSON.readTree(answer.body());
    String id = body.get("task_uuid").asText();
    assertThat(answer.headers().firstValue("Location")).contains("/v1/tasks/" + id);
    assertThat(UUID.fromString(body.get("correlation_id").asText()).version()).isEqualTo(7);
    assertThat(tasks.lastInput).isEqualTo("{\"terms\":7}");

    JsonNode shown = JSON.readTree(get("/v1/tasks/" + id).body());
    assertThat(shown.get("state").asText()).isEqualTo("blocked_by_failures");
    JsonNode step = shown.get("steps").get(0);
    assertThat(step.at("/result/total").asInt()).isEqualTo(12);
    assertThat(step.at("/error/backtrace").asText()).isEqualTo("sum.rb:4:in 'call'");
    assertThat(JSON.readTree(get("/v1/tasks").body()).get("tasks").findValuesAsText("task_uuid"))
        .contains(id);
  }

  @Test
  void the_callers_span_is_the_parent_of_the_request_and_the_request_that_of_the_task()
      throws Exception {
    HttpResponse<String> answer =
        post(
            "{\"namespace\":\"math\",\"name\":\"sequence\"}",
            "traceparent",
            "00-" + REMOTE_TRACE + "-" + REMOTE_SPAN + "-01");

    JsonNode body = JSON.readTree(answer.body());
    assertThat(body.get("trace_id").asText()).isEqualTo(REMOTE_TRACE);
    String path = "/v1/tasks/" + body.get("task_uuid").asText() + "/trace";
    JsonNode spans =
        await()
            .until(
                () -> JSON.readTree(get(path).body()).get("spans"),
                found -> found.findValuesAsText("name").contains("POST /v1/tasks"));
    JsonNode request = named(spans, "POST /v1/tasks");
    assertThat(request.get("parent_span_id").asText()).isEqualTo(REMOTE_SPAN);
    assertThat(request.get("kind").asText()).isEqualTo("server");
    assertThat(request.at("/attributes/http.response.status_code").asInt()).isEqualTo(202);
    assertThat(named(spans, "task.initialize").get("parent_span_id"))
        .isEqualTo(request.get("span_id"));
  }

  private static JsonNode named(JsonNode spans, String name) {
    for (JsonNode span : spans) {
      if (span.get("name").asText().equals(name)) {
        return span;
      }
    }
    throw new AssertionError("no span " + name + " in " + spans);
  }

  @ParameterizedTest
  @CsvSource({"X-Correlation-ID", "X-Trace-ID"})
  void the_correlation_header_is_the_tasks_id(String header) throws Exception {
    String id = "0199c3e0-ccdb-4581-87ab-3f67daeaa4a5";

    HttpResponse<String> answer =
        post("{\"namespace\":\"math\",\"name\":\"sequence\"}", header, id);

    assertThat(JSON.readTree(answer.body()).get("correlation_id").asText()).isEqualTo(id);
    assertThat(answer.headers().firstValue("X-Correlation-ID")).contains(id);
  }

  @ParameterizedTest(name = "{0}: {1} because of {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{                                                           | 400 | body      | line 1",
        "[1]                                                         | 400 | body      | object",
        "{\"a\":1} {\"b\":2}                                         | 400 | body      | not JSON",
        "{\"name\":\"sequence\"}                                     | 400 | namespace | missing",
        "{\"namespace\":\"math\"}                                    | 400 | name      | missing",
        "{\"namespace\":5,\"name\":\"x\"}                            | 400 | namespace | string",
        "{\"namespce\":\"math\",\"name\":\"x\"}                      | 400 | namespce  | did you mean namespace?",
        "{\"namespace\":\"math\",\"name\":\"sequence\",\"context\":[]} | 400 | context     | object",
        "{\"namespace\":\"math\",\"name\":\"sequence\",\"correlation_id\":\"7\"} | 400 | correlation_id | not 7",
        "{\"namespace\":\"math\",\"name\":\"sequenc\"}               | 422 | name      | did you mean math/sequence?"
      })
  void a_bad_body_is_a_problem_that_names_the_field(
      String body, int status, String field, String detail) throws Exception {
    assertProblem(post(body), status, field, detail);
  }

  private static void assertProblem(
      HttpResponse<String> answer, int status, String field, String detail) throws Exception {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.path("field").asText()).isEqualTo(field);
    assertThat(problem.get("detail").asText()).contains(detail);
  }

  @Test
  void a_body_over_the_limit_is_413() throws Exception {
    assertProblem(post("{" + " ".repeat(5000)), 413, "body", "2000 bytes");
  }

  @Test
  void a_correlation_header_that_is_no_uuid_is_400() throws Exception {
    assertProblem(
        post("{\"namespace\":\"math\",\"name\":\"sequence\"}", "X-Correlation-ID", "abc"),
        400,
        "X-Correlation-ID",
        "must be a UUID");
  }

  @Test
  void unknown_things_are_404_and_wrong_methods_405() throws Exception {
    assertProblem(get("/v2/tasks"), 404, "", "/v2/tasks");
    assertProblem(get("/v1/tasks/xyz"), 400, "id", "must be a UUID");
    assertProblem(get("/v1/tasks/" + new UUID(1, 2)), 404, "id", "no task");
    HttpResponse<String> wrong = send("DELETE", "/v1/tasks", null);
    assertProblem(wrong, 405, "", "use GET or HEAD or POST");
    assertThat(wrong.headers().firstValue("Allow")).contains("GET, HEAD, POST");
  }

  @Test
  void a_failure_inside_is_500_without_its_details_and_is_logged() throws Exception {
    HttpResponse<String> answer = post("{\"namespace\":\"math\",\"name\":\"broken\"}");

    assertProblem(answer, 500, "", "the log says why");
    assertThat(answer.body()).doesNotContain("database");
    assertThat(log.entries)
        .anySatisfy(
            entry -> {
              assertThat(entry.message()).isEqualTo("a request failed");
              assertThat(entry.error()).extracting("message").isEqualTo("the database is away");
            });
  }

  @Test
  void metrics_come_in_the_format_that_is_accepted() throws Exception {
    assertThat(get("/metrics").headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/plain");
    HttpResponse<String> open = get("/metrics", "Accept", "application/openmetrics-text");
    assertThat(open.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/openmetrics-text");
    assertThat(open.body()).endsWith("# EOF\n");
  }

  @Test
  void probes_and_scrapes_make_no_span_and_are_counted() throws Exception {
    String remote = "4bf92f3577b34da6a3ce929d0e0e4736";
    String[] header = {"traceparent", "00-" + remote + "-" + REMOTE_SPAN + "-01"};
    for (String path : List.of("/metrics", "/health", "/live", "/ready")) {
      assertThat(get(path, header).statusCode()).isEqualTo(200);
    }
    get("/v1/handlers", header);

    await().until(() -> !traces.trace(remote).isEmpty());
    assertThat(traces.trace(remote)).extracting("name").containsExactly("GET /v1/handlers");
    await()
        .until(
            () -> scraped().matches(REQUESTS_TO_LIVE) && scraped().matches(NONE_ACTIVE_BUT_THIS));
  }

  private String scraped() throws Exception {
    return get("/metrics").body();
  }

  @Test
  void handlers_and_their_problems_are_listed() throws Exception {
    JsonNode body = JSON.readTree(get("/v1/handlers").body());

    assertThat(body.at("/handlers/0/language").asText()).isEqualTo("ruby");
    assertThat(body.at("/problems/0/line").asInt()).isEqualTo(3);
  }

  @Test
  void health_is_503_when_a_part_is_down() throws Exception {
    database = Status.DOWN;
    HttpResponse<String> down = get("/health");
    database = Status.DEGRADED;
    HttpResponse<String> degraded = get("/health");
    database = Status.UP;

    assertThat(down.statusCode()).isEqualTo(503);
    assertThat(JSON.readTree(down.body()).at("/components/database/status").asText())
        .isEqualTo("down");
    assertThat(degraded.statusCode()).isEqualTo(200);
  }

  @Test
  void every_change_of_readiness_is_logged_with_its_reason_even_if_nobody_asks() throws Exception {
    await().until(() -> log.messages().contains("ready: all parts work"));
    readiness = new Readiness(false, "no Python context is usable", Map.of());
    await().until(() -> log.messages().contains("not ready: no Python context is usable"));
    assertThat(get("/ready").statusCode()).isEqualTo(503);
    readiness = new Readiness(true, "Python is back", Map.of("handlers", 2L));

    HttpResponse<String> ready = get("/ready");

    assertThat(ready.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(ready.body()).at("/counts/handlers").asInt()).isEqualTo(2);
    assertThat(log.messages()).containsOnlyOnce("ready: Python is back");
  }

  @Test
  void a_taken_port_is_one_error_with_the_remedy() {
    int port = server.address().getPort();

    assertThatThrownBy(() -> AdminServer.start(config("127.0.0.1", port), sources(), null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(port + " on 127.0.0.1 is taken")
        .hasMessageContaining("TASKER_ADMIN_PORT");
  }

  @Test
  void a_server_open_to_others_wants_a_token() throws Exception {
    assertThatThrownBy(() -> AdminServer.start(config("0.0.0.0", 0), sources(), null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("TASKER_ADMIN_TOKEN");

    try (AdminServer open = AdminServer.start(config("0.0.0.0", 0), sources(), "t0ken")) {
      URI address = URI.create("http://127.0.0.1:" + open.address().getPort());
      assertThat(send(address, "GET", "/live", null).statusCode()).isEqualTo(200);
      HttpResponse<String> refused = send(address, "GET", "/metrics", null);
      assertProblem(refused, 401, "Authorization", "Bearer");
      assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
      assertThat(
              send(address, "GET", "/metrics", null, "Authorization", "Bearer t0ken").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void a_page_of_another_site_may_not_ask() throws Exception {
    HttpResponse<String> foreign =
        post("{\"namespace\":\"math\",\"name\":\"sequence\"}", "Origin", "https://example.org");
    HttpResponse<String> own =
        post(
            "{\"namespace\":\"math\",\"name\":\"sequence\"}",
            "Origin",
            "http://127.0.0.1:" + server.address().getPort());

    assertThat(foreign.statusCode()).isEqualTo(403);
    assertThat(JSON.readTree(foreign.body()).get("field").asText()).isEqualTo("Origin");
    assertThat(own.statusCode()).isEqualTo(202);
  }
}
