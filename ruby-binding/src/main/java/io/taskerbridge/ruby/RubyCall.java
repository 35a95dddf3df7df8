package io.taskerbridge.ruby;

import io.opentelemetry.context.Scope;
import io.taskerbridge.core.guest.CallEnvelope;
import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jruby.RubyClass;
import org.jruby.RubyString;
import org.jruby.RubyThread;
import org.jruby.exceptions.RaiseException;
import org.jruby.runtime.Block;
import org.jruby.runtime.ThreadContext;
import org.jruby.runtime.builtin.IRubyObject;
import org.jspecify.annotations.Nullable;

/**
 * One call of a handler on a thread of its own, so that the caller gets its outcome whatever the
 * handler does. Told to stop, the handler gets an exception that an ordinary rescue does not catch;
 * after some tries its thread is killed; if that does not help either, it is left behind.
 */
final class RubyCall implements Runnable {
  private static final Duration PATIENCE = Duration.ofMillis(250);
  private static final int RAISES = 4;
  private static final int KILLS = 4;

  private final RubyEngine engine;
  private final StepCall call;
  private final long handle;
  private final long startNanos = System.nanoTime();
  private final CompletableFuture<StepOutcome> outcome = new CompletableFuture<>();
  private final CompletableFuture<Cancellation.Reason> stopped = new CompletableFuture<>();
  private final Object lock = new Object();
  private @Nullable RubyThread thread;
  private boolean interrupted;
  private volatile String place = "";

  /**
   * @param handle the call's span
   */
  RubyCall(RubyEngine engine, StepCall call, long handle) {
    this.engine = engine;
    this.call = call;
    this.handle = handle;
  }

  // ---- on the handler's thread

  @Override
  @SuppressWarnings("try") // the scope is there to be closed
  public void run() {
    Extension extension = engine.extension();
    ThreadContext context = engine.runtime().getCurrentContext();
    StepOutcome told;
    boolean worn = false;
    try (Scope scope = extension.bridge.context(handle).makeCurrent()) {
      enter(extension, context);
      told = invoke(extension, context);
    } catch (Throwable thrown) {
      // a stack that overflowed leaves Ruby's own records of it out of step
      worn = thrown instanceof VirtualMachineError;
      told = failure(extension, context, thrown);
    }
    if (leave(extension, context) || worn) {
      // interrupts that came too late die with Ruby's idea of this thread
      engine.runtime().getThreadService().unregisterCurrentThread(context);
      Thread.interrupted();
    }
    outcome.complete(told);
  }

  private void enter(Extension extension, ThreadContext context) {
    extension.enterCall(
        context, new RubySpan(extension, handle, "handler_execution", null), correlationId());
    synchronized (lock) {
      thread = context.getThread();
    }
  }

  private String correlationId() {
    return call.correlation().correlationId().toString();
  }

  private StepOutcome invoke(Extension extension, ThreadContext context) {
    RubyString envelope = RubyString.newString(engine.runtime(), CallEnvelope.write(call));
    IRubyObject told = extension.dispatch(context, envelope);
    return CallEnvelope.read(told.convertToString().decodeString());
  }

  /** Returns whether the thread was interrupted. */
  private boolean leave(Extension extension, ThreadContext context) {
    boolean wasInterrupted;
    synchronized (lock) {
      thread = null;
      wasInterrupted = interrupted;
    }
    extension.leaveCall(context);
    return wasInterrupted;
  }

  private StepOutcome failure(Extension extension, ThreadContext context, Throwable thrown) {
    HandlerError error;
    if (thrown instanceof RaiseException raised) {
      error =
          new HandlerError(
              RubyText.of(raised.getException()),
              String.valueOf(raised.getException().getMessageAsJavaString()),
              null,
              place.isEmpty() ? extension.backtrace(context, raised.getException()) : place);
    } else {
      error = JavaErrors.error(thrown);
    }
    return new StepOutcome.Failure(error, true, null, "{}");
  }

  // ---- on the caller's thread

  /** Tells the handler to stop; cheap, on any thread. */
  void stop(Cancellation.Reason reason) {
    stopped.complete(reason);
  }

  /**
   * Waits for the outcome, and drives the handler out once it was told to stop.
   *
   * @param rubyWork where Ruby's threads may be touched, since touching makes a thread one of
   *     Ruby's
   * @return the outcome, or null if the handler does not let itself be stopped
   */
  @Nullable StepOutcome await(Executor rubyWork) {
    CompletableFuture.anyOf(outcome, stopped).join();
    if (outcome.isDone()) {
      return outcome.join();
    }
    rubyWork.execute(this::locate);
    for (int i = 0; i < RAISES + KILLS; i++) {
      boolean kill = i >= RAISES;
      rubyWork.execute(() -> interrupt(kill));
      if (isDoneSoon()) {
        return stoppedOutcome(outcome.join());
      }
    }
    return null;
  }

  /** The outcome of a call that was left behind. */
  StepOutcome abandonedOutcome() {
    return stoppedOutcome(null);
  }

  /** Runs when the handler's thread is free again, however late. */
  void whenFree(Runnable action) {
    var unused = outcome.whenComplete((told, failed) -> action.run());
  }

  private boolean isDoneSoon() {
    try {
      outcome.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return outcome.isDone();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void locate() {
    RubyThread target = target();
    if (target == null) {
      return;
    }
    ThreadContext context = engine.runtime().getCurrentContext();
    place = engine.extension().frames(context, target.backtrace(context));
  }

  private void interrupt(boolean kill) {
    ThreadContext context = engine.runtime().getCurrentContext();
    RubyClass type = engine.extension().interruptedClass();
    synchronized (lock) {
      if (thread == null) {
        return;
      }
      interrupted = true;
      if (kill) {
        thread.kill();
      } else {
        IRubyObject message = engine.runtime().newString(why());
        thread.raise(context, new IRubyObject[] {type, message}, Block.NULL_BLOCK);
      }
    }
  }

  private @Nullable RubyThread target() {
    synchronized (lock) {
      return thread;
    }
  }

  private StepOutcome stoppedOutcome(@Nullable StepOutcome told) {
    synchronized (lock) {
      if (!interrupted && told != null) {
        return told;
      }
    }
    HandlerError error = new HandlerError(Extension.INTERRUPTED, why(), null, place);
    return stopped.join() == Cancellation.Reason.TIMEOUT
        ? new StepOutcome.TimedOut(Duration.ofNanos(System.nanoTime() - startNanos), error)
        : new StepOutcome.Cancelled(error);
  }

  private String why() {
    return stopped.join() == Cancellation.Reason.TIMEOUT
        ? "handler " + call.handler() + " ran past its deadline and was stopped"
        : "handler " + call.handler() + " was cancelled";
  }
}
