package io.taskerbridge.host.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskerbridge.host.orchestration.StepView;
import io.taskerbridge.host.orchestration.TaskView;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The functions of the schema, called as an operator or another program would. */
class SqlFunctionsTest {
  private static final String TEMPLATES =
      """
      namespace: sql
      name: diamond
      steps:
        - {name: top, handler: echo}
        - {name: left, handler: echo, depends_on: [top]}
        - {name: right, handler: echo, depends_on: [top]}
        - {name: bottom, handler: echo, depends_on: [left, right]}
      """;

  private static TestWorker worker;

  /** A worker that claims nothing: the tests move tasks by hand. */
  @BeforeAll
  static void startWorker() {
    worker =
        TestWorker.serving(
            TestDatabase.fresh(), TEMPLATES, "nothing", call -> TestWorker.success("1"));
  }

  @AfterAll
  static void stopWorker() {
    worker.close();
  }

  @Test
  void readiness_of_one_step_counts_parents_outside_of_the_filter() throws SQLException {
    TaskView task = worker.submit("sql", "diamond");
    StepView left = TestWorker.step(task, "left");
    String question =
        "select concat_ws(' ', dependencies_satisfied, ready_for_execution, total_parents,"
            + " completed_parents) from tasker.get_step_readiness_status(?, array[?]::uuid[])";

    assertThat(worker.query(question, task.taskUuid(), left.stepUuid())).containsExactly("f f 1 0");

    move(TestWorker.step(task, "top"), "complete");

    assertThat(worker.query(question, task.taskUuid(), left.stepUuid())).containsExactly("t t 1 1");
  }

  @Test
  void execution_context_counts_cancelled_steps() throws SQLException {
    TaskView task = worker.submit("sql", "diamond");
    String question =
        "select concat_ws(' ', total_steps, completed_steps, cancelled_steps, failed_steps,"
            + " execution_status, recommended_action) from"
            + " tasker.get_task_execution_context(?)";

    assertThat(worker.query(question, task.taskUuid()))
        .containsExactly("4 0 0 0 processing wait_for_completion");

    move(TestWorker.step(task, "top"), "complete");
    assertThat(worker.query(question, task.taskUuid()))
        .containsExactly("4 1 0 0 has_ready_steps execute_ready_steps");

    move(TestWorker.step(task, "left"), "complete");
    move(TestWorker.step(task, "right"), "cancelled");
    move(TestWorker.step(task, "bottom"), "cancelled");
    assertThat(worker.query(question, task.taskUuid()))
        .containsExactly("4 2 2 0 all_complete finalize_task");
  }

