package io.taskerbridge.core.handler;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells a running call to stop. The executor cancels, the runtime that runs the call listens. Safe
 * for use by many threads; an action runs at most once, on the thread that cancels, or at once when
 * it is added too late.
 */
public final class Cancellation {
  /** Why a call was told to stop. */
  public enum Reason {
    /** Its deadline passed. */
    TIMEOUT,
    /** Its task was cancelled, or the worker shuts down. */
    CANCELLED
  }

  private @Nullable Reason reason;
  private List<Runnable> actions = new ArrayList<>(1);

  /** Stops the call; all but the first time does nothing. */
  public void cancel(Reason why) {
    List<Runnable> toRun;
    synchronized (this) {
      if (reason != null) {
        return;
      }
      reason = why;
      toRun = actions;
      actions = List.of();
    }
    toRun.forEach(Runnable::run);
  }

  /** Runs the action when the call is told to stop. */
  public void onCancel(Runnable action) {
    synchronized (this) {
      if (reason == null) {
        actions.add(action);
        return;
      }
    }
    action.run();
  }

  /** Why the call was told to stop, or null while it was not. */
  public synchronized @Nullable Reason reason() {
    return reason;
  }
}
