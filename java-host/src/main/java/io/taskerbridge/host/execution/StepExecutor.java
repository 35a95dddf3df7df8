package io.taskerbridge.host.execution;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.handler.HandlerRuntime;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.core.log.LifecycleEvent;
import io.taskerbridge.core.log.LifecycleLog;
import io.taskerbridge.core.metrics.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs steps: finds the handler's runtime, opens the {@code step.execute} span in the trace that
 * the step came with, watches the deadline and records what happened. Safe for use by many threads.
 */
public final class StepExecutor implements StepRunner, AutoCloseable {
  private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
  private static final Duration LONGEST_TIMEOUT = Duration.ofDays(1000);
  private static final Duration STOP_GRACE = Duration.ofSeconds(5);
  private static final TextMapGetter<Map<String, String>> CARRIER =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, String> carrier) {
          return carrier.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
          return carrier == null ? null : carrier.get(key);
        }
      };

  private final Tracer tracer;
  private final TextMapPropagator propagator;
  private final StepMetrics metrics;
  private final LifecycleLog lifecycle;
  private final HandlerDirectory handlers;
  private final ScheduledExecutorService watchdog;
  private final Set<Cancellation> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** An executor of the directory's handlers. */
  public StepExecutor(
      OpenTelemetry openTelemetry,
      Metrics metrics,
      LifecycleLog lifecycle,
      HandlerDirectory handlers) {
    this.tracer = openTelemetry.getTracer("io.taskerbridge.host.execution");
    this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
    this.metrics = new StepMetrics(metrics);
    this.lifecycle = lifecycle;
    this.handlers = handlers;
    var timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("step-deadlines").factory());
    timer.setRemoveOnCancelPolicy(true);
    this.watchdog = timer;
  }

  @Override
  public void run(ClaimedStep step, Consumer<StepOutcome> submit) {
    Context parent = propagator.extract(Context.root(), step.carrier(), CARRIER);
    SpanBuilder builder =
        tracer
            .spanBuilder("step.execute")
            .setSpanKind(SpanKind.CONSUMER)
            .setAttribute("messaging.system", "postgresql")
            .setAttribute("messaging.operation.type", "process")
            .setAttribute("messaging.destination.name", step.queue());
    SpanContext previous = previousAttempt(step.carrier());
    if (previous.isValid()) {
      builder.addLink(previous);
    }
    inSpan(builder, parent, step.call(), step.timeout(), submit);
  }

  private static SpanContext previousAttempt(Map<String, String> carrier) {
    String traceparent = carrier.get(ClaimedStep.PREVIOUS_ATTEMPT);
    if (traceparent == null) {
      return SpanContext.getInvalid();
    }
    Context context =
        W3CTraceContextPropagator.getInstance()
            .extract(Context.root(), Map.of("traceparent", traceparent), CARRIER);
    return Span.fromContext(context).getSpanContext();
  }

  /**
   * Runs one attempt for a caller that keeps no queue, as a child of the thread's current context.
   *
   * @throws IllegalArgumentException if there is no handler of that name
   * @throws IllegalStateException if the executor is closed
   */
  public StepOutcome execute(StepCall call, Duration timeout) {
    if (handlers.runtimeOf(call.handler()) == null) {
      throw new IllegalArgumentException(handlers.explainMissing(call.handler()));
    }
    var result = new StepOutcome[1];
    SpanBuilder builder = tracer.spanBuilder("step.execute").setSpanKind(SpanKind.INTERNAL);
    inSpan(builder, Context.current(), call, timeout, outcome -> result[0] = outcome);
    return result[0];
  }

  private void inSpan(
      SpanBuilder builder,
      Context parent,
      StepCall call,
      Duration timeout,
      Consumer<StepOutcome> then) {
    if (closed) {
      throw new IllegalStateException("the host is closed");
    }
    Duration bounded = timeout.compareTo(LONGEST_TIMEOUT) < 0 ? timeout : LONGEST_TIMEOUT;
    Correlation correlation = call.correlation();
    Context context = correlation.storeIn(parent);
    Span span = describe(builder, call).setParent(context).startSpan();
    try (Scope current = context.with(span).makeCurrent()) {
      StepOutcome outcome = attempt(call, bounded);
      errorOf(span, outcome);
      then.accept(outcome);
    } catch (RuntimeException | Error e) {
      span.setStatus(StatusCode.ERROR);
      span.recordException(e);
      throw e;
    } finally {
      span.end();
    }
  }

  private static SpanBuilder describe(SpanBuilder builder, StepCall call) {
    Correlation correlation = call.correlation();
    builder
        .setAttribute("tasker.handler", call.handler())
        .setAttribute("tasker.step_name", call.stepName())
        .setAttribute("tasker.attempt", (long) call.attempt())
        .setAttribute("tasker.correlation_id", correlation.correlationId().toString());
    if (correlation.taskUuid() != null) {
      builder.setAttribute("tasker.task_uuid", correlation.taskUuid().toString());
    }
    if (correlation.stepUuid() != null) {
      builder.setAttribute("tasker.step_uuid", correlation.stepUuid().toString());
    }
    if (correlation.namespace() != null) {
      builder.setAttribute("tasker.namespace", correlation.namespace());
    }
    return builder;
  }

  private StepOutcome attempt(StepCall call, Duration timeout) {
    HandlerRuntime runtime = handlers.runtimeOf(call.handler());
    if (runtime == null) {
      return new StepOutcome.Failure(
          new HandlerError("HandlerNotFound", handlers.explainMissing(call.handler()), null, ""),
          // a worker of another release may have it
          true,
          null,
          "{}");
    }
    lifecycle.emit(
        LifecycleEvent.STEP_EXECUTING,
        "worker",
        "step is executing",
        Map.of(
            "handler", call.handler(), "language", runtime.language(), "attempt", call.attempt()));
    Cancellation cancellation = new Cancellation();
    StepMetrics.Attempt measured = metrics.started(call, runtime.language());
    running.add(cancellation);
    ScheduledFuture<?> deadline = null;
    try {
      deadline =
          watchdog.schedule(
              () -> cancellation.cancel(Cancellation.Reason.TIMEOUT),
              timeout.toNanos(),
              TimeUnit.NANOSECONDS);
      StepOutcome outcome =
          runtime.call(call.withDeadline(Instant.now().plus(timeout)), cancellation);
      measured.ended(outcome);
      return outcome;
    } catch (RuntimeException | Error e) {
      StepOutcome outcome =
          new StepOutcome.Failure(
              new HandlerError(
                  e.getClass().getName(),
                  "the " + runtime.language() + " runtime failed: " + e.getMessage(),
                  null,
                  ""),
              true,
              null,
              "{}");
      measured.ended(outcome);
      Span.current().recordException(e);
      return outcome;
    } finally {
      if (deadline != null) {
        deadline.cancel(false);
      }
      left(cancellation);
    }
  }

  private static void errorOf(Span span, StepOutcome outcome) {
    span.setAttribute("tasker.result", outcome.result());
    HandlerError error = StepMetrics.errorIn(outcome);
    if (error != null) {
      span.setStatus(StatusCode.ERROR, error.message());
      span.setAttribute(ERROR_TYPE, error.type());
    }
  }

  /** Steps that run now. */
  public int active() {
    return running.size();
  }

  /**
   * Waits until no step runs, at most that long; then tells those that still run to stop, and waits
   * for their short grace.
   */
  public void awaitIdle(Duration patience) {
    if (!waitIdle(patience)) {
      cancelRunning();
    }
  }

  /** Tells the steps that run to stop, and waits for the short grace that they have. */
  public void cancelRunning() {
    running.forEach(cancellation -> cancellation.cancel(Cancellation.Reason.CANCELLED));
    waitIdle(STOP_GRACE);
  }

  private boolean waitIdle(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    synchronized (running) {
      while (!running.isEmpty()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(running, left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }
    }
    return true;
  }

  private void left(Cancellation cancellation) {
    synchronized (running) {
      running.remove(cancellation);
      running.notifyAll();
    }
  }

  /** Takes no more steps; those that run are not touched. */
  @Override
  public void close() {
    closed = true;
    watchdog.shutdown();
  }
}
