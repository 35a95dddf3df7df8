package io.taskerbridge.python;

import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.guest.GuestBridge;
import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.handler.HandlerInfo;
import io.taskerbridge.core.handler.HandlerProblem;
import io.taskerbridge.core.handler.HandlerRuntime;
import io.taskerbridge.core.handler.RuntimeHealth;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Python in this process: the pool of contexts with the handlers loaded in each. */
public final class PythonRuntime implements HandlerRuntime {
  static final String LANGUAGE = "python";
  private static final Duration LOAD_LIMIT = Duration.ofMinutes(2);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(60);

  private final GuestBridge bridge;
  private final ContextOpener opener;
  private final PoolMetrics metrics;
  private final ContextPool pool;
  private final ExecutorService replacements;
  private final Map<String, HandlerInfo> handlers;
  private final List<HandlerProblem> problems;
  private final Duration opening;

  private PythonRuntime(
      GuestBridge bridge, BridgeConfig.Python config, List<Path> folders, Duration loadLimit) {
    long start = System.nanoTime();
    this.bridge = bridge.forLanguage(LANGUAGE);
    HandlerFiles files = HandlerFiles.find(folders);
    this.opener =
        new ContextOpener(
            new ContextOptions(CacheFolder.find(), config),
            new PythonHost(this.bridge),
            files,
            loadLimit);
    this.metrics = new PoolMetrics(this.bridge.metrics());
    this.pool = new ContextPool(config.contexts(), metrics::changed);
    this.replacements =
        Executors.newSingleThreadExecutor(
            task -> Thread.ofPlatform().daemon(true).name("python-replacements").unstarted(task));
    List<HandlerProblem> found = new ArrayList<>(files.problems());
    ContextOpener.Opened first = opener.open();
    found.addAll(first.problems());
    this.handlers = first.handlers();
    pool.add(first.context());
    found.addAll(openOthers(config.contexts() - 1, List.copyOf(found)));
    this.problems = List.copyOf(found);
    this.opening = Duration.ofNanos(System.nanoTime() - start);
    tellOpened();
  }

  static PythonRuntime open(
      GuestBridge bridge, BridgeConfig.Python config, List<Path> handlerFolders) {
    return open(bridge, config, handlerFolders, LOAD_LIMIT);
  }

  /** As above, with the time that each file may load. */
  static PythonRuntime open(
      GuestBridge bridge,
      BridgeConfig.Python config,
      List<Path> handlerFolders,
      Duration loadLimit) {
    if (config.contexts() < 1) {
      throw new IllegalArgumentException("contexts must be at least 1, not " + config.contexts());
    }
    return new PythonRuntime(bridge, config, handlerFolders, loadLimit);
  }

  // ---- contexts
  // ------------------------------------------------------------------------------------------------

