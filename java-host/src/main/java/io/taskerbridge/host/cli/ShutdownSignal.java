package io.taskerbridge.host.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGTERM and Ctrl-C as an orderly end: the command's own thread goes on and closes what it opened,
 * and the process ends with the exit code that it gave when it is done.
 */
final class ShutdownSignal implements AutoCloseable {
  /** Longer than every part's own limit; what has not closed by then never will. */
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::onShutdown, "shutdown-signal");

  private volatile int exitCode;

  /**
   * Listens from now on.
   *
   * @param exitCode of a process that is told to end before {@link #exitWith} says another
   */
  ShutdownSignal(int exitCode) {
    this.exitCode = exitCode;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The exit code from now on. */
  void exitWith(int code) {
    exitCode = code;
  }

  /** Returns when the process is told to end. */
  void await() {
    try {
      asked.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** To be called when all that was opened is closed. */
  @Override
  public void close() {
    closed.countDown();
    if (asked.getCount() > 0) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  private void onShutdown() {
    asked.countDown();
    try {
      if (!closed.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println(
            "tasker-bridge: not everything closed within " + LIMIT.toSeconds() + " s");
        exitCode = 1;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(exitCode);
  }
}
