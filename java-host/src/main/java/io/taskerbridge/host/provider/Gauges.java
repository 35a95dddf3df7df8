package io.taskerbridge.host.provider;

import io.taskerbridge.core.metrics.Metrics;
import io.taskerbridge.host.orchestration.TaskState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/**
 * What the database holds, as gauges. Each question is answered from an index over what is at work,
 * never from the finished tasks.
 */
final class Gauges {
  private static final String ACTIVE =
      """
      select to_state, count(*) from tasker.task_transitions
      where most_recent and to_state not in ('complete', 'error', 'cancelled', 'resolved_manually')
      group by to_state""";
  private static final String QUEUES =
      """
      select namespace,
        count(*) filter (where not picked and execution_time <= now()),
        count(*) filter (where picked),
        coalesce(extract(epoch from now() - min(enqueued_at)
          filter (where not picked and execution_time <= now())) * 1000, 0)
      from tasker.scheduled_tasks where task_name = 'step' group by namespace""";
  private static final String READY =
      """
      select nt.namespace, count(*)
      from tasker.workflow_step_transitions tr
      join tasker.workflow_steps s on s.step_uuid = tr.step_uuid
      join tasker.task_transitions tt on tt.task_uuid = s.task_uuid and tt.most_recent
        and tt.to_state not in ('complete', 'error', 'cancelled', 'resolved_manually')
        and tt.to_state in ('pending', 'initializing', 'enqueuing_steps', 'steps_in_process',
          'evaluating_results', 'waiting_for_dependencies', 'waiting_for_retry')
      join tasker.tasks t on t.task_uuid = s.task_uuid
      join tasker.named_tasks nt on nt.named_task_uuid = t.named_task_uuid
      where tr.most_recent and tr.to_state = 'pending' and not exists (
        select 1 from tasker.workflow_step_edges e
        join tasker.workflow_step_transitions p on p.step_uuid = e.from_step_uuid and p.most_recent
        where e.to_step_uuid = tr.step_uuid and p.to_state not in ('complete', 'resolved_manually'))
      group by nt.namespace""";

  private final DataSource pool;
  private final Metrics metrics;
  private final Set<String> namespaces;

  Gauges(DataSource pool, Metrics metrics, Set<String> namespaces) {
    this.pool = pool;
    this.metrics = metrics;
    this.namespaces = new HashSet<>(namespaces);
  }

  /** Sets all gauges; one thread at a time. */
  void record() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      active(counts(connection, ACTIVE));
      Map<String, Double> ready = counts(connection, READY);
      namespaces.addAll(ready.keySet());
      queues(connection);
      for (String namespace : namespaces) {
        metrics
            .get("tasker.steps.ready")
            .record(ready.getOrDefault(namespace, 0.0), "namespace", namespace);
      }
    }
  }

  private void active(Map<String, Double> counts) {
    for (TaskState state : TaskState.values()) {
      if (!state.isTerminal()) {
        metrics
            .get("tasker.tasks.active")
            .record(counts.getOrDefault(state.label(), 0.0), "state", state.label());
      }
    }
  }

  private void queues(Connection connection) throws SQLException {
    Set<String> empty = new HashSet<>(namespaces);
    try (PreparedStatement statement = connection.prepareStatement(QUEUES);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        String namespace = rows.getString(1);
        namespaces.add(namespace);
        empty.remove(namespace);
        queue(namespace, rows.getDouble(2), rows.getDouble(3), rows.getDouble(4));
      }
    }
    empty.forEach(namespace -> queue(namespace, 0, 0, 0));
  }

  private void queue(String namespace, double visible, double inFlight, double oldestMillis) {
    String queue = StepClaim.queue(namespace);
    metrics.get("tasker.queue.depth").record(visible, "namespace", namespace);
    metrics.get("tasker.queue.messages").record(visible, "queue", queue, "state", "visible");
    metrics.get("tasker.queue.messages").record(inFlight, "queue", queue, "state", "in_flight");
    metrics.get("tasker.queue.oldest_message.age").record(oldestMillis, "queue", queue);
  }

  private static Map<String, Double> counts(Connection connection, String query)
      throws SQLException {
    Map<String, Double> counts = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(query);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        counts.put(rows.getString(1), rows.getDouble(2));
      }
    }
    return counts;
  }
}
