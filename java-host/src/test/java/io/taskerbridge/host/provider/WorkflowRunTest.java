package io.taskerbridge.host.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.host.orchestration.StepState;
import io.taskerbridge.host.orchestration.TaskState;
import io.taskerbridge.host.orchestration.TaskView;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tasks run on a real database, from their request to their end. */
class WorkflowRunTest {
  private static final String TEMPLATES =
      """
      namespace: shop
      name: linear
      steps:
        - {name: first, handler: echo, config: {limit: 3}}
        - {name: second, handler: echo, depends_on: [first]}
        - {name: third, handler: echo, depends_on: [second]}
      ---
      namespace: shop
      name: diamond
      steps:
        - {name: top, handler: echo}
        - {name: left, handler: echo, depends_on: [top]}
        - {name: right, handler: echo, depends_on: [top]}
        - {name: bottom, handler: echo, depends_on: [left, right]}
      ---
      namespace: shop
      name: flaky
      steps:
        - {name: call, handler: flaky, retry: {max_attempts: 3, backoff_ms: 40, jitter: 0}}
        - {name: after, handler: echo, depends_on: [call]}
      ---
      namespace: shop
      name: two_branches
      on_failure: error
      steps:
        - {name: bad, handler: broken}
        - {name: good, handler: echo}
        - {name: better, handler: echo, depends_on: [good]}
        - {name: never, handler: echo, depends_on: [bad]}
      ---
      namespace: shop
      name: blocked
      steps:
        - {name: bad, handler: broken, retry: {max_attempts: 5}}
      ---
      namespace: shop
      name: paged
      steps:
        - {name: pages, handler: pages, retry: {max_attempts: 1}}
      """;

  private static final Map<String, Function<StepCall, StepOutcome>> HANDLERS =
      new ConcurrentHashMap<>();
  private static final List<StepCall> CALLS = new CopyOnWriteArrayList<>();
  private static TestWorker worker;

  @BeforeAll
  static void startWorker() {
    worker =
        TestWorker.start(
            TestDatabase.fresh(),
            TEMPLATES,
            call -> {
              CALLS.add(call);
              return HANDLERS
                  .getOrDefault(call.handler(), c -> TestWorker.success("\"" + c.stepName() + "\""))
                  .apply(call);
            });
    HANDLERS.put("broken", call -> TestWorker.failure(false));
  }

  @AfterAll
  static void stopWorker() {
    worker.close();
  }

  @Test
  void linear_workflow_runs_in_order_and_hands_results_on() {
    TaskView task = worker.run("shop", "linear", "{\"order\": 7}");

    assertThat(task.state()).isEqualTo(TaskState.COMPLETE);
    assertThat(task.completedAt()).isAfterOrEqualTo(task.createdAt());
    assertThat(task.steps()).allMatch(step -> step.state() == StepState.COMPLETE);
    List<StepCall> calls = callsOf(task);
    assertThat(calls).extracting(StepCall::stepName).containsExactly("first", "second", "third");
    assertThat(calls.get(0).inputJson()).isEqualTo("{\"order\": 7}");
    assertThat(calls.get(0).configJson()).isEqualTo("{\"limit\":3}");
    assertThat(calls.get(0).dependencyResultsJson()).isEqualTo("{}");
    assertThat(calls.get(1).dependencyResultsJson().replace(" ", ""))
        .isEqualTo("{\"first\":\"first\"}");
    assertThat(calls)
        .extracting(StepCall::deadline)
        .allSatisfy(deadline -> assertThat(deadline).isAfter(Instant.now()));
    assertThat(calls).extracting(StepCall::attempt).containsOnly(1);
  }

  @Test
  void diamond_joins_once_with_both_results() {
    TaskView task = worker.run("shop", "diamond", "{}");

    assertThat(task.state()).isEqualTo(TaskState.COMPLETE);
    List<StepCall> calls = callsOf(task);
    assertThat(calls).hasSize(4);
    assertThat(calls.getFirst().stepName()).isEqualTo("top");
    assertThat(calls.getLast().stepName()).isEqualTo("bottom");
    assertThat(calls.getLast().dependencyResultsJson())
        .contains("\"left\"", "\"right\"")
        .doesNotContain("top");
    assertThat(TestWorker.step(task, "bottom").dependsOn()).containsExactly("left", "right");
  }

