package io.taskerbridge.host;

import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.handler.HandlerProblem;
import io.taskerbridge.core.log.LifecycleLog;
import io.taskerbridge.core.log.LogConsole;
import io.taskerbridge.core.telemetry.Telemetry;
import io.taskerbridge.host.admin.AdminServer;
import io.taskerbridge.host.admin.AdminSources;
import io.taskerbridge.host.orchestration.TaskService;
import io.taskerbridge.host.orchestration.TemplateCatalog;
import io.taskerbridge.host.orchestration.TemplateProblem;
import io.taskerbridge.host.provider.Database;
import io.taskerbridge.host.provider.PostgresEngine;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole worker: telemetry, guests, database, workflows and the admin server, started and stopped
 * in order. Safe for use by many threads.
 */
public final class Worker implements AutoCloseable {
  /** How long the outcomes of steps that were told to stop may take to be stored. */
  private static final Duration SUBMIT_GRACE = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private final RecentTraces traces;
  private final Telemetry telemetry;
  private final BridgeHost host;
  private final TemplateCatalog templates;
  private final PostgresEngine engine;
  private final @Nullable AdminServer admin;
  private final Deque<AutoCloseable> parts;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Worker(
      RecentTraces traces,
      Telemetry telemetry,
      BridgeHost host,
      TemplateCatalog templates,
      PostgresEngine engine,
      @Nullable AdminServer admin,
      Deque<AutoCloseable> parts) {
    this.traces = traces;
    this.telemetry = telemetry;
    this.host = host;
    this.templates = templates;
    this.engine = engine;
    this.admin = admin;
    this.parts = parts;
  }

  /** A builder for a worker with that configuration. */
  public static Builder builder(BridgeConfig config) {
    return new Builder(config);
  }

  /** Tasks, to be requested and looked at. */
  public TaskService tasks() {
    return engine.tasks();
  }

  /** The guests and their handlers. */
  public BridgeHost host() {
    return host;
  }

  /** The one telemetry pipeline. */
  public Telemetry telemetry() {
    return telemetry;
  }

  /** The ended spans of the newest traces. */
  public RecentTraces traces() {
    return traces;
  }

  /** Templates that could not be loaded. */
  public List<TemplateProblem> templateProblems() {
    return templates.problems();
  }

  /** Where the admin server listens, or null if it is switched off. */
  public @Nullable URI adminAddress() {
    return admin == null ? null : admin.address();
  }

