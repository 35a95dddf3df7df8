package io.taskerbridge.host.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.host.orchestration.StepState;
import io.taskerbridge.host.orchestration.TaskState;
import io.taskerbridge.host.orchestration.TaskView;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Several workers on one database, and workers that die. */
class ClusterTest {
  private static final String TEMPLATES =
      """
      namespace: shared
      name: diamond
      steps:
        - {name: top, handler: echo}
        - {name: left, handler: echo, depends_on: [top]}
        - {name: right, handler: echo, depends_on: [top]}
        - {name: bottom, handler: echo, depends_on: [left, right]}
      ---
      namespace: shared
      name: chain
      steps:
        - {name: first, handler: hold}
        - {name: second, handler: echo, depends_on: [first]}
      ---
      namespace: shared
      name: last_try
      steps:
        - {name: first, handler: hold, retry: {max_attempts: 1}}
      ---
      namespace: other
      name: single
      steps:
        - {name: only, handler: echo}
      """;
  private static final int TASKS = 200;

  @Test
  void two_workers_run_every_step_of_two_hundred_diamonds_once() throws SQLException {
    BridgeConfig.Database where = TestDatabase.fresh();
    Map<UUID, Integer> runs = new ConcurrentHashMap<>();
    Function<StepCall, StepOutcome> count =
        call -> {
          runs.merge(stepOf(call), 1, Integer::sum);
          return TestWorker.success("1");
        };
    try (TestWorker one = TestWorker.start(where, TEMPLATES, count);
        TestWorker two = TestWorker.start(where, TEMPLATES, count)) {
      List<UUID> tasks =
          IntStream.range(0, TASKS)
              .mapToObj(i -> (i % 2 == 0 ? one : two).submit("shared", "diamond").taskUuid())
              .toList();
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> one.query("select 1 from tasker.tasks where completed_at is null").isEmpty());

      assertThat(tasks)
          .allSatisfy(task -> assertThat(one.view(task).state()).isEqualTo(TaskState.COMPLETE));
      assertThat(runs).hasSize(TASKS * 4);
      assertThat(runs.values()).containsOnly(1);
      assertThat(one.query("select task_name from tasker.scheduled_tasks")).isEmpty();
      assertThat(one.query("select distinct processor from tasker.workflow_step_result_audit"))
          .hasSize(2);
    }
  }

  @Test
  void worker_takes_only_the_namespaces_it_serves() {
    BridgeConfig.Database where = TestDatabase.fresh();
    try (TestWorker shared =
        TestWorker.serving(where, TEMPLATES, "shared", call -> TestWorker.success("1"))) {
      TaskView foreign = shared.submit("other", "single");
      shared.run("shared", "diamond", "{}");
      assertThat(shared.view(foreign.taskUuid()).steps().getFirst().state())
          .isEqualTo(StepState.ENQUEUED);

      try (TestWorker other =
          TestWorker.serving(where, TEMPLATES, "other", call -> TestWorker.success("1"))) {
        assertThat(other.finished(foreign.taskUuid()).state()).isEqualTo(TaskState.COMPLETE);
      }
    }
  }

  @Test
  void step_of_a_killed_worker_runs_elsewhere_as_another_attempt() throws Exception {
    BridgeConfig.Database where = TestDatabase.fresh();
    UUID task;
    UUID last;
    try (ChildJvm child =
        ChildJvm.start(
            Victim.class,
            String.valueOf(where.url()),
            String.valueOf(where.user()),
            String.valueOf(where.password()))) {
      String[] ids = child.await("HOLDING").split(" ", -1);
      task = UUID.fromString(ids[0]);
      last = UUID.fromString(ids[1]);
      child.kill();
    }
    try (TestWorker survivor =
        TestWorker.start(where, TEMPLATES, call -> TestWorker.success("1"))) {
      TaskView finished = survivor.finished(task);

      assertThat(finished.state()).isEqualTo(TaskState.COMPLETE);
      assertThat(TestWorker.step(finished, "first").attempts()).isEqualTo(2);
      assertThat(String.valueOf(finished.traceparent()).split("-", -1)[1])
          .isEqualTo(survivor.named(traceOf(finished), "task.finalize").getFirst().getTraceId());

      TaskView lost = survivor.finished(last);
      assertThat(lost.state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
      assertThat(TestWorker.step(lost, "first").errorType()).isEqualTo("WorkerLost");
      assertThat(survivor.query("select reason from tasker.tasks_dlq where task_uuid = ?", last))
          .containsExactly("worker_unavailable");
    }
  }

  @Test
  void closing_worker_waits_for_its_steps_and_gives_back_those_that_hang() throws Exception {
    BridgeConfig.Database where = TestDatabase.fresh();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    TestWorker hanging =
        TestWorker.start(
            where,
            TEMPLATES,
            call -> {
              running.countDown();
              awaitQuietly(release);
              return TestWorker.success("\"late\"");
            });
    UUID task = hanging.submit("shared", "chain").taskUuid();
    running.await();

    hanging.engine.close();
    try (TestWorker next =
        TestWorker.start(where, TEMPLATES, call -> TestWorker.success("\"fresh\""))) {
      TaskView finished = next.finished(task);
      release.countDown();

      assertThat(finished.state()).isEqualTo(TaskState.COMPLETE);
      assertThat(TestWorker.step(finished, "first").resultJson()).isEqualTo("\"fresh\"");
    } finally {
      hanging.close();
    }
  }

  @Test
  void worker_takes_requests_before_it_begins_and_claims_only_then() {
    try (TestWorker worker =
        TestWorker.created(
            TestDatabase.fresh(), TEMPLATES, call -> TestWorker.success("\"run\""))) {
      UUID task = worker.submit("other", "single").taskUuid();
      assertThat(worker.engine.depths().worker()).isEqualTo(1);

      worker.engine.begin();
      worker.engine.begin();

      assertThat(worker.finished(task).state()).isEqualTo(TaskState.COMPLETE);
    }
  }

  @Test
  void worker_that_never_began_closes_at_once_and_begins_no_more() {
    TestWorker worker =
        TestWorker.created(TestDatabase.fresh(), TEMPLATES, call -> TestWorker.success("1"));

    worker.close();

    assertThatIllegalStateException().isThrownBy(worker.engine::begin);
  }

  @Test
  void result_survives_the_loss_of_every_connection_while_it_is_stored() throws SQLException {
    BridgeConfig.Database where = TestDatabase.fresh();
    List<String> runs = new CopyOnWriteArrayList<>();
    try (TestWorker worker =
        TestWorker.start(
            where,
            TEMPLATES,
            call -> {
              runs.add(call.stepName());
              if (call.handler().equals("hold")) {
                cutConnections(where);
              }
              return TestWorker.success("\"kept\"");
            })) {
      UUID task = worker.submit("shared", "chain").taskUuid();
      // on connections of its own: those of the worker are cut
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  !worker
                      .query(
                          "select 1 from tasker.tasks where task_uuid = ? and completed_at is not"
                              + " null",
                          task)
                      .isEmpty());

      assertThat(runs).containsExactly("first", "second");
      assertThat(
              worker.query(
                  "select name || ' ' || attempts || ' ' || results from tasker.workflow_steps"
                      + " where task_uuid = ? order by position",
                  task))
          .containsExactly("first 1 \"kept\"", "second 1 \"kept\"");
      assertThat(
              worker.query(
                  "select outcome from tasker.workflow_step_result_audit where task_uuid = ?",
                  task))
          .containsExactly("success", "success");
    }
  }

  /** Ends every connection to the database, and waits until they are gone. */
  private static void cutConnections(BridgeConfig.Database where) {
    try (Connection connection = TestDatabase.connect(where);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname ="
              + " current_database() and pid <> pg_backend_pid()");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String traceOf(TaskView task) {
    return String.valueOf(task.traceparent()).split("-", -1)[1];
  }

  private static UUID stepOf(StepCall call) {
    UUID step = call.correlation().stepUuid();
    if (step == null) {
      throw new IllegalStateException("no step");
    }
    return step;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A worker whose handlers never return. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) throws Exception {
      CountDownLatch holding = new CountDownLatch(2);
      CountDownLatch never = new CountDownLatch(1);
      TestWorker worker =
          TestWorker.start(
              new BridgeConfig.Database(
                  arguments[0], arguments[1], arguments[2], 4, Path.of("unused")),
              TEMPLATES,
              call -> {
                holding.countDown();
                awaitQuietly(never);
                return TestWorker.success("1");
              });
      UUID chain = worker.submit("shared", "chain").taskUuid();
      UUID last = worker.submit("shared", "last_try").taskUuid();
      holding.await();
      System.out.println("HOLDING" + chain + " " + last);
      never.await();
    }
  }
}
