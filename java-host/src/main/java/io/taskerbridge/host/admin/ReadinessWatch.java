package io.taskerbridge.host.admin;

import io.opentelemetry.api.trace.SpanContext;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.log.LogEntry;
import io.taskerbridge.core.log.LogWriter;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks for the readiness, at least once a second, and logs each change with its reason. */
final class ReadinessWatch implements AutoCloseable {
  private final Supplier<Readiness> source;
  private final LogWriter log;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("admin-readiness").daemon().factory());
  private @Nullable Boolean last;

  ReadinessWatch(Supplier<Readiness> source, LogWriter log) {
    this.source = source;
    this.log = log;
    var unused = timer.scheduleWithFixedDelay(this::current, 0, 1, TimeUnit.SECONDS);
  }

  /** The readiness now; a source that fails is not ready. */
  Readiness current() {
    Readiness now;
    try {
      now = source.get();
    } catch (RuntimeException e) {
      now = new Readiness(false, "readiness is unknown: " + e.getMessage(), Map.of());
    }
    if (isChange(now.ready())) {
      log.write(
          new LogEntry(
              now.ready() ? LogLevel.INFO : LogLevel.WARN,
              ReadinessWatch.class.getName(),
              (now.ready() ? "ready: " : "not ready: ") + now.reason(),
              "admin",
              null,
              SpanContext.getInvalid(),
              Map.of("ready", now.ready(), "reason", now.reason()),
              null));
    }
    return now;
  }

  private synchronized boolean isChange(boolean ready) {
    boolean changed = last == null || last != ready;
    last = ready;
    return changed;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
