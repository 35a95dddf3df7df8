package io.taskerbridge.host;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.taskerbridge.core.guest.GuestBridge;
import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.handler.HandlerInfo;
import io.taskerbridge.core.handler.HandlerProblem;
import io.taskerbridge.core.handler.HandlerRuntime;
import io.taskerbridge.core.handler.RuntimeHealth;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Handlers written in Java, under the same contract as those of the guests. */
final class JavaRuntime implements HandlerRuntime {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final StepOutcome NOT_RUN =
      new StepOutcome.Cancelled(
          new HandlerError("Cancelled", "the Java runtime did not run the handler", null, ""));

  private final GuestBridge bridge;
  private final Map<String, JavaHandler> handlers;
  private final AtomicInteger busy = new AtomicInteger();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("java-handler-", 1).factory());

  JavaRuntime(GuestBridge bridge, Map<String, JavaHandler> handlers) {
    this.bridge = bridge;
    this.handlers = Map.copyOf(handlers);
  }

  @Override
  public String language() {
    return "java";
  }

  @Override
  public List<HandlerInfo> handlers() {
    return handlers.entrySet().stream()
        .map(e -> new HandlerInfo(e.getKey(), "java", e.getValue().getClass().getName()))
        .toList();
  }

  @Override
  public List<HandlerProblem> problems() {
    return List.of();
  }

  @Override
  public StepOutcome call(StepCall call, Cancellation cancellation) {
    JavaHandler handler = handlers.get(call.handler());
    if (handler == null) {
      throw new IllegalArgumentException("no Java handler is named " + call.handler());
    }
    long span = bridge.beginCall(call);
    long start = System.nanoTime();
    busy.incrementAndGet();
    StepOutcome outcome = NOT_RUN;
    try {
      outcome = run(handler, call, bridge.context(span), cancellation, start);
      return outcome;
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("the Java runtime is closed", e);
    } finally {
      busy.decrementAndGet();
      bridge.endCall(span, outcome);
    }
  }

  /**
   * On a thread of its own, so that a handler that ignores its interruption does not hold the
   * caller.
   */
  private StepOutcome run(
      JavaHandler handler, StepCall call, Context context, Cancellation cancellation, long start) {
    CompletableFuture<StepOutcome> done = new CompletableFuture<>();
    Future<?> running =
        threads.submit(
            () -> {
              try (Scope current = context.makeCurrent()) {
                done.complete(attempt(handler, call));
              }
            });
    cancellation.onCancel(
        () -> {
          // first the outcome: a handler that ends because of its interruption did not fail
          done.complete(stopped(call, cancellation, start));
          running.cancel(true);
        });
    try {
      return done.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running.cancel(true);
      return new StepOutcome.Cancelled(
          new HandlerError(
              "Interrupted", "the thread that called the handler was interrupted", null, ""));
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static StepOutcome attempt(JavaHandler handler, StepCall call) {
    try {
      String result = handler.call(call);
      if (JSON.readTree(result).isMissingNode()) {
        throw new JsonParseException(null, "the text is empty");
      }
      return new StepOutcome.Success(result, "{}");
    } catch (JsonProcessingException e) {
      String message =
          "handler "
              + call.handler()
              + " returned text that is not JSON: "
              + e.getOriginalMessage();
      return failure("SerializationError", message, e, false);
    } catch (PermanentException e) {
      return failure(e.getClass().getName(), text(e), e, false);
    } catch (Throwable e) {
      return failure(e.getClass().getName(), text(e), e, true);
    }
  }

  private static StepOutcome failure(
      String type, String message, Throwable cause, boolean retryable) {
    StringWriter trace = new StringWriter();
    cause.printStackTrace(new PrintWriter(trace, true));
    return new StepOutcome.Failure(
        new HandlerError(type, message, null, trace.toString()), retryable, null, "{}");
  }

  /** An exception's own methods are the author's, and may throw too. */
  private static String text(Throwable cause) {
    try {
      return String.valueOf(cause.getMessage());
    } catch (RuntimeException e) {
      return "its message could not be read: " + e.getClass().getName();
    }
  }

  private static StepOutcome stopped(StepCall call, Cancellation cancellation, long start) {
    Duration after = Duration.ofNanos(System.nanoTime() - start);
    if (cancellation.reason() == Cancellation.Reason.CANCELLED) {
      return new StepOutcome.Cancelled(
          new HandlerError(
              "Cancelled", "handler " + call.handler() + " was told to stop", null, ""));
    }
    String message = "handler " + call.handler() + " was stopped after " + after.toMillis() + " ms";
    return new StepOutcome.TimedOut(after, new HandlerError("Timeout", message, null, ""));
  }

  @Override
  public RuntimeHealth health() {
    return new RuntimeHealth(true, Integer.MAX_VALUE, busy.get(), 0, "Java " + Runtime.version());
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
