package io.taskerbridge.host.provider;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.taskerbridge.host.orchestration.TaskState;
import io.taskerbridge.host.orchestration.TaskTemplate;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Brings a task of which nothing can run any more to the state that its steps call for. */
final class Finalization {
  private static final AttributeKey<String> FROM = AttributeKey.stringKey("tasker.from_state");
  private static final AttributeKey<String> TO = AttributeKey.stringKey("tasker.to_state");

  private final Sql sql;
  private final Spans spans;
  private final String processor;

  Finalization(Sql sql, Spans spans, String processor) {
    this.sql = sql;
    this.spans = spans;
    this.processor = processor;
  }

  /** Runs inside a transaction that holds the task's lock. */
  Finalized run(Connection connection, OrchestrationItem item) throws SQLException {
    Standing standing = standing(connection, item);
    TaskState state = standing.state();
    for (TaskState next : path(standing, item.onFailure())) {
      TaskState from = state;
      state =
          spans.in(
              "task.transition",
              SpanKind.INTERNAL,
              item.correlation(),
              () -> PostgresProvider.unchecked(() -> move(connection, item, from, next)));
      if (state != next) {
        break;
      }
    }
    if (!standing.goesOn()) {
      forget(connection, item.taskUuid());
    }
    String errorType = standing.failed() > 0 ? firstError(connection, item) : null;
    return new Finalized(state, errorType);
  }

  private static List<TaskState> path(Standing standing, TaskTemplate.OnFailure onFailure) {
    if (standing.state() != TaskState.EVALUATING_RESULTS || standing.goesOn()) {
      return List.of();
    }
    if (standing.failed() > 0) {
      return onFailure == TaskTemplate.OnFailure.ERROR
          ? List.of(TaskState.BLOCKED_BY_FAILURES, TaskState.ERROR)
          : List.of(TaskState.BLOCKED_BY_FAILURES);
    }
    return standing.cancelled() > 0 ? List.of(TaskState.CANCELLED) : List.of(TaskState.COMPLETE);
  }

  private TaskState move(
      Connection connection, OrchestrationItem item, TaskState from, TaskState next)
      throws SQLException {
    from.become(next);
    Span.current().setAttribute(FROM, from.label()).setAttribute(TO, next.label());
    boolean moved =
        sql.call(
            connection,
            "transition_task_state_atomic",
            "select tasker.transition_task_state_atomic(?, ?, ?, ?)",
            statement -> {
              statement.setObject(1, item.taskUuid());
              statement.setString(2, from.label());
              statement.setString(3, next.label());
              statement.setString(4, processor);
            },
            rows -> rows.next() && rows.getBoolean(1));
    return moved ? next : from;
  }

  private Standing standing(Connection connection, OrchestrationItem item) throws SQLException {
    return sql.call(
        connection,
        "get_task_execution_context",
        "select current_state, running_steps + waiting_steps + ready_steps as going, failed_steps,"
            + " cancelled_steps from tasker.get_task_execution_context(?)",
        statement -> statement.setObject(1, item.taskUuid()),
        rows -> {
          rows.next();
          return new Standing(
              TaskState.of(rows.getString("current_state")),
              rows.getInt("going") > 0,
              rows.getInt("failed_steps"),
              rows.getInt("cancelled_steps"));
        });
  }

  /** Takes the request for finalization off the engine's table. */
  void forget(Connection connection, UUID taskUuid) throws SQLException {
    sql.call(
        connection,
        "finalization_done",
        "with gone as (delete from tasker.scheduled_tasks where task_name = 'finalize' and"
            + " task_instance = ? returning 1) select count(*) from gone",
        statement -> statement.setString(1, taskUuid.toString()),
        rows -> true);
  }

  private @Nullable String firstError(Connection connection, OrchestrationItem item)
      throws SQLException {
    String[] found = new String[1];
    sql.call(
        connection,
        "first_error",
        "select s.error_type from tasker.workflow_steps s join tasker.workflow_step_transitions t"
            + " on t.step_uuid = s.step_uuid and t.most_recent where s.task_uuid = ? and"
            + " t.to_state = 'error' order by t.created_at limit 1",
        statement -> statement.setObject(1, item.taskUuid()),
        rows -> {
          if (rows.next()) {
            found[0] = rows.getString(1);
          }
          return true;
        });
    return found[0];
  }

  private record Standing(TaskState state, boolean goesOn, int failed, int cancelled) {}
}
