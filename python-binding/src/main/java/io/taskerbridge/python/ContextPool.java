package io.taskerbridge.python;

import io.taskerbridge.core.handler.Cancellation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The contexts and who waits for one, first come first served. Each context serves one call at a
 * time. Safe for use by many threads.
 */
final class ContextPool {
  private final int size;
  private final Consumer<Counts> onChange;
  private final Deque<GuestContext> idle = new ArrayDeque<>();
  private final Set<GuestContext> busy = new HashSet<>();
  private final Deque<CompletableFuture<@Nullable GuestContext>> waiting = new ArrayDeque<>();
  private boolean closed;

  /** How many contexts are in which state. */
  record Counts(int idle, int busy, int broken) {}

  /**
   * An empty pool.
   *
   * @param size how many contexts it should have; what is missing counts as broken
   * @param onChange told of each change in its turn, under the lock; must not block
   */
  ContextPool(int size, Consumer<Counts> onChange) {
    this.size = size;
    this.onChange = onChange;
  }

  /** Adds a fresh context; closes it if the pool is closed. */
  void add(GuestContext context) {
    if (!offer(context)) {
      context.close();
    }
  }

  /**
   * Takes a context, waiting for one if need be.
   *
   * @param timeout how long at most, or null for ever
   * @return null if none was free in time, or the cancellation came first
   * @throws IllegalStateException if the pool is closed, or is closed meanwhile
   */
  @Nullable GuestContext borrow(@Nullable Duration timeout, Cancellation cancellation) {
    CompletableFuture<@Nullable GuestContext> turn = new CompletableFuture<>();
    synchronized (this) {
      requireOpen();
      GuestContext free = idle.poll();
      if (free != null) {
        busy.add(free);
        changed();
        turn.complete(free);
      } else {
        waiting.add(turn);
      }
    }
    if (!turn.isDone()) {
      cancellation.onCancel(() -> giveUp(turn));
    }
    return await(turn, timeout);
  }

  private @Nullable GuestContext await(
      CompletableFuture<@Nullable GuestContext> turn, @Nullable Duration timeout) {
    try {
      return timeout == null
          ? turn.get()
          : turn.get(Math.max(0, timeout.toNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      giveUp(turn);
      return turn.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp(turn);
      return turn.join();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the Python runtime is closed", e);
    }
  }

  private void giveUp(CompletableFuture<@Nullable GuestContext> turn) {
    synchronized (this) {
      waiting.removeIf(other -> other == turn);
    }
    turn.complete(null);
  }

  /** Gives a context back. */
  void release(GuestContext context) {
    add(context);
  }

  /** Takes a context out for good; {@link #add} its replacement. */
  void discard(GuestContext context) {
    synchronized (this) {
      busy.remove(context);
      changed();
    }
  }

  private synchronized boolean offer(GuestContext context) {
    boolean taken = !closed && place(context);
    if (!taken) {
      busy.remove(context);
    }
    changed();
    return taken;
  }

  private boolean place(GuestContext context) {
    busy.add(context);
    for (var next = waiting.poll(); next != null; next = waiting.poll()) {
      if (next.complete(context)) {
        return true;
      }
    }
    busy.remove(context);
    // the one used last is the warmest
    idle.push(context);
    return true;
  }

  /** Tells the counts under the lock, so that the one told last is the one that holds. */
  private void changed() {
    onChange.accept(counts());
  }

  synchronized Counts counts() {
    int broken = closed ? 0 : Math.max(0, size - idle.size() - busy.size());
    return new Counts(idle.size(), busy.size(), broken);
  }

  synchronized boolean isClosed() {
    return closed;
  }

  synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the Python runtime is closed");
    }
  }

  /** Refuses borrowers from now on, also those who wait, and returns all contexts there are. */
  List<GuestContext> close() {
    List<GuestContext> all;
    List<CompletableFuture<@Nullable GuestContext>> refused;
    synchronized (this) {
      closed = true;
      all = new ArrayList<>(idle);
      all.addAll(busy);
      idle.clear();
      refused = new ArrayList<>(waiting);
      waiting.clear();
      changed();
    }
    refused.forEach(turn -> turn.completeExceptionally(new IllegalStateException("closed")));
    return all;
  }
}
