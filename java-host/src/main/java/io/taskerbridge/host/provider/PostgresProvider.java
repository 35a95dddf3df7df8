package io.taskerbridge.host.provider;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.opentelemetry.api.trace.SpanKind;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.host.orchestration.RetryPolicy;
import io.taskerbridge.host.orchestration.StepState;
import io.taskerbridge.host.orchestration.StepTemplate;
import io.taskerbridge.host.orchestration.TaskState;
import io.taskerbridge.host.orchestration.TaskTemplate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Tasks and steps in PostgreSQL, through the functions of the schema {@code tasker}. */
final class PostgresProvider implements WorkflowProvider {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Sql sql;
  private final Spans spans;
  private final String processor;
  private final Duration stepTimeout;
  private final Map<String, UUID> namedTasks = new ConcurrentHashMap<>();

  /**
   * A provider.
   *
   * @param processor who this worker is, written beside all that it does
   * @param stepTimeout of a step whose template names none
   */
  PostgresProvider(Sql sql, Spans spans, String processor, Duration stepTimeout) {
    this.sql = sql;
    this.spans = spans;
    this.processor = processor;
    this.stepTimeout = stepTimeout;
  }

  /** Writes down the templates that tasks of this worker refer to; other workers may, too. */
  void register(List<TaskTemplate> templates) {
    transaction(
        "register templates",
        connection -> {
          for (TaskTemplate template : templates) {
            register(connection, template);
          }
          return templates;
        });
  }

  @Override
  public void enqueueForOrchestrator(NewTask task) {
    List<StepRef> first =
        task.template().steps().stream()
            .filter(step -> step.dependsOn().isEmpty())
            .map(step -> ref(task, step.name()))
            .toList();
    transaction(
        "create a task",
        connection -> {
          createTask(connection, task);
          spans.in(
              "steps.enqueue_batch",
              SpanKind.PRODUCER,
              task.correlation(),
              () -> enqueue(connection, task.taskUuid(), first));
          return first;
        });
  }

  @Override
  public Optional<StepClaim> dequeueWorker(UUID stepUuid) {
    return transaction(
        "claim a step",
        connection ->
            sql.call(
                connection,
                "claim_step",
                "select * from tasker.claim_step(?, ?)",
                statement -> {
                  statement.setObject(1, stepUuid);
                  statement.setString(2, processor);
                },
                rows -> rows.next() ? Optional.of(claim(stepUuid, rows)) : Optional.empty()));
  }

  @Override
  public Acknowledged ackWorker(StepClaim claim, AttemptResult result) {
    return transaction(
        "store a step's result",
        connection -> {
          Completion completion =
              spans.in(
                  "step.completion",
                  SpanKind.INTERNAL,
                  claim.correlation(),
                  () -> unchecked(() -> complete(connection, claim, result)));
          boolean evaluate =
              completion.applied()
                  && completion.stepState() != StepState.WAITING_FOR_RETRY
                  && completion.taskState() == TaskState.EVALUATING_RESULTS;
          Progress progress =
              evaluate
                  ? spans.in(
                      "steps.trigger_next",
                      SpanKind.INTERNAL,
                      claim.correlation(),
                      () -> triggerNext(connection, claim.taskUuid(), claim.correlation()))
                  : new Progress(List.of(), false);
          return new Acknowledged(
              completion.applied(),
              completion.stepState(),
              evaluate,
              progress.enqueued(),
              progress.finalizable());
        });
  }

  @Override
  public Optional<OrchestrationItem> fetchOrchestrationItem(UUID taskUuid) {
    return transaction(
        "claim a task for its finalization",
        connection -> {
          boolean claimed =
              sql.call(
                  connection,
                  "claim_task_for_finalization",
                  "select claimed from tasker.claim_task_for_finalization(?, ?)",
                  statement -> {
                    statement.setObject(1, taskUuid);
                    statement.setString(2, processor);
                  },
                  rows -> rows.next() && rows.getBoolean(1));
          return claimed ? item(connection, taskUuid) : Optional.empty();
        });
  }

