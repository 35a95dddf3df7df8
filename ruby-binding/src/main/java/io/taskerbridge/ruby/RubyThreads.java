package io.taskerbridge.ruby;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jruby.Ruby;

/**
 * The platform threads that handlers run on, and the one that touches them from outside. Java's own
 * interrupt is never used on them, since it corrupts Ruby's state.
 */
final class RubyThreads {
  private final ExecutorService pool;
  private final ExecutorService controller;

  RubyThreads(Ruby runtime) {
    pool = Executors.newCachedThreadPool(factory(runtime, "ruby-handler-"));
    controller = Executors.newSingleThreadExecutor(factory(runtime, "ruby-controller-"));
  }

  private static ThreadFactory factory(Ruby runtime, String prefix) {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Runnable untilRetired =
          () -> {
            try {
              work.run();
            } finally {
              runtime.getThreadService().unregisterCurrentThread(runtime.getCurrentContext());
            }
          };
      Thread thread = new Thread(untilRetired, prefix + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  void run(Runnable call) {
    pool.execute(call);
  }

  Executor controller() {
    return controller;
  }

  /** Waits for the calls that were told to stop; those that do not stop are left behind. */
  void close(Duration patience) {
    pool.shutdown();
    try {
      pool.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    controller.shutdown();
  }
}
