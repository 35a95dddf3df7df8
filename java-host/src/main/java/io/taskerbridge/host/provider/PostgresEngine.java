package io.taskerbridge.host.provider;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.core.log.LifecycleLog;
import io.taskerbridge.core.metrics.Metrics;
import io.taskerbridge.host.execution.StepRunner;
import io.taskerbridge.host.orchestration.TaskService;
import io.taskerbridge.host.orchestration.TaskState;
import io.taskerbridge.host.orchestration.TaskTemplate;
import io.taskerbridge.host.orchestration.TemplateCatalog;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker on PostgreSQL: takes requests for tasks, runs due steps through a {@link StepRunner} and
 * brings tasks to their end. Any number of them share one database. Safe for use by many threads.
 */
public final class PostgresEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresEngine.class);
  private static final String SCOPE = "io.taskerbridge.host.orchestration";
  private static final int MISSED_HEARTBEATS = 4;
  private static final Duration FAILED_WORK_DELAY = Duration.ofSeconds(5);
  private static final Duration GAUGE_INTERVAL = Duration.ofSeconds(5);
  private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(30);
  private static final Duration NEVER = Duration.ofDays(36_500);
  // fetches as soon as one thread is free, and never more than there are free threads
  private static final double FETCH_BELOW = 0.99;
  private static final double FETCH_UP_TO = 1.0;

  private final Database database;
  private final BridgeConfig.Worker config;
  private final Metrics metrics;
  private final String name;
  private final Fetches fetches;
  private final Spans spans;
  private final PostgresProvider postgres;
  private final WorkflowProvider provider;
  private final Orchestrator orchestrator;
  private final StepWorker worker;
  private final TaskService tasks;
  private final Gauges gauges;
  private final Scheduler scheduler;
  private final Announcements announcements;
  private final Housekeeping housekeeping = new Housekeeping();
  private final AtomicBoolean begun = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CountDownLatch over = new CountDownLatch(1);
  private final RunningSteps running = new RunningSteps();

  private PostgresEngine(
      Database database,
      TemplateCatalog templates,
      StepRunner runner,
      OpenTelemetry telemetry,
      Metrics metrics,
      LifecycleLog lifecycleLog,
      BridgeConfig config) {
    this.database = database;
    this.config = config.worker();
    this.metrics = metrics;
    this.name = ProcessHandle.current().pid() + "-" + CorrelationId.next().toString().substring(24);
    Tracer tracer = telemetry.getTracer(SCOPE);
    this.spans = new Spans(tracer, telemetry.getPropagators().getTextMapPropagator());
    var lifecycle = new Lifecycle(lifecycleLog);
    var sql = new Sql(database.work(), tracer, metrics);
    this.postgres = new PostgresProvider(sql, spans, name, this.config.stepTimeout());
    this.provider =
        new InstrumentedProvider(
            postgres, metrics, new AckRetries(System::nanoTime, this::pauseBeforeRetry));
    this.orchestrator = new Orchestrator(provider, spans, metrics, lifecycle);
    this.fetches = new Fetches(this.config.namespaces(), metrics);
    this.worker =
        new StepWorker(
            provider,
            orchestrator,
            runner,
            spans,
            metrics,
            lifecycle,
            RandomGenerator.getDefault(),
            this::lookAgainAfter);
    this.tasks =
        new PostgresTaskService(
            templates,
            config.admin().maxRequestBytes(),
            provider,
            orchestrator,
            new TaskViews(database.work()),
            spans,
            metrics,
            lifecycle);
    this.gauges =
        new Gauges(
            database.engine(),
            metrics,
            templates.templates().stream()
                .map(TaskTemplate::namespace)
                .collect(Collectors.toSet()));
    this.scheduler = scheduler();
    this.announcements =
        new Announcements(database, this.config.namespaces(), this::stepsAnnounced);
  }

  /**
   * Starts a worker. It claims steps at once: {@link #create} and {@link #begin}.
   *
   * @throws ProviderException if the templates cannot be stored
   */
  public static PostgresEngine start(
      Database database,
      TemplateCatalog templates,
      StepRunner runner,
      OpenTelemetry telemetry,
      Metrics metrics,
      LifecycleLog lifecycleLog,
      BridgeConfig config) {
    PostgresEngine engine =
        create(database, templates, runner, telemetry, metrics, lifecycleLog, config);
    engine.begin();
    return engine;
  }

  /**
   * A worker that takes requests for tasks and claims nothing until it is told to {@link #begin}.
   *
   * @param database stays the caller's, who closes it after the engine
   * @param runner runs claimed steps, on this engine's threads
   * @throws ProviderException if the templates cannot be stored
   */
  public static PostgresEngine create(
      Database database,
      TemplateCatalog templates,
      StepRunner runner,
      OpenTelemetry telemetry,
      Metrics metrics,
      LifecycleLog lifecycleLog,
      BridgeConfig config) {
    var engine =
        new PostgresEngine(database, templates, runner, telemetry, metrics, lifecycleLog, config);
    engine.postgres.register(templates.templates());
    return engine;
  }

  /**
   * Claims steps from now on. A second time does nothing.
   *
   * @throws IllegalStateException if the engine is closed
   */
  public void begin() {
    if (closed.get()) {
      throw new IllegalStateException("the engine is closed");
    }
    if (!begun.compareAndSet(false, true)) {
      return;
    }
    scheduler.start();
    announcements.start();
    housekeeping.every(GAUGE_INTERVAL, this::recordGauges);
    housekeeping.every(SWEEP_INTERVAL, () -> sweep(config.namespaces()));
  }

  /** Tasks, to be requested and looked at. */
  public TaskService tasks() {
    return tasks;
  }

  /**
   * What waits, as of now.
   *
   * @throws ProviderException if the database does not answer
   */
  public QueueDepths depths() {
    return provider.queueDepths();
  }

  /** Whether the database answers and the engine looks for steps. */
  public boolean healthy() {
    return !closed.get() && database.healthy();
  }

  /** Claims no more steps; those that run go on. */
  public void pause() {
    scheduler.pause();
  }

  /** Claims steps again. */
  public void resume() {
    if (!running.stopping()) {
      scheduler.resume();
      scheduler.triggerCheckForDueExecutions();
    }
  }

  /** Whether steps are claimed. */
  public boolean paused() {
    return scheduler.getSchedulerState().isPaused();
  }

  /**
   * Claims no more steps and waits for those that run.
   *
   * @return whether all of them ended in time
   */
  public boolean drain(Duration timeout) {
    scheduler.pause();
    return running.stop(timeout);
  }

  /**
   * Stops claiming, waits for running steps up to the shutdown timeout and gives the rest back, so
   * that other workers run them.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    if (!drain(config.shutdownTimeout())) {
      LOG.warn("After {} there are {}; they are given back", config.shutdownTimeout(), running);
    }
    over.countDown();
    announcements.close();
    housekeeping.close();
    scheduler.stop();
    giveBack();
  }

  private Scheduler scheduler() {
    Task<Void> step =
        Tasks.custom("step", Void.class)
            .onFailure((complete, operations) -> operations.reschedule(complete, failedWorkAt()))
            .execute(
                (instance, context) ->
                    runStep(instance.getId(), context.getExecution().executionTime));
    Task<Void> finalize =
        Tasks.custom("finalize", Void.class)
            .onFailure((complete, operations) -> operations.reschedule(complete, failedWorkAt()))
            .execute((instance, context) -> runFinalization(UUID.fromString(instance.getId())));
    return Scheduler.create(database.engine(), List.of(step, finalize))
        .tableName("tasker.scheduled_tasks")
        .schedulerName(new SchedulerName.Fixed(name))
        .jdbcCustomization(fetches)
        .threads(config.threads())
        .executorService(new WorkerThreads(config.threads()))
        .pollingInterval(config.pollInterval())
        .pollUsingLockAndFetch(FETCH_BELOW, FETCH_UP_TO)
        .heartbeatInterval(config.heartbeatInterval())
        .missedHeartbeatsLimit(MISSED_HEARTBEATS)
        .deleteUnresolvedAfter(NEVER)
        .shutdownMaxWait(Duration.ofSeconds(1))
        .failureLogging(LogLevel.WARN, true)
        .build();
  }

  /** The step's row leaves the table, or is made ready for later, where its result is stored. */
  private CompletionHandler<Void> runStep(String instance, Instant executionTime) {
    Fetches.Fetch fetch = fetches.take(instance);
    if (!running.enter()) {
      return (complete, operations) -> operations.reschedule(complete, executionTime);
    }
    try {
      worker.work(UUID.fromString(instance), fetch);
    } finally {
      running.leave();
    }
    return (complete, operations) -> {};
  }

  /** Another worker may have died over the finalization: its claim is respected until it is old. */
  private CompletionHandler<Void> runFinalization(UUID taskUuid) {
    fetches.take(taskUuid.toString());
    postgres.item(taskUuid).ifPresent(this::finalizeInItsTrace);
    return (complete, operations) -> {
      boolean notYet =
          postgres
              .item(taskUuid)
              .filter(item -> item.state() == TaskState.EVALUATING_RESULTS)
              .isPresent();
      if (notYet) {
        operations.reschedule(complete, failedWorkAt());
      } else {
        postgres.forgetFinalization(taskUuid);
      }
    };
  }

  private void finalizeInItsTrace(OrchestrationItem item) {
    spans
        .extract(item.carrier(), item.correlation())
        .wrap(() -> orchestrator.finalizeTask(item.taskUuid(), item.correlation()))
        .run();
  }

  private static Instant failedWorkAt() {
    return Instant.now().plus(FAILED_WORK_DELAY);
  }

  private void stepsAnnounced() {
    fetches.announced();
    scheduler.triggerCheckForDueExecutions();
  }

  /** False once the engine has given its steps back: others have them then. */
  private boolean pauseBeforeRetry(Duration time) {
    try {
      return !over.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** A retry that is due before the next poll would otherwise wait for it. */
  private void lookAgainAfter(Duration delay) {
    if (delay.compareTo(config.pollInterval()) < 0) {
      housekeeping.after(delay, scheduler::triggerCheckForDueExecutions);
    }
  }

  void recordGauges() {
    try {
      gauges.record();
      database.recordPools(metrics);
      provider.queueDepths();
    } catch (SQLException e) {
      throw new ProviderException("read the gauges", e);
    }
  }

  /** Enqueues steps that became ready without a result; returns how many. */
  int sweep(List<String> namespaces) {
    int found = postgres.enqueueForgotten(namespaces);
    if (found > 0) {
      LOG.info("Enqueued {} steps that became ready without a result", found);
    }
    return found;
  }

  private void giveBack() {
    try (Connection connection = database.engine().getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "update tasker.scheduled_tasks set picked = false, picked_by = null,"
                    + " last_heartbeat = null, version = version + 1 where picked and picked_by ="
                    + " ?")) {
      statement.setString(1, name);
      int given = statement.executeUpdate();
      if (given > 0) {
        LOG.info("Gave {} steps back", given);
      }
    } catch (SQLException e) {
      LOG.warn("Steps were not given back; their missed heartbeats will tell: {}", e.getMessage());
    }
  }
}
