package io.taskerbridge.examples;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.config.ConfigLoader;
import io.taskerbridge.core.telemetry.PrometheusText;
import io.taskerbridge.host.Worker;
import io.taskerbridge.host.orchestration.StepView;
import io.taskerbridge.host.orchestration.TaskRequest;
import io.taskerbridge.host.orchestration.TaskState;
import io.taskerbridge.host.orchestration.TaskView;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The example workflows in a real worker: real guests, real database, real telemetry. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkflowsTest {
  private static final Path EXAMPLES =
      Path.of(System.getProperty("tasker.project.dir"), "examples");
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final AttributeKey<String> LANGUAGE = AttributeKey.stringKey("tasker.language");
  private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("tasker.attempt");
  private static final Set<TaskState> SETTLED =
      Set.of(TaskState.COMPLETE, TaskState.ERROR, TaskState.BLOCKED_BY_FAILURES);
  private static final int BATCH = 60;

  private final Map<String, TaskView> tasks = new TreeMap<>();
  private Path log = Path.of("");
  private Worker worker;

  @BeforeAll
  void run(@TempDir Path folder) throws IOException {
    log = folder.resolve("worker.log");
    BridgeConfig config =
        ConfigLoader.in(folder)
            .set("ruby.handlers", EXAMPLES.resolve("handlers/ruby").toString())
            .set("python.handlers", EXAMPLES.resolve("handlers/python").toString())
            .set("python.contexts", "1")
            .set("worker.templates", EXAMPLES.resolve("workflows").toString())
            .set("worker.poll_interval_ms", "100")
            .set("database.directory", folder.resolve("postgres").toString())
            .set("logging.console", "false")
            .set("logging.file", log.toString())
            .set("admin.port", "0")
            .load()
            .config();
    worker = Worker.builder(config).start();
    assertThat(worker.templateProblems()).isEmpty();
    assertThat(worker.host().problems()).isEmpty();
    List<UUID> submitted =
        List.of(
            submit("math", "mathematical_sequence", "{\"terms\": 28}"),
            submit("orders", "order_fulfillment", orders(0)),
            submit("orders", "order_settlement", orders(90)));
    for (UUID id : submitted) {
      TaskView task =
          await()
              .atMost(Duration.ofSeconds(90))
              .until(
                  () -> worker.tasks().find(id).orElseThrow(),
                  found -> SETTLED.contains(found.state()));
      tasks.put(task.name(), task);
    }
  }

  @AfterAll
  void stop() {
    worker.close();
  }

  private UUID submit(String namespace, String name, String context) {
    return worker
        .tasks()
        .submit(new TaskRequest(namespace, name, null, context, null, null))
        .taskUuid();
  }

  private static String orders(int from) throws IOException {
    List<String> all = Files.readAllLines(EXAMPLES.resolve("data/orders.jsonl"));
    return "{\"orders\": [" + String.join(",", all.subList(from, from + BATCH)) + "]}";
  }

  private TaskView task(String name) {
    return Objects.requireNonNull(tasks.get(name), name);
  }

  private JsonNode result(String task, String step) throws IOException {
    return JSON.readTree(Objects.requireNonNull(step(task, step).resultJson()));
  }

  private StepView step(String task, String name) {
    return task(task).steps().stream()
        .filter(step -> step.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private List<Integer> attempts(String task) {
    return task(task).steps().stream().map(StepView::attempts).toList();
  }

  /** The task's trace once its last spans ended. */
  private List<SpanData> trace(TaskView task) {
    String traceId = Objects.requireNonNull(task.traceparent()).substring(3, 35);
    return await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> worker.traces().trace(traceId),
            spans -> spans.stream().filter(span -> isOrphan(span, spans)).count() == 1);
  }

  private static boolean isOrphan(SpanData span, List<SpanData> spans) {
    return spans.stream().noneMatch(other -> other.getSpanId().equals(span.getParentSpanId()));
  }

  @Test
  void the_sequence_is_summed_in_four_ruby_steps() throws IOException {
    assertThat(task("mathematical_sequence").state()).isEqualTo(TaskState.COMPLETE);
    // 2, 3, 5, 13, 89, 233, 1597, 28657: the primes among the first 28 Fibonacci numbers
    assertThat(result("mathematical_sequence", "primes").at("/numbers")).hasSize(8);
    assertThat(result("mathematical_sequence", "sum").at("/total").asLong())
        .isEqualTo(4L + 9 + 25 + 169 + 7921 + 54289 + 2550409 + 821223649);
  }

  @Test
  void the_diamond_joins_what_both_languages_found() throws IOException {
    assertThat(task("order_fulfillment").state()).isEqualTo(TaskState.COMPLETE);
    JsonNode validated = result("order_fulfillment", "validate");
    JsonNode priced = result("order_fulfillment", "price");
    JsonNode stock = result("order_fulfillment", "check_stock");
    JsonNode plan = result("order_fulfillment", "plan_shipments");
    assertThat(validated.at("/rejected/0/reason").asText()).isEqualTo("quantity below one");
    assertThat(validated.at("/orders").size() + validated.at("/rejected").size()).isEqualTo(BATCH);
    assertThat(priced.at("/orders")).hasSameSizeAs(validated.at("/orders"));
    assertThat(plan.at("/shipments").asInt()).isEqualTo(stock.at("/reserved").size());
    assertThat(plan.at("/back_ordered").asInt()).isEqualTo(stock.at("/back_ordered").size());
  }

  @Test
  void the_settlement_is_retried_and_then_fails_for_good_with_rubys_own_backtrace() {
    assertThat(task("order_settlement").state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
    assertThat(attempts("order_settlement")).containsExactly(3, 1, 0);
    StepView ledger = step("order_settlement", "post_to_ledger");
    assertThat(ledger.errorType()).isEqualTo("TaskerCore::Errors::PermanentError");
    assertThat(ledger.errorMessage()).isEqualTo("ORD-10122 says 36800 cents, its lines make 36700");
    assertThat(ledger.errorBacktrace())
        .containsPattern("post_to_ledger\\.rb:\\d+:in '.*amount_of'")
        .doesNotContain(".java:");
  }

  @Test
  void each_task_is_one_trace_with_every_guest_span_under_a_step() {
    for (TaskView task : tasks.values()) {
      List<SpanData> spans = trace(task);
      Map<String, SpanData> byId =
          spans.stream().collect(Collectors.toMap(SpanData::getSpanId, Function.identity()));
      assertThat(spans)
          .filteredOn(span -> !SpanId.isValid(span.getParentSpanId()))
          .extracting(SpanData::getName)
          .containsExactly("task.initialize");
      assertThat(spans)
          .filteredOn(span -> isGuest(span) && !above(span, byId).contains("step.execute"))
          .isEmpty();
      assertThat(spans).filteredOn(WorkflowsTest::isGuest).hasSizeGreaterThan(4);
    }
  }

  private static boolean isGuest(SpanData span) {
    return Set.of("ruby", "python")
        .contains(Objects.requireNonNullElse(span.getAttributes().get(LANGUAGE), "java"));
  }

  private static List<String> above(SpanData span, Map<String, SpanData> byId) {
    List<String> names = new ArrayList<>();
    for (SpanData at = byId.get(span.getParentSpanId());
        at != null;
        at = byId.get(at.getParentSpanId())) {
      names.add(at.getName());
    }
    return names;
  }

  @Test
  void each_attempt_is_a_span_of_its_own_linked_to_the_one_before() {
    List<SpanData> attempts =
        trace(task("order_settlement")).stream()
            .filter(span -> span.getName().equals("step.execute"))
            .filter(
                span ->
                    "CollectPayments"
                        .equals(span.getAttributes().get(AttributeKey.stringKey("tasker.handler"))))
            .toList();

    assertThat(attempts)
        .extracting(span -> span.getAttributes().get(ATTEMPT))
        .containsExactly(1L, 2L, 3L);
    for (int i = 1; i < attempts.size(); i++) {
      assertThat(attempts.get(i).getLinks())
          .extracting(LinkData::getSpanContext)
          .extracting("spanId")
          .containsExactly(attempts.get(i - 1).getSpanId());
    }
  }

  @Test
  void every_line_of_a_handler_is_json_with_each_id_once() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      lines.add(JSON.readTree(line));
    }
    List<JsonNode> guest =
        lines.stream()
            .filter(line -> line.path("component").asText().endsWith("_handler"))
            .filter(line -> !line.path("logger").asText().startsWith("io.taskerbridge"))
            .toList();

    assertThat(guest)
        .extracting(line -> line.get("component").asText())
        .contains("ruby_handler", "python_handler");
    Map<String, TaskView> byCorrelation =
        tasks.values().stream()
            .collect(
                Collectors.toMap(task -> task.correlationId().toString(), Function.identity()));
    for (JsonNode line : guest) {
      TaskView task =
          Objects.requireNonNull(
              byCorrelation.get(line.path("correlation_id").asText()), line::toString);
      assertThat(line.path("task_uuid").asText()).isEqualTo(task.taskUuid().toString());
      assertThat(task.traceparent()).contains(line.path("trace_id").asText());
      assertThat(trace(task).stream().map(SpanData::getSpanId).collect(toSet()))
          .contains(line.path("span_id").asText());
    }
    assertThat(guest)
        .filteredOn(line -> line.path("message").asText().equals("orders validated"))
        .singleElement()
        .matches(line -> line.path("accepted").isNumber());
    assertThat(guest)
        .filteredOn(line -> line.path("message").asText().equals("payments collected"))
        .hasSize(1);
  }

  @Test
  void the_metrics_agree_with_what_was_done() throws IOException {
    String page = new String(worker.telemetry().scrape(null).body(), StandardCharsets.UTF_8);
    int accepted = result("order_fulfillment", "validate").at("/orders").size();

    assertThat(sum(page, "orders_validated_total")).isEqualTo(BATCH);
    assertThat(sum(page, "orders_priced_total")).isEqualTo(accepted);
    assertThat(sum(page, "order_amount_cents_count")).isEqualTo(accepted);
    assertThat(sum(page, "payments_collected_total")).isEqualTo(BATCH);
    assertThat(sum(page, "tasker_steps_executions_total")).isEqualTo(4 + 4 + 4);
    assertThat(sum(page, "tasker_steps_successes_total")).isEqualTo(4 + 4 + 1);
    assertThat(sum(page, "tasker_steps_failures_total")).isEqualTo(3);
    assertThat(sum(page, "tasker_tasks_completions_total")).isEqualTo(2);
    assertThat(sum(page, "bridge_spans_leaked_total")).isZero();
  }

  @Test
  void the_metrics_page_of_the_running_worker_is_valid_prometheus_text() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI address = Objects.requireNonNull(worker.adminAddress()).resolve("/metrics");
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(200);
      PrometheusText page = PrometheusText.parse(answer.body(), false);
      assertThat(
              page.samples("tasker_steps_failures_total").stream()
                  .mapToDouble(PrometheusText.Sample::value)
                  .sum())
          .isEqualTo(3);
    }
  }

  @Test
  void health_tells_of_every_part() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI address = Objects.requireNonNull(worker.adminAddress()).resolve("/health");
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(200);
      JsonNode parts = JSON.readTree(answer.body()).get("components");
      for (String part : List.of("database", "queues", "workers", "ruby", "python")) {
        assertThat(parts.at("/" + part + "/status").asText()).as(part).isEqualTo("up");
      }
      assertThat(parts.at("/exporter/status").asText()).isEqualTo("disabled");
    }
  }

  private static double sum(String page, String metric) {
    return Pattern.compile("(?m)^" + metric + "(?:\\{[^}]*})? (\\S+)$")
        .matcher(page)
        .results()
        .mapToDouble(found -> Double.parseDouble(found.group(1)))
        .sum();
  }
}