  @Test
  void states_follow_the_legal_edges_from_pending_to_complete() throws SQLException {
    TaskView task = worker.run("shop", "diamond", "{}");

    List<String> states =
        worker.query(
            "select to_state from tasker.task_transitions where task_uuid = ? order by sort_key",
            task.taskUuid());
    assertThat(states)
        .startsWith("pending", "initializing", "enqueuing_steps", "steps_in_process")
        .endsWith("evaluating_results", "complete");
    for (int i = 1; i < states.size(); i++) {
      TaskState before = TaskState.of(states.get(i - 1));
      assertThat(before.mayBecome(TaskState.of(states.get(i)))).as("%s", states).isTrue();
    }
    assertThat(
            worker.query(
                "select t.to_state from tasker.workflow_step_transitions t where t.step_uuid = ?"
                    + " order by t.sort_key",
                TestWorker.step(task, "bottom").stepUuid()))
        .containsExactly(
            "pending", "enqueued", "in_progress", "enqueued_for_orchestration", "complete");
  }

  @Test
  void retryable_failure_is_tried_again_after_its_backoff() {
    List<Instant> times = new CopyOnWriteArrayList<>();
    HANDLERS.put(
        "flaky",
        call -> {
          times.add(Instant.now());
          return call.attempt() < 3 ? TestWorker.failure(true) : TestWorker.success("42");
        });

    TaskView task = worker.run("shop", "flaky", "{}");

    assertThat(task.state()).isEqualTo(TaskState.COMPLETE);
    assertThat(TestWorker.step(task, "call").attempts()).isEqualTo(3);
    assertThat(TestWorker.step(task, "call").resultJson()).isEqualTo("42");
    assertThat(TestWorker.step(task, "call").errorType()).isNull();
    assertThat(Duration.between(times.get(0), times.get(1))).isGreaterThan(Duration.ofMillis(39));
    assertThat(Duration.between(times.get(1), times.get(2))).isGreaterThan(Duration.ofMillis(79));
  }

  @Test
  void retry_after_overrides_the_backoff() {
    List<Instant> times = new CopyOnWriteArrayList<>();
    HANDLERS.put(
        "flaky",
        call -> {
          times.add(Instant.now());
          return call.attempt() == 1
              ? new StepOutcome.Failure(
                  new HandlerError("RateLimitError", "later", null, ""),
                  true,
                  Duration.ofMillis(300),
                  "{}")
              : TestWorker.success("1");
        });

    TaskView task = worker.run("shop", "flaky", "{}");

    assertThat(task.state()).isEqualTo(TaskState.COMPLETE);
    assertThat(Duration.between(times.get(0), times.get(1)))
        .isBetween(Duration.ofMillis(299), Duration.ofMillis(2500));
  }