  @Test
  void transition_is_compare_and_swap_along_legal_edges() throws SQLException {
    UUID task = worker.submit("sql", "diamond").taskUuid();

    assertThat(transition(task, "pending", "initializing")).containsExactly("f");
    assertThat(transition(task, "steps_in_process", "evaluating_results")).containsExactly("t");
    assertThat(transition(task, "steps_in_process", "evaluating_results")).containsExactly("f");
    assertThatThrownBy(() -> transition(task, "evaluating_results", "pending"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("a task cannot go from evaluating_results to pending");
    assertThat(transition(UUID.randomUUID(), "pending", "initializing")).containsExactly("f");
    assertThat(
            worker.query(
                "select count(*) from tasker.task_transitions where task_uuid = ? and most_recent",
                task))
        .containsExactly("1");
  }

  @Test
  void finalization_has_one_winner_until_its_claim_is_old() throws SQLException {
    TaskView task = worker.submit("sql", "diamond");
    assertThat(claim(task, "ann", "30 seconds"))
        .containsExactly("f no step of the task is at its end");

    move(TestWorker.step(task, "top"), "complete");

    assertThat(claim(task, "ann", "30 seconds")).containsExactly("t claimed");
    assertThat(claim(task, "ben", "30 seconds"))
        .containsExactly("f ann another worker finalizes the task");
    assertThat(claim(task, "ann", "30 seconds")).containsExactly("t claim extended");
    assertThat(claim(task, "ben", "0 seconds")).containsExactly("t claimed");
    transition(task.taskUuid(), "steps_in_process", "complete");
    assertThat(claim(task, "ben", "30 seconds")).containsExactly("f ben the task is at its end");
  }

  @Test
  void ready_tasks_are_handed_to_one_caller_each() throws SQLException {
    TaskView task = worker.submit("sql", "diamond");
    move(TestWorker.step(task, "top"), "complete");
    transition(task.taskUuid(), "steps_in_process", "evaluating_results");
    transition(task.taskUuid(), "evaluating_results", "waiting_for_dependencies");

    try (Connection first = TestDatabase.connect(worker.where);
        Connection second = TestDatabase.connect(worker.where)) {
      first.setAutoCommit(false);
      second.setAutoCommit(false);
      assertThat(ready(first)).contains(task.taskUuid() + " 2");
      assertThat(ready(second)).doesNotContain(task.taskUuid() + " 2");
      first.rollback();
      second.rollback();
    }
  }

  @Test
  void steps_that_a_person_made_ready_are_enqueued_by_the_sweep() throws SQLException {
    TaskView task = worker.submit("sql", "diamond");
    move(TestWorker.step(task, "top"), "resolved_manually");
    transition(task.taskUuid(), "steps_in_process", "evaluating_results");
    transition(task.taskUuid(), "evaluating_results", "waiting_for_dependencies");

    int found = worker.engine.sweep(List.of("sql"));

    assertThat(found).isGreaterThanOrEqualTo(2);
    TaskView after = worker.view(task.taskUuid());
    assertThat(TestWorker.step(after, "left").state().label()).isEqualTo("enqueued");
    assertThat(TestWorker.step(after, "bottom").state().label()).isEqualTo("pending");
    assertThat(after.state().label()).isEqualTo("steps_in_process");
  }

  @Test
  void result_of_an_older_claim_is_not_applied() throws SQLException {
    TaskView task = worker.submit("sql", "diamond");
    UUID step = TestWorker.step(task, "top").stepUuid();
    String complete =
        "select concat_ws(' ', applied, step_state) from tasker.complete_step(?, ?::int,"
            + " 'success', false, 0, '1', '{}', null, null, null, null, null, 'test')";
    String claim = "select verdict || ' ' || claim from tasker.claim_step(?, 'test')";

    assertThat(worker.query(claim, step)).containsExactly("claimed 1");
    // the first worker was taken for dead, a second one has the step
    assertThat(worker.query(claim, step)).containsExactly("claimed 2");
    assertThat(worker.query(complete, step, 1)).containsExactly("f in_progress");
    assertThat(worker.query(complete, step, 2)).containsExactly("t complete");
    assertThat(worker.query(complete, step, 2)).containsExactly("f complete");
    assertThat(worker.query(claim, step)).isEmpty();
  }

  @Test
  void next_due_work_is_read_from_an_index_in_its_order() throws SQLException {
    try (Connection connection = TestDatabase.connect(worker.where);
        Statement statement = connection.createStatement()) {
      // a table of few rows is read whole otherwise
      statement.execute("set enable_seqscan = off");
      statement.execute("set enable_bitmapscan = off");
      List<String> plan = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery(
              "explain select task_instance from tasker.scheduled_tasks where not picked and"
                  + " execution_time <= now() order by priority desc, execution_time limit 4")) {
        while (rows.next()) {
          plan.add(rows.getString(1));
        }
      }
      assertThat(plan)
          .anyMatch(line -> line.contains("scheduled_tasks_next"))
          .noneMatch(line -> line.contains("Sort"));
    }
  }

  @Test
  void work_is_due_by_the_databases_clock_for_a_worker_whose_clock_is_behind() throws SQLException {
    String first = TestWorker.step(worker.submit("sql", "diamond"), "top").stepUuid().toString();
    Timestamp anHourAgo = Timestamp.from(Instant.now().minus(Duration.ofHours(1)));
    List<String> picked = new ArrayList<>();

    try (Connection connection = TestDatabase.connect(worker.where);
        PreparedStatement statement = connection.prepareStatement(Fetches.PICK)) {
      connection.setAutoCommit(false);
      Array served = connection.createArrayOf("text", new String[] {"sql"});
      statement.setString(1, "test");
      statement.setTimestamp(2, anHourAgo);
      statement.setTimestamp(3, anHourAgo);
      statement.setArray(4, served);
      statement.setArray(5, served);
      statement.setInt(6, 100);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          picked.add(rows.getString("task_instance"));
        }
      }
      connection.rollback();
    }

    assertThat(picked).contains(first);
  }

  @Test
  void illegal_step_transition_is_an_error_that_names_both_states() {
    TaskView task = worker.submit("sql", "diamond");

    assertThatThrownBy(() -> move(TestWorker.step(task, "bottom"), "enqueued_for_orchestration"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("a step cannot go from pending to enqueued_for_orchestration");
  }

  private static List<String> claim(TaskView task, String processor, String timeout)
      throws SQLException {
    return worker.query(
        "select concat_ws(' ', claimed, already_claimed_by, message) from"
            + " tasker.claim_task_for_finalization(?, ?, ?::interval)",
        task.taskUuid(),
        processor,
        timeout);
  }

  private static List<String> transition(UUID task, String from, String to) throws SQLException {
    return worker.query(
        "select tasker.transition_task_state_atomic(?, ?, ?, 'test')", task, from, to);
  }

  private static List<String> ready(Connection connection) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select task_uuid || ' ' || ready_steps_count from"
                    + " tasker.get_next_ready_tasks(100)")) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }

  private static void move(StepView step, String state) throws SQLException {
    try (Connection connection = TestDatabase.connect(worker.where);
        PreparedStatement statement =
            connection.prepareStatement("select tasker.move_step(?, ?, 'test')")) {
      statement.setObject(1, step.stepUuid());
      statement.setString(2, state);
      statement.execute();
    }
  }
}
