package io.taskerbridge.host.provider;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the steps that run, and closes the door to more. Safe for use by many threads. */
final class RunningSteps {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition none = lock.newCondition();
  private int count;
  private boolean stopping;

  /** Whether a step may start; if so it must {@link #leave}. */
  boolean enter() {
    lock.lock();
    try {
      if (stopping) {
        return false;
      }
      count++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      count--;
      if (count == 0) {
        none.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean stopping() {
    lock.lock();
    try {
      return stopping;
    } finally {
      lock.unlock();
    }
  }

  /** Lets no more steps start and waits for those that run; whether all ended in time. */
  boolean stop(Duration timeout) {
    long left = timeout.toNanos();
    lock.lock();
    try {
      stopping = true;
      while (count > 0 && left > 0) {
        left = none.awaitNanos(left);
      }
      return count == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** For messages. */
  @Override
  public String toString() {
    lock.lock();
    try {
      return count + " steps running";
    } finally {
      lock.unlock();
    }
  }
}