  @Override
  public Finalized ackOrchestrationItem(OrchestrationItem item) {
    return transaction(
        "finalize a task",
        connection -> {
          lock(connection, item.taskUuid());
          Finalization finalization = new Finalization(sql, spans, processor);
          return finalization.run(connection, item);
        });
  }

  @Override
  public QueueDepths queueDepths() {
    return transaction(
        "count what waits",
        connection ->
            sql.call(
                connection,
                "queue_depths",
                """
                select count(*) filter (where task_name = 'finalize'),
                  count(*) filter (where task_name = 'step' and execution_time <= now()),
                  count(*) filter (where task_name = 'step' and execution_time > now())
                from tasker.scheduled_tasks where not picked""",
                statement -> {},
                rows -> {
                  rows.next();
                  return new QueueDepths(rows.getLong(1), rows.getLong(2), rows.getLong(3));
                }));
  }

  /** The task as orchestration sees it, claimed or not; empty when it was deleted. */
  Optional<OrchestrationItem> item(UUID taskUuid) {
    return transaction("read a task", connection -> item(connection, taskUuid));
  }

  /** The task needs no finalization any more. */
  void forgetFinalization(UUID taskUuid) {
    transaction(
        "forget a finalization",
        connection -> {
          new Finalization(sql, spans, processor).forget(connection, taskUuid);
          return taskUuid;
        });
  }

  /** Tasks with ready steps that nobody enqueued, such as after a step was resolved by hand. */
  int enqueueForgotten(List<String> namespaces) {
    return transaction(
        "look for forgotten steps",
        connection -> {
          List<UUID> tasks =
              sql.call(
                  connection,
                  "get_next_ready_tasks",
                  "select task_uuid from tasker.get_next_ready_tasks(20, ?)",
                  statement ->
                      statement.setArray(1, connection.createArrayOf("text", namespaces.toArray())),
                  PostgresProvider::uuids);
          int enqueued = 0;
          for (UUID task : tasks) {
            enqueued += enqueueForgotten(connection, task);
          }
          return enqueued;
        });
  }

  private int enqueueForgotten(Connection connection, UUID task) throws SQLException {
    // whoever holds the lock already is about to move the task on
    boolean locked =
        sql.call(
            connection,
            "try_lock_task",
            "select pg_try_advisory_xact_lock(hashtextextended(?, 0))",
            statement -> statement.setString(1, task.toString()),
            rows -> rows.next() && rows.getBoolean(1));
    if (!locked) {
      return 0;
    }
    return item(connection, task).map(item -> enqueueForgotten(connection, item)).orElse(0);
  }

  private int enqueueForgotten(Connection connection, OrchestrationItem item) {
    return spans
        .extract(item.carrier(), item.correlation())
        .wrapSupplier(
            () ->
                spans.in(
                    "steps.trigger_next",
                    SpanKind.INTERNAL,
                    item.correlation(),
                    () -> enqueueReady(connection, item).size()))
        .get();
  }

  private List<StepRef> enqueueReady(Connection connection, OrchestrationItem item) {
    List<StepRef> ready =
        discover(connection, item.taskUuid(), item.correlation()).stream()
            .filter(step -> step.ready() && step.state() == StepState.PENDING)
            .map(Readiness::ref)
            .toList();
    if (ready.isEmpty()) {
      return ready;
    }
    return spans.in(
        "steps.enqueue_batch",
        SpanKind.PRODUCER,
        item.correlation(),
        () -> enqueue(connection, item.taskUuid(), ready));
  }

  private Progress triggerNext(Connection connection, UUID task, Correlation correlation) {
    List<Readiness> steps = discover(connection, task, correlation);
    List<StepRef> ready =
        steps.stream()
            .filter(step -> step.ready() && step.state() == StepState.PENDING)
            .map(Readiness::ref)
            .toList();
    if (!ready.isEmpty()) {
      spans.in(
          "steps.enqueue_batch",
          SpanKind.PRODUCER,
          correlation,
          () -> enqueue(connection, task, ready));
      return new Progress(ready, false);
    }
    boolean othersWork = steps.stream().anyMatch(Readiness::isUnderWay);
    return unchecked(
        () -> {
          if (othersWork) {
            transition(
                connection, task, TaskState.EVALUATING_RESULTS, TaskState.WAITING_FOR_DEPENDENCIES);
          } else {
            sql.call(
                connection,
                "request_finalization",
                "select tasker.request_finalization(?)",
                statement -> statement.setObject(1, task),
                rows -> true);
          }
          return new Progress(List.of(), !othersWork);
        });
  }