  @Test
  void exhausted_attempts_go_to_the_dead_letters_and_block_the_task() throws SQLException {
    HANDLERS.put("flaky", call -> TestWorker.failure(true));

    TaskView task = worker.run("shop", "flaky", "{}");

    assertThat(task.state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
    assertThat(TestWorker.step(task, "call").state()).isEqualTo(StepState.ERROR);
    assertThat(TestWorker.step(task, "call").attempts()).isEqualTo(3);
    assertThat(TestWorker.step(task, "call").errorMessage()).isEqualTo("the gateway is busy");
    assertThat(TestWorker.step(task, "call").errorBacktrace()).isEqualTo("gateway.rb:7");
    assertThat(TestWorker.step(task, "after").state()).isEqualTo(StepState.PENDING);
    assertThat(
            worker.query(
                "select reason || ' ' || error_type from tasker.tasks_dlq where task_uuid = ?",
                task.taskUuid()))
        .containsExactly("max_retries_exceeded GatewayError");
    assertThat(
            worker.query(
                "select outcome from tasker.workflow_step_result_audit where task_uuid = ?",
                task.taskUuid()))
        .containsExactly("error", "error", "error");
  }

  @Test
  void permanent_failure_ends_the_task_after_its_siblings_have_run() throws SQLException {
    TaskView task = worker.run("shop", "two_branches", "{}");

    assertThat(task.state()).isEqualTo(TaskState.ERROR);
    assertThat(TestWorker.step(task, "bad").state()).isEqualTo(StepState.ERROR);
    assertThat(TestWorker.step(task, "bad").attempts()).isEqualTo(1);
    assertThat(TestWorker.step(task, "good").state()).isEqualTo(StepState.COMPLETE);
    assertThat(TestWorker.step(task, "better").state()).isEqualTo(StepState.COMPLETE);
    assertThat(TestWorker.step(task, "never").state()).isEqualTo(StepState.PENDING);
    assertThat(
            worker.query(
                "select reason from tasker.tasks_dlq where task_uuid = ?", task.taskUuid()))
        .containsExactly("permanent_failure");
    assertThat(
            worker.query(
                "select task_name from tasker.scheduled_tasks where task_instance in"
                    + " (select step_uuid::text from tasker.workflow_steps where task_uuid = ?)",
                task.taskUuid()))
        .isEmpty();
  }

  @Test
  void permanent_failure_blocks_the_task_where_its_template_says_so() {
    TaskView task = worker.run("shop", "blocked", "{}");

    assertThat(task.state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
    assertThat(task.completedAt()).isNull();
    assertThat(callsOf(task)).hasSize(1);
  }

  @Test
  void timeout_is_tried_again() throws SQLException {
    HANDLERS.put(
        "flaky",
        call ->
            call.attempt() == 1
                ? new StepOutcome.TimedOut(
                    Duration.ofSeconds(1), new HandlerError("Timeout", "too slow", null, ""))
                : TestWorker.success("1"));

    TaskView task = worker.run("shop", "flaky", "{}");

    assertThat(task.state()).isEqualTo(TaskState.COMPLETE);
    assertThat(
            worker.query(
                "select outcome from tasker.workflow_step_result_audit a join"
                    + " tasker.workflow_steps s using (step_uuid) where a.task_uuid = ? and s.name"
                    + " = 'call' order by audit_id",
                task.taskUuid()))
        .containsExactly("timeout", "success");
  }

  @Test
  void checkpoint_goes_on_from_its_cursor_and_costs_no_attempt() {
    HANDLERS.put(
        "pages",
        call ->
            call.checkpointJson() == null
                ? new StepOutcome.Checkpoint("{\"cursor\": 100}")
                : TestWorker.success(call.checkpointJson()));

    TaskView task = worker.run("shop", "paged", "{}");

    assertThat(task.state()).isEqualTo(TaskState.COMPLETE);
    assertThat(TestWorker.step(task, "pages").resultJson()).isEqualTo("{\"cursor\": 100}");
    assertThat(TestWorker.step(task, "pages").attempts()).isEqualTo(1);
  }

  @Test
  void cancelled_attempt_is_given_back_and_costs_no_attempt() {
    List<Integer> calls = new CopyOnWriteArrayList<>();
    HANDLERS.put(
        "pages",
        call -> {
          calls.add(call.attempt());
          return calls.size() == 1
              ? new StepOutcome.Cancelled(new HandlerError("Cancelled", "stop", null, ""))
              : TestWorker.success("1");
        });

    TaskView task = worker.run("shop", "paged", "{}");

    assertThat(task.state()).isEqualTo(TaskState.COMPLETE);
    assertThat(calls).containsExactly(1, 1);
  }

  @Test
  void handler_that_throws_is_a_failure_like_any_other() {
    HANDLERS.put(
        "flaky",
        call -> {
          if (call.attempt() == 1) {
            throw new IllegalStateException("the executor broke");
          }
          return TestWorker.success("1");
        });

    assertThat(worker.run("shop", "flaky", "{}").state()).isEqualTo(TaskState.COMPLETE);
  }

  @Test
  void result_that_PostgreSQL_refuses_is_a_permanent_failure_that_says_why() throws SQLException {
    HANDLERS.put("flaky", call -> new StepOutcome.Success("{} x", "{}"));

    TaskView task = worker.run("shop", "flaky", "{}");

    assertThat(task.state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
    assertThat(TestWorker.step(task, "call").attempts()).isEqualTo(1);
    assertThat(TestWorker.step(task, "call").errorType()).isEqualTo("ResultNotStorable");
    assertThat(TestWorker.step(task, "call").errorMessage())
        .contains("handler flaky", "invalid input syntax for type json");
    assertThat(callsOf(task)).hasSize(1);
    assertThat(
            worker.query(
                "select reason from tasker.tasks_dlq where task_uuid = ?", task.taskUuid()))
        .containsExactly("permanent_failure");
  }

  @Test
  void retry_after_is_thirty_days_at_most() throws SQLException {
    HANDLERS.put(
        "flaky",
        call ->
            new StepOutcome.Failure(
                new HandlerError("RateLimitError", "much later", null, ""),
                true,
                Duration.ofMillis(Long.MAX_VALUE),
                "{}"));
    UUID task = worker.submit("shop", "flaky").taskUuid();
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                TestWorker.step(worker.view(task), "call").state() == StepState.WAITING_FOR_RETRY);

    assertThat(
            worker.query(
                "select round(extract(epoch from next_retry_at - last_attempted_at) / 86400)"
                    + " from tasker.workflow_steps where task_uuid = ? and name = 'call'",
                task))
        .containsExactly("30");
  }

  @Test
  void finalization_of_a_task_that_was_deleted_is_forgotten() throws SQLException {
    String deleted = UUID.randomUUID().toString();
    worker.query(
        "insert into tasker.scheduled_tasks (task_name, task_instance, execution_time, picked,"
            + " version) values ('finalize', ?, now(), false, 1) returning task_name",
        deleted);

    Awaitility.await()
        .atMost(Duration.ofSeconds(4))
        .until(
            () ->
                worker
                    .query("select 1 from tasker.scheduled_tasks where task_instance = ?", deleted)
                    .isEmpty());
  }

  @Test
  void text_that_PostgreSQL_cannot_hold_is_kept_legible() {
    HANDLERS.put(
        "flaky",
        call ->
            new StepOutcome.Failure(
                new HandlerError("Bad\0Type", "nul \0 and \u2603", null, "at \0"),
                false,
                null,
                "{}"));

    TaskView task = worker.run("shop", "flaky", "{}");

    assertThat(TestWorker.step(task, "call").errorMessage()).isEqualTo("nul \\u0000 and \u2603");
  }

  @Test
  void paused_worker_claims_nothing_until_it_is_resumed() {
    worker.engine.pause();
    TaskView task = worker.submit("shop", "linear");
    assertThat(worker.engine.paused()).isTrue();
    assertThat(worker.engine.depths().worker()).isPositive();
    assertThat(worker.view(task.taskUuid()).state()).isEqualTo(TaskState.STEPS_IN_PROCESS);

    worker.engine.resume();

    assertThat(worker.finished(task.taskUuid()).state()).isEqualTo(TaskState.COMPLETE);
  }

  @Test
  void recent_tasks_come_newest_first() {
    TaskView older = worker.submit("shop", "linear");
    TaskView newer = worker.submit("shop", "linear");

    assertThat(worker.engine.tasks().recent(2))
        .extracting(TaskView::taskUuid)
        .containsExactly(newer.taskUuid(), older.taskUuid());
    assertThat(worker.engine.tasks().recent(2)).allMatch(task -> task.steps().isEmpty());
    worker.finished(older.taskUuid());
    worker.finished(newer.taskUuid());
  }

  private static List<StepCall> callsOf(TaskView task) {
    return CALLS.stream()
        .filter(call -> task.taskUuid().equals(call.correlation().taskUuid()))
        .toList();
  }
}
