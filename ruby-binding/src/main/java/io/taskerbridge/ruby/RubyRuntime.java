package io.taskerbridge.ruby;

import io.taskerbridge.core.config.BridgeConfig;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jruby.Ruby;

/** Ruby handlers in the process's one JRuby runtime. Safe for use by many threads. */
final class RubyRuntime implements HandlerRuntime {
  private static final HandlerError CLOSED =
      new HandlerError("RuntimeClosed", "the Ruby runtime is closed", null, "");
  private static final Duration LOADING = Duration.ofMinutes(2);
  private static final Duration TEARDOWN = Duration.ofSeconds(5);

  private final RubyEngine engine;
  private final RubyThreads threads;
  private final int capacity;
  private final Map<String, HandlerInfo> handlers;
  private final List<HandlerProblem> problems;
  private final Set<RubyCall> running = ConcurrentHashMap.newKeySet();
  private final AtomicInteger broken = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();

  private RubyRuntime(
      RubyEngine engine,
      int capacity,
      Map<String, HandlerInfo> handlers,
      List<HandlerProblem> problems) {
    this.engine = engine;
    this.threads = new RubyThreads(engine.runtime());
    this.capacity = capacity;
    this.handlers = handlers;
    this.problems = problems;
  }

  static RubyRuntime open(GuestBridge bridge, BridgeConfig config, List<Path> folders) {
    return open(bridge, config, folders, LOADING);
  }

  /**
   * @param loading how long one handler file may take to load
   */
  static RubyRuntime open(
      GuestBridge bridge, BridgeConfig config, List<Path> folders, Duration loading) {
    RubyEngine engine = RubyEngine.boot(bridge, config.ruby().gemPath());
    List<HandlerProblem> problems = new ArrayList<>();
    for (Path file : HandlerFiles.in(folders, problems)) {
      HandlerProblem problem = engine.load(file, loading);
      if (problem != null) {
        problems.add(problem);
      }
    }
    problems.addAll(engine.clashes());
    Map<String, HandlerInfo> handlers = new TreeMap<>();
    engine
        .handlers()
        .forEach((name, source) -> handlers.put(name, new HandlerInfo(name, "ruby", source)));
    return new RubyRuntime(engine, config.worker().threads(), handlers, List.copyOf(problems));
  }

  @Override
  public String language() {
    return "ruby";
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
  public StepOutcome call(StepCall call, Cancellation cancellation) {
    if (!handlers.containsKey(call.handler())) {
      throw new IllegalArgumentException(
          "no Ruby handler is named "
              + call.handler()
              + "; the handlers are "
              + String.join(", ", handlers.keySet()));
    }
    if (closed.get()) {
      throw new IllegalStateException(CLOSED.message());
    }
    GuestBridge bridge = engine.extension().bridge;
    long handle = bridge.beginCall(call);
    try {
      StepOutcome outcome = run(new RubyCall(engine, call, handle), cancellation);
      bridge.endCall(handle, outcome);
      return outcome;
    } catch (RejectedExecutionException e) {
      bridge.endCall(handle, new StepOutcome.Cancelled(CLOSED));
      throw new IllegalStateException(CLOSED.message(), e);
    }
  }

  private StepOutcome run(RubyCall rubyCall, Cancellation cancellation) {
    running.add(rubyCall);
    try {
      cancellation.onCancel(
          () -> {
            Cancellation.Reason reason = cancellation.reason();
            rubyCall.stop(reason == null ? Cancellation.Reason.CANCELLED : reason);
          });
      threads.run(rubyCall);
      StepOutcome outcome = rubyCall.await(threads.controller());
      if (outcome != null) {
        return outcome;
      }
      broken.incrementAndGet();
      rubyCall.whenFree(broken::decrementAndGet);
      return rubyCall.abandonedOutcome();
    } finally {
      running.remove(rubyCall);
    }
  }

  @Override
  public RuntimeHealth health() {
    int busy = running.size();
    return new RuntimeHealth(
        !closed.get(), Math.max(0, capacity - busy), busy, broken.get(), engine.description());
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    running.forEach(call -> call.stop(Cancellation.Reason.CANCELLED));
    threads.close(TEARDOWN);
    Thread teardown = new Thread(() -> engine.runtime().tearDown(false), "ruby-teardown");
    teardown.setDaemon(true);
    teardown.start();
    try {
      teardown.join(TEARDOWN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The runtime, for tests. */
  Ruby ruby() {
    return engine.runtime();
  }

  /** What a handler's thread carries between calls; for tests. */
  String inspectCarriers() {
    String script =
        "[Fiber[:tasker_span], Thread.current[:correlation_id]].map(&:inspect).join(' ')";
    return CompletableFuture.supplyAsync(
            () -> engine.runtime().evalScriptlet(script).toString(), threads::run)
        .join();
  }
}