  private List<Readiness> discover(Connection connection, UUID task, Correlation correlation) {
    return spans.in(
        "steps.discover_ready",
        SpanKind.INTERNAL,
        correlation,
        () ->
            unchecked(
                () ->
                    sql.call(
                        connection,
                        "get_step_readiness_status",
                        "select step_uuid, name, current_state, ready_for_execution"
                            + " from tasker.get_step_readiness_status(?)",
                        statement -> statement.setObject(1, task),
                        PostgresProvider::readiness)));
  }

  private List<StepRef> enqueue(Connection connection, UUID task, List<StepRef> steps) {
    return unchecked(
        () ->
            sql.call(
                connection,
                "enqueue_steps",
                "select tasker.enqueue_steps(?, ?, ?)",
                statement -> {
                  statement.setObject(1, task);
                  statement.setArray(
                      2,
                      connection.createArrayOf(
                          "uuid", steps.stream().map(StepRef::stepUuid).toArray()));
                  statement.setString(3, processor);
                },
                rows -> steps));
  }

  private void transition(Connection connection, UUID task, TaskState from, TaskState to)
      throws SQLException {
    from.become(to);
    sql.call(
        connection,
        "transition_task_state_atomic",
        "select tasker.transition_task_state_atomic(?, ?, ?, ?)",
        statement -> {
          statement.setObject(1, task);
          statement.setString(2, from.label());
          statement.setString(3, to.label());
          statement.setString(4, processor);
        },
        rows -> rows.next() && rows.getBoolean(1));
  }

  private void lock(Connection connection, UUID task) throws SQLException {
    sql.call(
        connection,
        "lock_task",
        "select tasker.lock_task(?)",
        statement -> statement.setObject(1, task),
        rows -> true);
  }

  private Completion complete(Connection connection, StepClaim claim, AttemptResult result)
      throws SQLException {
    HandlerError error = result.error();
    return sql.call(
        connection,
        "complete_step",
        "select * from tasker.complete_step(?, ?, ?, ?, ?, ?::json, ?::json, ?, ?, ?, ?, ?, ?)",
        statement -> {
          statement.setObject(1, claim.stepUuid());
          statement.setInt(2, claim.token());
          statement.setString(3, result.outcome());
          statement.setBoolean(4, result.retryable());
          statement.setLong(5, result.delay().toMillis());
          statement.setString(6, result.dataJson());
          statement.setString(7, result.metadataJson());
          statement.setString(8, error == null ? null : text(error.type()));
          statement.setString(9, error == null ? null : text(error.message()));
          statement.setString(
              10, error == null || error.code() == null ? null : text(error.code()));
          statement.setString(11, error == null ? null : text(error.backtrace()));
          statement.setString(12, result.traceparent());
          statement.setString(13, processor);
        },
        rows -> {
          rows.next();
          return new Completion(
              rows.getBoolean("applied"),
              StepState.of(rows.getString("step_state")),
              TaskState.of(rows.getString("task_state")));
        });
  }

  private void createTask(Connection connection, NewTask task) throws SQLException {
    Correlation correlation = task.correlation();
    UUID namedTask = namedTask(connection, task.template());
    sql.call(
        connection,
        "create_task",
        "select tasker.create_task(?, ?, ?::json, ?, ?, ?, ?, ?, ?, ?::json, ?)",
        statement -> {
          statement.setObject(1, task.taskUuid());
          statement.setObject(2, namedTask);
          statement.setString(3, task.contextJson());
          statement.setString(
              4, task.template().onFailure() == TaskTemplate.OnFailure.ERROR ? "error" : "blocked");
          statement.setObject(5, correlation.correlationId());
          statement.setObject(6, correlation.parentCorrelationId());
          statement.setString(7, task.carrier().get("traceparent"));
          statement.setString(8, task.carrier().get("tracestate"));
          statement.setString(9, task.carrier().get("baggage"));
          statement.setString(10, steps(task));
          statement.setString(11, processor);
        },
        rows -> true);
  }