  /**
   * Stops claiming, lets running steps finish up to the shutdown timeout, gives the rest back,
   * flushes the telemetry and closes the guests and the database. In bounded time; a second time
   * does nothing.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      closeAll(parts);
    }
  }

  /** The newest part first; one that fails does not keep the others open. */
  private static void closeAll(Deque<AutoCloseable> parts) {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("{} did not close in order", part.getClass().getSimpleName(), e);
      }
    }
  }

  /** Collects what a worker is made of. Not safe for use by many threads. */
  public static final class Builder {
    private final BridgeConfig config;
    private final Map<String, JavaHandler> javaHandlers = new LinkedHashMap<>();
    private StartProgress progress = StartProgress.silent();
    private LogConsole console = LogConsole.standardOutput();

    private Builder(BridgeConfig config) {
      this.config = config;
    }

    /** Who is told what takes long. */
    public Builder progress(StartProgress listener) {
      progress = listener;
      return this;
    }

    /** Where log lines go, rather than to standard output. */
    public Builder console(LogConsole newConsole) {
      console = newConsole;
      return this;
    }

    /** A handler written in Java. */
    public Builder handler(String name, JavaHandler handler) {
      javaHandlers.put(name, handler);
      return this;
    }

    /**
     * Starts everything: the guests and the database side by side, then the workflows, then the
     * server. What was started is stopped again when a part fails.
     *
     * @throws RuntimeException of the part that cannot start; the message names the remedy
     */
    public Worker start() {
      Deque<AutoCloseable> parts = new ArrayDeque<>();
      try {
        return start(parts);
      } catch (RuntimeException | Error e) {
        closeAll(parts);
        throw e;
      }
    }

    private Worker start(Deque<AutoCloseable> parts) {
      RecentTraces traces = new RecentTraces();
      Telemetry telemetry =
          Telemetry.builder(config).console(console).addSpanProcessor(traces).start();
      parts.push(telemetry);
      telemetry.catchPanics();
      CompletableFuture<Database> opening = openDatabase(telemetry);
      BridgeHost host;
      try {
        host = openHost(telemetry);
      } catch (RuntimeException | Error e) {
        opening.thenAccept(Database::close).exceptionally(failed -> null).join();
        throw e;
      }
      parts.push(host);
      Database database = await(opening);
      parts.push(database);
      TemplateCatalog templates =
          TemplateCatalog.load(config.worker().templates(), host.directory()::contains);
      report(host.problems(), templates.problems());
      PostgresEngine engine =
          PostgresEngine.create(
              database,
              templates,
              host.executor(),
              telemetry.openTelemetry(),
              telemetry.metrics(),
              new LifecycleLog(telemetry.log(), telemetry.redactor()),
              config);
      parts.push(engine);
      parts.push(() -> finishSteps(engine, host));
      AdminServer admin = null;
      if (config.admin().enabled()) {
        admin =
            AdminServer.start(
                config.admin(), sources(telemetry, traces, host, engine), config.admin().token());
        parts.push(admin);
      }
      // not before the port is bound: a worker that cannot start must not take steps
      engine.begin();
      return new Worker(traces, telemetry, host, templates, engine, admin, parts);
    }

    /**
     * Late steps are told to stop while their outcomes can still be stored, so that no other worker
     * runs them beside this one.
     */
    private void finishSteps(PostgresEngine engine, BridgeHost host) {
      if (!engine.drain(config.worker().shutdownTimeout())) {
        host.executor().cancelRunning();
        engine.drain(SUBMIT_GRACE);
      }
    }

    private BridgeHost openHost(Telemetry telemetry) {
      BridgeHost.Builder builder =
          BridgeHost.builder().config(config).telemetry(telemetry).progress(progress);
      javaHandlers.forEach(builder::handler);
      return builder.open();
    }

    private CompletableFuture<Database> openDatabase(Telemetry telemetry) {
      var result = new CompletableFuture<Database>();
      Thread.ofPlatform()
          .daemon()
          .name("start-database")
          .start(
              () -> {
                long start = System.nanoTime();
                try {
                  Database database = Database.open(config.database(), telemetry.metrics());
                  progress.ready(
                      "database", Duration.ofNanos(System.nanoTime() - start), database.shown());
                  result.complete(database);
                } catch (Throwable e) {
                  result.completeExceptionally(e);
                }
              });
      return result;
    }

    private static Database await(CompletableFuture<Database> opening) {
      try {
        return opening.join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw e;
      }
    }

    private static void report(List<HandlerProblem> handlers, List<TemplateProblem> templates) {
      for (HandlerProblem problem : handlers) {
        LOG.atError()
            .addKeyValue("file", problem.source())
            .addKeyValue("line", problem.line())
            .log("handler file was not loaded: {}", problem.message());
      }
      for (TemplateProblem problem : templates) {
        LOG.atError().log("workflow template was not loaded: {}", problem);
      }
    }

    private AdminSources sources(
        Telemetry telemetry, RecentTraces traces, BridgeHost host, PostgresEngine engine) {
      WorkerHealth health = new WorkerHealth(host, engine, config.telemetry().otlp().endpoint());
      return new AdminSources(
          telemetry.openTelemetry(),
          telemetry.metrics(),
          telemetry.log(),
          engine.tasks(),
          traces,
          telemetry::scrape,
          host::handlers,
          host::problems,
          health::health,
          health::readiness);
    }
  }
}
