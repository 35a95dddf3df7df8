package io.taskerbridge.core.telemetry;

import com.sun.management.UnixOperatingSystemMXBean;
import io.taskerbridge.core.metrics.Metrics;
import io.taskerbridge.core.metrics.Poll;
import io.taskerbridge.core.metrics.Series;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The process as a whole: memory, open files, disk, and how late its executor is. */
final class ProcessMetrics implements AutoCloseable {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";
  private static final long PERIOD_MILLIS = 500;

  private final ScheduledExecutorService timer;
  private final Series lag;
  private final AtomicBoolean waiting = new AtomicBoolean();
  private final List<Poll.Subscription> polls = new CopyOnWriteArrayList<>();
  private volatile Executor watched = Runnable::run;

  private ProcessMetrics(Metrics metrics) {
    lag = metrics.get("event_loop.lag_ms").bind(Map.of());
    timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("tasker-process-metrics").factory());
  }

  static ProcessMetrics start(Metrics metrics, boolean measured) {
    ProcessMetrics started = new ProcessMetrics(metrics);
    if (measured) {
      started.observe(metrics);
      started.schedule();
    }
    return started;
  }

  private void observe(Metrics metrics) {
    polls.add(metrics.observe("proc.memory_rss_mb", (Poll) ProcessMetrics::residentMemory));
    polls.add(metrics.observe("proc.open_fds", (Poll) ProcessMetrics::openFiles));
    polls.add(metrics.observe("scratch.disk_used_pct", (Poll) ProcessMetrics::scratchUse));
  }

  /** A tick that is due; how late the executor begins it is its lag. */
  private void schedule() {
    long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
    var unused =
        timer.schedule(
            () -> {
              tick(due);
              if (!timer.isShutdown()) {
                schedule();
              }
            },
            PERIOD_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  private void tick(long due) {
    if (!waiting.compareAndSet(false, true)) {
      return;
    }
    try {
      watched.execute(
          () -> {
            waiting.set(false);
            lag.record(Math.max(0, System.nanoTime() - due) / 1e6);
          });
    } catch (RuntimeException e) {
      // the executor is shut down or full: there is no lag to tell
      waiting.set(false);
    }
  }

  void watch(Executor executor) {
    watched = executor;
    waiting.set(false);
  }

  private static void residentMemory(Poll.Values values) throws IOException {
    if (!Files.isReadable(STATUS)) {
      return;
    }
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith(RESIDENT)) {
        String kibibytes = line.substring(RESIDENT.length()).replace("kB", "").strip();
        values.add(Long.parseLong(kibibytes) * 1024 / 1e6);
      }
    }
  }

  private static void openFiles(Poll.Values values) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      values.add((double) unix.getOpenFileDescriptorCount());
    }
  }

  private static void scratchUse(Poll.Values values) throws IOException {
    FileStore store = Files.getFileStore(Path.of(System.getProperty("java.io.tmpdir")));
    long total = store.getTotalSpace();
    if (total > 0) {
      values.add(100.0 * (total - store.getUsableSpace()) / total);
    }
  }

  @Override
  public void close() {
    polls.forEach(Poll.Subscription::close);
    timer.shutdownNow();
  }
}
