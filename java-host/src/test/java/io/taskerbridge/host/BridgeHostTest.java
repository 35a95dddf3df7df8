package io.taskerbridge.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.core.telemetry.Telemetry;
import io.taskerbridge.host.execution.ClaimedStep;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A host embedded in a process of someone else's, with handlers in Java. */
class BridgeHostTest {
  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final Correlation correlation = Correlation.of(CorrelationId.next());
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private Telemetry telemetry;
  private BridgeHost host;

  @BeforeEach
  void open() {
    telemetry =
        Telemetry.builder(BridgeConfig.defaults())
            .console(OutputStream.nullOutputStream())
            .addSpanExporter(spans)
            .start();
    host =
        BridgeHost.builder()
            .telemetry(telemetry)
            .handler("echo", StepCall::inputJson)
            .handler("refuse", call -> fail(new PermanentException("no such order")))
            .handler("stumble", call -> fail(new IllegalStateException("try again")))
            .handler("mumble", call -> "not json")
            .handler("ramble", call -> "{} x")
            .handler("silent", call -> "")
            .handler("hang", call -> hang())
            .handler(
                "nest",
                call -> {
                  telemetry
                      .openTelemetry()
                      .getTracer("library")
                      .spanBuilder("inner")
                      .startSpan()
                      .end();
                  return "{}";
                })
            .open();
  }

  @AfterEach
  void close() {
    release.countDown();
    host.close();
    telemetry.close();
  }

  private static String fail(Exception e) throws Exception {
    throw e;
  }

  private String hang() throws InterruptedException {
    entered.countDown();
    release.await();
    return "{}";
  }

  private StepCall call(String handler) {
    return StepCall.of(handler, correlation, "{\"n\":1}");
  }