  private String steps(NewTask task) {
    ArrayNode array = JSON.createArrayNode();
    int position = 0;
    for (StepTemplate step : task.template().steps()) {
      ObjectNode node = array.addObject();
      node.put("step_uuid", ref(task, step.name()).stepUuid().toString());
      node.put("name", step.name());
      node.put("handler", step.handler());
      node.put("position", position++);
      node.putRawValue("config", new RawValue(step.configJson()));
      node.put("max_attempts", step.retry().maxAttempts());
      node.put("backoff_ms", step.retry().backoff().toMillis());
      node.put("max_backoff_ms", step.retry().maxBackoff().toMillis());
      node.put("jitter", step.retry().jitter());
      Duration timeout = step.timeout() == null ? stepTimeout : step.timeout();
      node.put("timeout_ms", timeout.toMillis());
      ArrayNode parents = node.putArray("depends_on");
      step.dependsOn().forEach(name -> parents.add(ref(task, name).stepUuid().toString()));
    }
    return array.toString();
  }

  private UUID namedTask(Connection connection, TaskTemplate template) throws SQLException {
    UUID known = namedTasks.get(template.id());
    return known == null ? register(connection, template) : known;
  }

  private UUID register(Connection connection, TaskTemplate template) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into tasker.task_namespaces (name) values (?) on conflict do nothing")) {
      statement.setString(1, template.namespace());
      statement.executeUpdate();
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into tasker.named_tasks (named_task_uuid, namespace, name, version,"
                + " description) values (?, ?, ?, ?, ?) on conflict (namespace, name, version)"
                + " do update set description = excluded.description returning"
                + " named_task_uuid")) {
      statement.setObject(1, CorrelationId.next());
      statement.setString(2, template.namespace());
      statement.setString(3, template.name());
      statement.setString(4, template.version());
      statement.setString(5, template.description());
      UUID uuid;
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        uuid = rows.getObject(1, UUID.class);
      }
      registerSteps(connection, uuid, template);
      namedTasks.put(template.id(), uuid);
      return uuid;
    }
  }

  private static void registerSteps(Connection connection, UUID namedTask, TaskTemplate template)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into tasker.named_steps (named_task_uuid, name, handler) values (?, ?, ?)"
                + " on conflict (named_task_uuid, name) do update set handler ="
                + " excluded.handler")) {
      for (StepTemplate step : template.steps()) {
        statement.setObject(1, namedTask);
        statement.setString(2, step.name());
        statement.setString(3, step.handler());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private Optional<OrchestrationItem> item(Connection connection, UUID taskUuid)
      throws SQLException {
    return sql.call(
        connection,
        "get_task",
        """
        select t.*, nt.namespace, nt.name, tr.to_state
        from tasker.tasks t
        join tasker.named_tasks nt on nt.named_task_uuid = t.named_task_uuid
        join tasker.task_transitions tr on tr.task_uuid = t.task_uuid and tr.most_recent
        where t.task_uuid = ?""",
        statement -> statement.setObject(1, taskUuid),
        rows -> {
          if (!rows.next()) {
            return Optional.empty();
          }
          return Optional.of(
              new OrchestrationItem(
                  taskUuid,
                  new Correlation(
                      rows.getObject("correlation_id", UUID.class),
                      rows.getObject("parent_correlation_id", UUID.class),
                      taskUuid,
                      null,
                      rows.getString("namespace")),
                  rows.getString("name"),
                  TaskState.of(rows.getString("to_state")),
                  "error".equals(rows.getString("on_failure"))
                      ? TaskTemplate.OnFailure.ERROR
                      : TaskTemplate.OnFailure.BLOCKED,
                  carrier(rows)));
        });
  }

  private static StepClaim claim(UUID stepUuid, ResultSet rows) throws SQLException {
    Timestamp enqueuedAt = rows.getTimestamp("enqueued_at");
    return new StepClaim(
        stepUuid,
        rows.getInt("claim"),
        "lost".equals(rows.getString("verdict")),
        new Correlation(
            rows.getObject("correlation_id", UUID.class),
            rows.getObject("parent_correlation_id", UUID.class),
            rows.getObject("task_uuid", UUID.class),
            stepUuid,
            rows.getString("namespace")),
        rows.getString("task_name"),
        rows.getString("step_name"),
        rows.getString("handler"),
        rows.getInt("attempt"),
        new RetryPolicy(
            rows.getInt("max_attempts"),
            Duration.ofMillis(rows.getLong("backoff_ms")),
            Duration.ofMillis(rows.getLong("max_backoff_ms")),
            rows.getDouble("jitter")),
        Duration.ofMillis(rows.getLong("timeout_ms")),
        rows.getString("context"),
        rows.getString("config"),
        rows.getString("dependency_results"),
        rows.getString("checkpoint"),
        carrier(rows),
        rows.getString("attempt_traceparent"),
        enqueuedAt == null ? null : enqueuedAt.toInstant());
  }

  private static Map<String, String> carrier(ResultSet rows) throws SQLException {
    Map<String, String> carrier = new HashMap<>();
    for (String header : List.of("traceparent", "tracestate", "baggage")) {
      String value = rows.getString(header);
      if (value != null) {
        carrier.put(header, value);
      }
    }
    return carrier;
  }

  private static List<Readiness> readiness(ResultSet rows) throws SQLException {
    List<Readiness> steps = new ArrayList<>();
    while (rows.next()) {
      steps.add(
          new Readiness(
              new StepRef(rows.getObject("step_uuid", UUID.class), rows.getString("name")),
              StepState.of(rows.getString("current_state")),
              rows.getBoolean("ready_for_execution")));
    }
    return steps;
  }

  private static List<UUID> uuids(ResultSet rows) throws SQLException {
    List<UUID> uuids = new ArrayList<>();
    while (rows.next()) {
      uuids.add(rows.getObject(1, UUID.class));
    }
    return uuids;
  }

  private static StepRef ref(NewTask task, String step) {
    UUID uuid = task.stepUuids().get(step);
    if (uuid == null) {
      throw new IllegalArgumentException("step " + step + " has no UUID");
    }
    return new StepRef(uuid, step);
  }

  /** PostgreSQL's text holds every character but NUL. */
  private static String text(String guestText) {
    return guestText.replace("\0", "\\u0000");
  }

  private <T> T transaction(String what, Sql.Work<T> work) {
    try {
      return sql.inTransaction(what.replace(' ', '_').replace("'", ""), work);
    } catch (SQLException e) {
      throw new ProviderException(what, e);
    } catch (WrappedSqlException e) {
      throw new ProviderException(what, e.sql());
    }
  }

  /** Lets SQL run in a span's work, which throws nothing checked. */
  static <T extends @Nullable Object> T unchecked(SqlWork<T> work) {
    try {
      return work.run();
    } catch (SQLException e) {
      throw new WrappedSqlException(e);
    }
  }

  /** SQL work without arguments. */
  @FunctionalInterface
  interface SqlWork<T extends @Nullable Object> {
    T run() throws SQLException;
  }

  private record Completion(boolean applied, StepState stepState, TaskState taskState) {}

  private record Progress(List<StepRef> enqueued, boolean finalizable) {}

  private record Readiness(StepRef ref, StepState state, boolean ready) {
    boolean isUnderWay() {
      return switch (state) {
        case ENQUEUED,
            IN_PROGRESS,
            ENQUEUED_FOR_ORCHESTRATION,
            ENQUEUED_AS_ERROR_FOR_ORCHESTRATION,
            WAITING_FOR_RETRY ->
            true;
        default -> false;
      };
    }
  }
}
