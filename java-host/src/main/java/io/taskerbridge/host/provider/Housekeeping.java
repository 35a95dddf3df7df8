package io.taskerbridge.host.provider;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Small work at the side, on a thread of its own. What it throws is logged and goes no further. */
// the futures tell nothing: the work catches what it throws
@SuppressWarnings("FutureReturnValueIgnored")
final class Housekeeping implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("tasker-housekeeping").daemon().factory());

  /** Now, and again that long after each end. */
  void every(Duration interval, Runnable work) {
    executor.scheduleWithFixedDelay(guarded(work), 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Once, after that time. */
  void after(Duration delay, Runnable work) {
    try {
      executor.schedule(guarded(work), delay.toMillis() + 1, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("Closed before {} were over", delay);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  private static Runnable guarded(Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (RuntimeException e) {
        LOG.warn("Housekeeping failed and is tried again: {}", e.toString());
      }
    };
  }
}