  private SpanData span(String name) {
    return spans.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void execute_returns_the_result_inside_the_callers_trace() {
    Span request = telemetry.openTelemetry().getTracer("app").spanBuilder("request").startSpan();
    try (Scope scope = Context.root().with(request).makeCurrent()) {
      assertThat(host.execute(call("echo"))).isEqualTo(new StepOutcome.Success("{\"n\":1}", "{}"));
    }
    request.end();

    SpanData execute = span("step.execute");
    SpanData handler = span("handler_execution");
    assertThat(execute.getParentSpanId()).isEqualTo(request.getSpanContext().getSpanId());
    assertThat(handler.getParentSpanId()).isEqualTo(execute.getSpanId());
    assertThat(handler.getTraceId()).isEqualTo(request.getSpanContext().getTraceId());
    assertThat(execute.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  @Test
  void spans_of_java_libraries_nest_in_the_handler() {
    host.execute(call("nest"));

    assertThat(span("inner").getParentSpanId()).isEqualTo(span("handler_execution").getSpanId());
  }

  @Test
  void execute_a_handler_that_throws_is_a_retryable_failure_with_its_own_words() {
    StepOutcome outcome = host.execute(call("stumble"));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            StepOutcome.Failure.class,
            failure -> {
              assertThat(failure.retryable()).isTrue();
              assertThat(failure.error().type()).isEqualTo("java.lang.IllegalStateException");
              assertThat(failure.error().message()).isEqualTo("try again");
              assertThat(failure.error().backtrace()).contains("BridgeHostTest.java:");
            });
    SpanData handler = span("handler_execution");
    assertThat(handler.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(handler.getEvents())
        .singleElement()
        .satisfies(event -> assertThat(event.getName()).isEqualTo("exception"));
  }

  @Test
  void execute_a_permanent_exception_is_not_worth_another_attempt() {
    assertThat(host.execute(call("refuse")))
        .isInstanceOfSatisfying(
            StepOutcome.Failure.class, failure -> assertThat(failure.retryable()).isFalse());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mumble", "ramble", "silent"})
  void execute_text_that_is_not_json_is_a_permanent_failure_that_names_the_handler(String handler) {
    assertThat(host.execute(call(handler)))
        .isInstanceOfSatisfying(
            StepOutcome.Failure.class,
            failure -> {
              assertThat(failure.retryable()).isFalse();
              assertThat(failure.error().type()).isEqualTo("SerializationError");
              assertThat(failure.error().message()).contains(handler);
            });
  }

  @Test
  void claimed_step_without_its_handler_here_may_be_tried_by_another_worker() {
    List<StepOutcome> outcomes = new ArrayList<>();

    host.executor()
        .run(
            new ClaimedStep(call("newer"), Map.of(), Duration.ofSeconds(5), "queue", "poll"),
            outcomes::add);

    assertThat(outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            StepOutcome.Failure.class,
            failure -> {
              assertThat(failure.retryable()).isTrue();
              assertThat(failure.error().type()).isEqualTo("HandlerNotFound");
            });
  }

  @Test
  void execute_past_the_deadline_is_stopped() {
    StepOutcome outcome = host.execute(call("hang").withDeadline(Instant.now().plusMillis(50)));

    assertThat(outcome).isInstanceOf(StepOutcome.TimedOut.class);
    assertThat(host.execute(call("echo"))).isInstanceOf(StepOutcome.Success.class);
  }

  @Test
  void execute_an_unknown_handler_says_which_are_known() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> host.execute(call("absent")))
        .withMessageContaining("absent")
        .withMessageContaining("echo");
  }

  @Test
  void metrics_agree_with_what_ran() {
    host.execute(call("echo"));
    host.execute(call("echo"));
    host.execute(call("refuse"));

    String page = new String(telemetry.scrape(null).body(), StandardCharsets.UTF_8);
    assertThat(page.lines())
        .anyMatch(
            line ->
                line.startsWith("tasker_steps_executions_total{")
                    && line.contains("step_name=\"echo\"")
                    && line.endsWith(" 2.0"))
        .anyMatch(
            line ->
                line.startsWith("tasker_steps_failures_total{")
                    && line.contains("retryable=\"false\"")
                    && line.endsWith(" 1.0"))
        .anyMatch(
            line ->
                line.startsWith("bridge_handler_calls_total{")
                    && line.contains("handler=\"echo\"")
                    && line.endsWith(" 2.0"))
        .anyMatch(
            line -> line.startsWith("tasker_steps_active_executions{") && line.endsWith(" 0.0"));
  }

  @Test
  void close_stops_what_still_runs_and_takes_no_more() throws Exception {
    BridgeConfig defaults = BridgeConfig.defaults();
    BridgeConfig.Worker worker = defaults.worker();
    BridgeConfig impatient =
        new BridgeConfig(
            defaults.telemetry(),
            defaults.logging(),
            defaults.redaction(),
            defaults.ruby(),
            defaults.python(),
            defaults.database(),
            new BridgeConfig.Worker(
                worker.namespaces(),
                worker.threads(),
                worker.templates(),
                worker.stepTimeout(),
                worker.pollInterval(),
                worker.heartbeatInterval(),
                java.time.Duration.ofMillis(50)),
            defaults.admin());
    BridgeHost other =
        BridgeHost.builder()
            .config(impatient)
            .telemetry(telemetry)
            .handler("hang", call -> hang())
            .open();
    try (ExecutorService caller = Executors.newSingleThreadExecutor()) {
      Future<StepOutcome> running = caller.submit(() -> other.execute(call("hang")));
      entered.await();
      other.close();

      assertThat(running.get()).isInstanceOf(StepOutcome.Cancelled.class);
      assertThatIllegalStateException().isThrownBy(() -> other.execute(call("hang")));
    }
  }

  @Test
  void open_a_handler_folder_that_is_not_there_is_named() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                BridgeHost.builder().telemetry(telemetry).handlers(Path.of("absent-folder")).open())
        .withMessageContaining("absent-folder");
  }

  @Test
  void handler_twice_under_one_name_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> BridgeHost.builder().handler("a", call -> "{}").handler("a", call -> "{}"))
        .withMessageContaining("name");
  }
}
