package io.taskerbridge.core.telemetry;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * The parts that a start has started so far. Should the next one not start, they are closed, the
 * last one first. For one thread.
 */
final class Startup {
  private final Deque<Runnable> closings = new ArrayDeque<>();

  /** Remembers how the part is closed, and gives the part back. */
  <T> T started(T part, Consumer<? super T> close) {
    closings.push(() -> close.accept(part));
    return part;
  }

  /** Closes all parts; what goes wrong with that is told with the failure, not in its place. */
  void undo(Throwable failure) {
    while (!closings.isEmpty()) {
      try {
        closings.pop().run();
      } catch (RuntimeException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