  /** Fewer contexts than asked for if some come to have other handlers; then it says why. */
  private Set<HandlerProblem> openOthers(int count, List<HandlerProblem> known) {
    List<CompletableFuture<List<HandlerProblem>>> others = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      CompletableFuture<List<HandlerProblem>> opened = new CompletableFuture<>();
      others.add(opened);
      Thread.ofPlatform()
          .daemon(true)
          .name("python-open")
          .start(
              () -> {
                try {
                  opened.complete(openOther(known));
                } catch (RuntimeException | Error e) {
                  opened.completeExceptionally(e);
                }
              });
    }
    Set<HandlerProblem> found = new LinkedHashSet<>();
    try {
      others.forEach(opened -> found.addAll(opened.join()));
    } catch (RuntimeException e) {
      close();
      throw new IllegalStateException("a Python context cannot start: " + e.getMessage(), e);
    }
    return found;
  }

  private List<HandlerProblem> openOther(List<HandlerProblem> known) {
    try {
      pool.add(opener.openLike(handlers, known));
      return List.of();
    } catch (ContextOpener.DifferentHandlers e) {
      return e.problems();
    }
  }

  private void replace(GuestContext sick) {
    pool.discard(sick);
    try {
      replacements.execute(
          () -> {
            sick.close();
            openReplacement(Duration.ofSeconds(1));
          });
    } catch (RejectedExecutionException closed) {
      sick.close();
    }
  }

  private void openReplacement(Duration retry) {
    if (pool.isClosed()) {
      return;
    }
    try {
      pool.add(opener.openLike(handlers, problems));
    } catch (RuntimeException | Error e) {
      tell(LogLevel.ERROR, "a Python context cannot be replaced yet: " + e.getMessage());
      Duration next = retry.multipliedBy(2);
      Duration bounded = next.compareTo(LONGEST_RETRY) < 0 ? next : LONGEST_RETRY;
      CompletableFuture.delayedExecutor(retry.toMillis(), TimeUnit.MILLISECONDS, replacements)
          .execute(() -> openReplacement(bounded));
    }
  }

  private void tellOpened() {
    long record =
        bridge.startLog(0, LogLevel.INFO.number(), "io.taskerbridge.python", "python ready");
    bridge.setString(record, "engine", PythonEngine.description());
    bridge.setLong(record, "contexts", pool.counts().idle());
    bridge.setLong(record, "handlers", handlers.size());
    bridge.setLong(record, "duration_ms", opening.toMillis());
    bridge.end(record);
  }

  private void tell(LogLevel level, String message) {
    bridge.end(bridge.startLog(0, level.number(), "io.taskerbridge.python", message));
  }

  // ---- calls
  // ---------------------------------------------------------------------------------------------------

  @Override
  public StepOutcome call(StepCall call, Cancellation cancellation) {
    pool.requireOpen();
    HandlerInfo handler = handlers.get(call.handler());
    if (handler == null) {
      throw new IllegalArgumentException(
          "there is no Python handler named "
              + call.handler()
              + "; there are "
              + String.join(", ", handlers.keySet()));
    }
    Instant deadline = call.deadline();
    long start = System.nanoTime();
    GuestContext context =
        pool.borrow(
            deadline == null ? null : Duration.between(Instant.now(), deadline), cancellation);
    Duration waited = Duration.ofNanos(System.nanoTime() - start);
    metrics.waited(waited);
    if (context == null) {
      return noContext(waited, cancellation.reason());
    }
    return new GuestCall(bridge, context, call, handler.source(), cancellation, metrics)
        .run(this::replace, pool::release);
  }

  private StepOutcome noContext(Duration waited, Cancellation.@Nullable Reason reason) {
    String message =
        "no Python context was free within "
            + waited.toMillis()
            + " ms: all "
            + pool.counts().busy()
            + " are busy; raise [python] contexts, or the step's timeout";
    return reason == Cancellation.Reason.CANCELLED
        ? new StepOutcome.Cancelled(new HandlerError("CancelledError", message, null, ""))
        : new StepOutcome.TimedOut(waited, new HandlerError("TimeoutError", message, null, ""));
  }

  // ---- what is known
  // -------------------------------------------------------------------------------------------

  @Override
  public String language() {
    return LANGUAGE;
  }

  @Override
  public List<HandlerInfo> handlers() {
    return List.copyOf(handlers.values());
  }

  @Override
  public List<HandlerProblem> problems() {
    return problems;
  }

  @Override
  public RuntimeHealth health() {
    ContextPool.Counts counts = pool.counts();
    return new RuntimeHealth(
        counts.idle() + counts.busy() > 0,
        counts.idle(),
        counts.busy(),
        counts.broken(),
        execution()
            + "; "
            + (counts.idle() + counts.busy())
            + " contexts, opened in "
            + opening.toMillis()
            + " ms");
  }

  /** How Python code is executed, compiled or interpreted, for people. */
  public String execution() {
    return PythonEngine.description();
  }

  /** Whether Python code is compiled; else it is interpreted, 30 to 60 times slower. */
  public boolean isCompiled() {
    return PythonEngine.compiles();
  }

  /** How long it took to boot Python and load the handlers in every context. */
  public Duration openingTime() {
    return opening;
  }

  @Override
  public void close() {
    List<CompletableFuture<Void>> closing = new ArrayList<>();
    for (GuestContext context : pool.close()) {
      CompletableFuture<Void> closed = new CompletableFuture<>();
      closing.add(closed);
      Thread.ofPlatform()
          .daemon(true)
          .name("python-close")
          .start(
              () -> {
                context.close();
                closed.complete(null);
              });
    }
    replacements.shutdown();
    try {
      CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new))
          .get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException abandoned) {
      // the threads are daemons: what does not close ends with the process
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
