package io.taskerbridge.host;

import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.handler.HandlerInfo;
import io.taskerbridge.core.handler.HandlerProblem;
import io.taskerbridge.core.handler.HandlerRuntime;
import io.taskerbridge.core.handler.RuntimeHealth;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.core.log.LifecycleLog;
import io.taskerbridge.core.telemetry.Telemetry;
import io.taskerbridge.host.execution.HandlerDirectory;
import io.taskerbridge.host.execution.StepExecutor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Ruby, Python and Java handlers in this process, under one tracer, one metrics pipeline and one
 * logger. Build it, execute steps, close it. Safe for use by many threads.
 */
public final class BridgeHost implements AutoCloseable {
  private final BridgeConfig config;
  private final Telemetry telemetry;
  private final boolean ownsTelemetry;
  private final List<HandlerRuntime> runtimes;
  private final HandlerDirectory handlers;
  private final StepExecutor executor;

  private BridgeHost(
      BridgeConfig config,
      Telemetry telemetry,
      boolean ownsTelemetry,
      List<HandlerRuntime> runtimes) {
    this.config = config;
    this.telemetry = telemetry;
    this.ownsTelemetry = ownsTelemetry;
    this.runtimes = runtimes;
    this.handlers = new HandlerDirectory(runtimes);
    this.executor =
        new StepExecutor(
            telemetry.openTelemetry(),
            telemetry.metrics(),
            new LifecycleLog(telemetry.log(), telemetry.redactor()),
            handlers);
  }

  /** A builder with the default configuration and no handlers. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Runs one attempt of a step on the calling thread, a platform thread, as a child of the thread's
   * current OpenTelemetry context. A call without a deadline gets the configuration's step timeout.
   * A handler that fails is an outcome, not an exception.
   *
   * @throws IllegalArgumentException if there is no handler of that name; the message says why
   * @throws IllegalStateException if the host is closed
   */
  public StepOutcome execute(StepCall call) {
    Instant deadline = call.deadline();
    Duration timeout =
        deadline == null
            ? config.worker().stepTimeout()
            : Duration.between(Instant.now(), deadline);
    return executor.execute(call, timeout);
  }

  /** The handlers that can be called. */
  public List<HandlerInfo> handlers() {
    return handlers.handlers();
  }

  /** Handler files that could not be loaded, and names claimed twice. */
  public List<HandlerProblem> problems() {
    return handlers.problems();
  }

  /** What each language's runtime can do now. */
  public Map<String, RuntimeHealth> health() {
    Map<String, RuntimeHealth> health = new TreeMap<>();
    for (HandlerRuntime runtime : runtimes) {
      health.put(runtime.language(), runtime.health());
    }
    return health;
  }

  /** The one telemetry pipeline of the process. */
  public Telemetry telemetry() {
    return telemetry;
  }

  HandlerDirectory directory() {
    return handlers;
  }

  StepExecutor executor() {
    return executor;
  }

  /**
   * Takes no more calls, waits for those that run up to the configuration's shutdown timeout, stops
   * the rest, closes the guests and flushes the telemetry. In bounded time.
   */
  @Override
  public void close() {
    executor.close();
    executor.awaitIdle(config.worker().shutdownTimeout());
    for (HandlerRuntime runtime : runtimes) {
      runtime.close();
    }
    if (ownsTelemetry) {
      telemetry.close();
    }
  }

  /** Collects what a host is made of. Not safe for use by many threads. */
  public static final class Builder {
    private BridgeConfig config = BridgeConfig.defaults();
    private final List<Path> folders = new ArrayList<>();
    private final Map<String, JavaHandler> javaHandlers = new LinkedHashMap<>();
    private StartProgress progress = StartProgress.silent();
    private @Nullable Telemetry telemetry;

    private Builder() {}

    /** The configuration; without it the defaults hold. */
    public Builder config(BridgeConfig newConfig) {
      config = newConfig;
      return this;
    }

    /** A folder of Ruby and Python handler files, beside those that the configuration names. */
    public Builder handlers(Path folder) {
      folders.add(folder);
      return this;
    }

    /**
     * A handler written in Java.
     *
     * @throws IllegalArgumentException if the name is taken
     */
    public Builder handler(String name, JavaHandler handler) {
      if (javaHandlers.putIfAbsent(name, handler) != null) {
        throw new IllegalArgumentException("name: a Java handler is named " + name + " already");
      }
      return this;
    }

    /** Telemetry that the caller started and will close, in place of the host's own. */
    public Builder telemetry(Telemetry existing) {
      telemetry = existing;
      return this;
    }

    /** Who is told what takes long. */
    public Builder progress(StartProgress listener) {
      progress = listener;
      return this;
    }

    /**
     * Boots the guests that have handlers, side by side, and loads the handlers. Takes seconds.
     *
     * @throws IllegalArgumentException if a handler folder does not exist
     * @throws IllegalStateException if a guest cannot boot
     */
    public BridgeHost open() {
      boolean owns = telemetry == null;
      Telemetry shared = telemetry == null ? Telemetry.start(config) : telemetry;
      try {
        List<HandlerRuntime> runtimes =
            new ArrayList<>(
                new GuestStart(config, folders, shared.guestBridge(), progress).openAll());
        if (!javaHandlers.isEmpty()) {
          runtimes.add(new JavaRuntime(shared.guestBridge().forLanguage("java"), javaHandlers));
        }
        return new BridgeHost(config, shared, owns, runtimes);
      } catch (RuntimeException | Error e) {
        if (owns) {
          shared.close();
        }
        throw e;
      }
    }
  }
}
