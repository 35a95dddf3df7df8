package io.taskerbridge.python;

import io.taskerbridge.core.guest.CallEnvelope;
import io.taskerbridge.core.guest.GuestBridge;
import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.SourceSection;

/** One call in one context, from its span to its outcome. Used once, by one thread. */
final class GuestCall {
  private static final Duration INTERRUPT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration UNWIND_TIMEOUT = Duration.ofMillis(500);

  private final GuestBridge bridge;
  private final GuestContext context;
  private final StepCall call;
  private final String source;
  private final Cancellation cancellation;
  private final PoolMetrics metrics;

  GuestCall(
      GuestBridge bridge,
      GuestContext context,
      StepCall call,
      String source,
      Cancellation cancellation,
      PoolMetrics metrics) {
    this.bridge = bridge;
    this.context = context;
    this.call = call;
    this.source = source;
    this.cancellation = cancellation;
    this.metrics = metrics;
  }

  /** Runs it and hands the context to {@code healthy} or {@code sick}. */
  StepOutcome run(Consumer<GuestContext> sick, Consumer<GuestContext> healthy) {
    long span = bridge.beginCall(call);
    Ended ended = new Ended(failure("GuestContractError", "the call did not end", ""), false);
    try {
      ended = execute(span);
      return ended.outcome();
    } finally {
      bridge.endCall(span, ended.outcome());
      (ended.healthy() ? healthy : sick).accept(context);
    }
  }

  private record Ended(StepOutcome outcome, boolean healthy) {}

  private Ended execute(long span) {
    long start = System.nanoTime();
    CompletableFuture<String> result = context.call(bridge, CallEnvelope.write(call), span);
    CompletableFuture<Void> stop = new CompletableFuture<>();
    cancellation.onCancel(() -> stop.complete(null));
    try {
      CompletableFuture.anyOf(result.exceptionally(e -> ""), stop).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException impossible) {
      // neither fails
    }
    return result.isDone() ? ended(result, span) : stop(result, span, start);
  }

  private Ended ended(CompletableFuture<String> result, long span) {
    try {
      return new Ended(CallEnvelope.read(result.join()), true);
    } catch (CompletionException e) {
      return broken(e.getCause() == null ? e : e.getCause(), span);
    }
  }

  /** The guest could not say itself what happened. */
  private Ended broken(Throwable cause, long span) {
    String message = String.valueOf(cause.getMessage());
    if (!(cause instanceof PolyglotException polyglot)) {
      return new Ended(failure("GuestContractError", message, ""), settle(span, false));
    }
    if (polyglot.isCancelled() && !polyglot.isResourceExhausted()) {
      HandlerError error = new HandlerError("CancelledError", "the runtime was closed", null, "");
      return new Ended(new StepOutcome.Cancelled(error), false);
    }
    String type = polyglot.isExit() ? "SystemExit" : "GuestInternalError";
    return new Ended(failure(type, message, frames(polyglot)), settle(span, false));
  }

  private Ended stop(CompletableFuture<String> result, long span, long start) {
    Cancellation.Reason reason =
        cancellation.reason() == Cancellation.Reason.TIMEOUT
            ? Cancellation.Reason.TIMEOUT
            : Cancellation.Reason.CANCELLED;
    metrics.interrupted(reason == Cancellation.Reason.TIMEOUT ? "timeout" : "cancelled");
    boolean interrupted = context.interrupt(INTERRUPT_TIMEOUT);
    try {
      String json = result.get(UNWIND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      return new Ended(CallEnvelope.read(json), settle(span, true));
    } catch (ExecutionException unwound) {
      // as it should be
    } catch (TimeoutException e) {
      interrupted = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Duration ran = Duration.ofNanos(System.nanoTime() - start);
    StepOutcome outcome = stopped(reason, ran);
    return new Ended(outcome, interrupted && settle(span, true));
  }

  private boolean settle(long span, boolean interrupted) {
    return context.settle(bridge, span, interrupted);
  }

  private StepOutcome stopped(Cancellation.Reason reason, Duration ran) {
    String at =
        " after %d ms, in handler %s of %s".formatted(ran.toMillis(), call.handler(), source);
    if (reason == Cancellation.Reason.TIMEOUT) {
      HandlerError error =
          new HandlerError("TimeoutError", "stopped at its deadline" + at, null, "");
      return new StepOutcome.TimedOut(ran, error);
    }
    return new StepOutcome.Cancelled(
        new HandlerError("CancelledError", "cancelled" + at, null, ""));
  }

  /** The Python frames, the outermost first, in Python's own form where their lines are known. */
  private static String frames(PolyglotException e) {
    Deque<String> lines = new ArrayDeque<>();
    for (PolyglotException.StackFrame frame : e.getPolyglotStackTrace()) {
      SourceSection location = frame.getSourceLocation();
      if (!frame.isGuestFrame()) {
        continue;
      }
      lines.push(
          location == null
              ? "  in %s%n".formatted(frame.getRootName())
              : "  File \"%s\", line %d, in %s%n"
                  .formatted(
                      location.getSource().getName(),
                      location.getStartLine(),
                      frame.getRootName()));
    }
    return String.join("", lines);
  }

  private static StepOutcome failure(String type, String message, String backtrace) {
    return new StepOutcome.Failure(
        new HandlerError(type, message, null, backtrace), true, null, "{}");
  }
}
