package io.taskerbridge.host.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskerbridge.host.orchestration.TaskState;
import io.taskerbridge.host.orchestration.TaskView;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Everything that happens to a task is in one trace. */
class TaskTraceTest {
  private static final String TEMPLATES =
      """
      namespace: traced
      name: diamond
      steps:
        - {name: top, handler: echo}
        - {name: left, handler: echo, depends_on: [top]}
        - {name: right, handler: flaky, depends_on: [top], retry: {backoff_ms: 20}}
        - {name: bottom, handler: echo, depends_on: [left, right]}
      """;

  private static TestWorker worker;

  @BeforeAll
  static void startWorker() {
    worker =
        TestWorker.start(
            TestDatabase.fresh(),
            TEMPLATES,
            call ->
                call.handler().equals("flaky") && call.attempt() == 1
                    ? TestWorker.failure(true)
                    : TestWorker.success("1"));
  }

  @AfterAll
  static void stopWorker() {
    worker.close();
  }

  @Test
  void task_without_a_caller_has_one_root_and_no_orphan() {
    TaskView task = worker.run("traced", "diamond", "{}");

    List<SpanData> trace = trace(task);

    Set<String> ids = trace.stream().map(SpanData::getSpanId).collect(Collectors.toSet());
    assertThat(trace.stream().filter(span -> !ids.contains(span.getParentSpanId())))
        .extracting(SpanData::getName)
        .containsExactly("task.initialize");
    assertThat(task.traceparent()).contains(named(trace, "task.initialize").getFirst().getSpanId());
    assertThat(trace)
        .extracting(SpanData::getName)
        .contains(
            "task.validate",
            "task.enqueue_initial_steps",
            "steps.enqueue_batch",
            "create_task",
            "step.claim",
            "step_result.process",
            "step.completion",
            "steps.trigger_next",
            "steps.discover_ready",
            "get_step_readiness_status",
            "task.finalization_check",
            "claim_task_for_finalization",
            "task.finalize",
            "task.transition",
            "transition_task_state_atomic");
    assertThat(named(trace, "step.claim")).hasSize(5);
    assertThat(named(trace, "step_result.process")).hasSize(5);
    assertThat(named(trace, "get_step_readiness_status"))
        .allSatisfy(
            span -> {
              assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
              assertThat(span.getAttributes().asMap().toString())
                  .contains("db.system.name=postgresql", "db.query.text");
            });
  }

  @Test
  void retried_attempt_links_to_the_attempt_before_it() {
    TaskView task = worker.run("traced", "diamond", "{}");

    List<SpanData> trace = trace(task);

    List<SpanData> second =
        named(trace, "step.claim").stream()
            .filter(span -> span.getAttributes().asMap().toString().contains("tasker.attempt=2"))
            .toList();
    assertThat(second).hasSize(1);
    Set<String> attempts =
        named(trace, "step.execute").stream().map(SpanData::getSpanId).collect(Collectors.toSet());
    assertThat(second.getFirst().getLinks())
        .singleElement()
        .satisfies(link -> assertThat(attempts).contains(link.getSpanContext().getSpanId()));
  }

  @Test
  void caller_s_span_is_the_parent_of_all() {
    Span caller =
        worker.telemetry.openTelemetry().getTracer("test").spanBuilder("caller").startSpan();
    TaskView task;
    try (Scope scope = caller.makeCurrent()) {
      assertThat(scope).isNotNull();
      task = worker.submit("traced", "diamond");
    } finally {
      caller.end();
    }
    worker.finished(task.taskUuid());

    List<SpanData> trace = trace(task);

    assertThat(task.traceparent()).contains(caller.getSpanContext().getTraceId());
    assertThat(named(trace, "task.initialize").getFirst().getParentSpanId())
        .isEqualTo(caller.getSpanContext().getSpanId());
  }

  @Test
  void lifecycle_events_are_on_the_spans_each_as_often_as_it_happened() {
    TaskView task = worker.run("traced", "diamond", "{}");

    List<String> events =
        trace(task).stream()
            .flatMap(span -> span.getEvents().stream())
            .map(EventData::getName)
            .toList();

    assertThat(events).filteredOn("task.initialized"::equals).hasSize(1);
    assertThat(events).filteredOn("task.steps_enqueued"::equals).hasSize(3);
    assertThat(events).filteredOn("step.enqueued"::equals).hasSize(4);
    assertThat(events).filteredOn("step.claimed"::equals).hasSize(5);
    assertThat(events).filteredOn("step.completed"::equals).hasSize(4);
    assertThat(events).filteredOn("step.retry_scheduled"::equals).hasSize(1);
    assertThat(events).filteredOn("task.evaluation_started"::equals).hasSize(4);
    assertThat(events).filteredOn("task.finalization_ready"::equals).hasSize(1);
    assertThat(events).filteredOn("task.completed"::equals).hasSize(1);
    assertThat(events).doesNotContain("task.failed", "step.failed");
  }

  @Test
  void polling_makes_no_root_spans() {
    TaskView task = worker.run("traced", "diamond", "{}");
    assertThat(task.state()).isEqualTo(TaskState.COMPLETE);
    worker.engine.recordGauges();

    assertThat(worker.spans.getFinishedSpanItems())
        .filteredOn(span -> !span.getParentSpanContext().isValid())
        .extracting(SpanData::getName)
        .allMatch(name -> name.equals("task.initialize") || name.equals("caller"));
  }

  private static List<SpanData> trace(TaskView task) {
    String traceId = String.valueOf(task.traceparent()).split("-", -1)[1];
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                worker.named(traceId, "task.finalize").size() == 1
                    && worker.named(traceId, "step.execute").size() == 5);
    return worker.spans.getFinishedSpanItems().stream()
        .filter(span -> span.getTraceId().equals(traceId))
        .toList();
  }

  private static List<SpanData> named(List<SpanData> trace, String name) {
    return trace.stream().filter(span -> span.getName().equals(name)).toList();
  }
}
