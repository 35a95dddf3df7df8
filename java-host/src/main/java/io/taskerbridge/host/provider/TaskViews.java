package io.taskerbridge.host.provider;

import io.taskerbridge.host.orchestration.StepState;
import io.taskerbridge.host.orchestration.StepView;
import io.taskerbridge.host.orchestration.TaskState;
import io.taskerbridge.host.orchestration.TaskView;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;

/** Reads tasks with their steps. */
final class TaskViews {
  private static final String TASKS =
      """
      select t.task_uuid, t.correlation_id, t.parent_correlation_id, nt.namespace, nt.name,
        nt.version, tr.to_state, t.traceparent, t.created_at, t.completed_at
      from tasker.tasks t
      join tasker.named_tasks nt on nt.named_task_uuid = t.named_task_uuid
      join tasker.task_transitions tr on tr.task_uuid = t.task_uuid and tr.most_recent
      """;
  private static final String STEPS =
      """
      select s.*, st.to_state, array(
          select p.name from tasker.workflow_step_edges e
          join tasker.workflow_steps p on p.step_uuid = e.from_step_uuid
          where e.to_step_uuid = s.step_uuid order by p.position) as depends_on
      from tasker.workflow_steps s
      join tasker.workflow_step_transitions st on st.step_uuid = s.step_uuid and st.most_recent
      where s.task_uuid = any (?) order by s.task_uuid, s.position""";

  private final DataSource pool;

  TaskViews(DataSource pool) {
    this.pool = pool;
  }

  List<TaskView> one(UUID taskUuid) {
    return read(
        TASKS + "where t.task_uuid = ?", statement -> statement.setObject(1, taskUuid), true);
  }

  /** Without their steps, whose results may be large. */
  List<TaskView> recent(int limit) {
    return read(
        TASKS + "order by t.created_at desc, t.task_uuid desc limit ?",
        statement -> statement.setInt(1, limit),
        false);
  }

  private List<TaskView> read(String query, Sql.Parameters parameters, boolean withSteps) {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(query)) {
      parameters.set(statement);
      Map<UUID, TaskView> tasks = new LinkedHashMap<>();
      Map<UUID, List<StepView>> steps = new HashMap<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          UUID uuid = rows.getObject("task_uuid", UUID.class);
          steps.put(uuid, new ArrayList<>());
          tasks.put(uuid, task(rows, uuid, List.of()));
        }
      }
      if (withSteps) {
        readSteps(connection, steps);
      }
      return tasks.values().stream()
          .map(task -> withSteps(task, steps.getOrDefault(task.taskUuid(), List.of())))
          .toList();
    } catch (SQLException e) {
      throw new ProviderException("read tasks", e);
    }
  }

  private static void readSteps(Connection connection, Map<UUID, List<StepView>> steps)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(STEPS)) {
      statement.setArray(1, connection.createArrayOf("uuid", steps.keySet().toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          steps
              .computeIfAbsent(rows.getObject("task_uuid", UUID.class), uuid -> new ArrayList<>())
              .add(step(rows));
        }
      }
    }
  }

  private static TaskView task(ResultSet rows, UUID uuid, List<StepView> steps)
      throws SQLException {
    Timestamp completedAt = rows.getTimestamp("completed_at");
    return new TaskView(
        uuid,
        rows.getObject("correlation_id", UUID.class),
        rows.getObject("parent_correlation_id", UUID.class),
        rows.getString("namespace"),
        rows.getString("name"),
        rows.getString("version"),
        TaskState.of(rows.getString("to_state")),
        rows.getString("traceparent"),
        rows.getTimestamp("created_at").toInstant(),
        completedAt == null ? null : completedAt.toInstant(),
        steps);
  }

  private static TaskView withSteps(TaskView task, List<StepView> steps) {
    return new TaskView(
        task.taskUuid(),
        task.correlationId(),
        task.parentCorrelationId(),
        task.namespace(),
        task.name(),
        task.version(),
        task.state(),
        task.traceparent(),
        task.createdAt(),
        task.completedAt(),
        List.copyOf(steps));
  }

  private static StepView step(ResultSet rows) throws SQLException {
    String[] dependsOn = (String[]) rows.getArray("depends_on").getArray();
    return new StepView(
        rows.getObject("step_uuid", UUID.class),
        rows.getString("name"),
        rows.getString("handler"),
        List.copyOf(Arrays.asList(dependsOn)),
        StepState.of(rows.getString("to_state")),
        rows.getInt("attempts"),
        rows.getInt("max_attempts"),
        rows.getString("results"),
        rows.getString("error_type"),
        rows.getString("error_message"),
        rows.getString("error_backtrace"));
  }
}
