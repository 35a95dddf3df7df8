package io.taskerbridge.host.provider;

import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepositoryContext;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.Execution;
import io.taskerbridge.core.metrics.Metrics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How the engine picks what is due: only of the namespaces that this worker serves, and remembering
 * what woke it.
 */
final class Fetches extends PostgreSqlJdbcCustomization {
  private static final int PICKED_BY_LENGTH = 50;
  // a row enqueued a moment ago has the database's time, which may be ahead of this machine's
  static final String PICK =
      """
      update tasker.scheduled_tasks t
      set picked = true, picked_by = ?, last_heartbeat = ?, version = t.version + 1
      where (t.task_name, t.task_instance) in (
        select d.task_name, d.task_instance from tasker.scheduled_tasks d
        where not d.picked and d.execution_time <= greatest(?::timestamptz, now())
          and (d.namespace = '' or cardinality(?::text[]) = 0 or d.namespace = any (?::text[]))
        order by d.priority desc, d.execution_time
        limit ? for update skip locked)
      returning t.*""";

  private final String[] namespaces;
  private final Metrics metrics;
  private final AtomicBoolean announced = new AtomicBoolean();
  private final Map<String, Fetch> picked = new ConcurrentHashMap<>();

  Fetches(List<String> namespaces, Metrics metrics) {
    super(false, false);
    this.namespaces = namespaces.toArray(String[]::new);
    this.metrics = metrics;
  }

  /** An announcement arrived: what is picked next was found because of it. */
  void announced() {
    announced.set(true);
  }

  /** How the execution was picked; asked once for each. */
  Fetch take(String instance) {
    Fetch fetch = picked.remove(instance);
    return fetch == null ? new Fetch("poll", Instant.now(), 0) : fetch;
  }

  @Override
  public List<Execution> lockAndFetchSingleStatement(
      JdbcTaskRepositoryContext context, Instant now, int limit, boolean byPriority) {
    String method = announced.getAndSet(false) ? "event" : "poll";
    Instant startedAt = Instant.now();
    long start = System.nanoTime();
    String name = context.schedulerName.getName();
    List<Execution> executions;
    try {
      executions =
          context.jdbcRunner.query(
              PICK,
              statement -> {
                var served = statement.getConnection().createArrayOf("text", namespaces);
                statement.setString(
                    1, name.substring(0, Math.min(name.length(), PICKED_BY_LENGTH)));
                setInstant(statement, 2, now);
                setInstant(statement, 3, now);
                statement.setArray(4, served);
                statement.setArray(5, served);
                statement.setInt(6, limit);
              },
              context.resultSetMapper.get());
    } catch (RuntimeException e) {
      metrics
          .get("tasker.messages.receive_failures.total")
          .record(1, "queue", "all", "error_type", errorType(e));
      throw e;
    }
    var fetch = new Fetch(method, startedAt, System.nanoTime() - start);
    executions.forEach(execution -> picked.put(execution.getId(), fetch));
    return executions;
  }

  private static String errorType(RuntimeException e) {
    Throwable cause = e.getCause();
    return cause instanceof java.sql.SQLException sql
        ? ConnectionErrors.infrastructureError(sql)
        : "unknown";
  }

  /**
   * One look at the queue that found something.
   *
   * @param method {@code event} or {@code poll}
   */
  record Fetch(String method, Instant startedAt, long nanos) {
    Instant endedAt() {
      return startedAt.plusNanos(nanos);
    }
  }
}
