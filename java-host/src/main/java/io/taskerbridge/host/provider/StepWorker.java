package io.taskerbridge.host.provider;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.core.log.LifecycleEvent;
import io.taskerbridge.core.metrics.Metrics;
import io.taskerbridge.host.execution.ClaimedStep;
import io.taskerbridge.host.execution.StepRunner;
import io.taskerbridge.host.orchestration.StepState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One due step, from its claim to its result. */
final class StepWorker {
  private final WorkflowProvider provider;
  private final Orchestrator orchestrator;
  private final StepRunner runner;
  private final Spans spans;
  private final Metrics metrics;
  private final Lifecycle lifecycle;
  private final RandomGenerator random;
  private final Consumer<Duration> onRetry;

  /**
   * A worker.
   *
   * @param onRetry told how long from now a step that failed is due again
   */
  StepWorker(
      WorkflowProvider provider,
      Orchestrator orchestrator,
      StepRunner runner,
      Spans spans,
      Metrics metrics,
      Lifecycle lifecycle,
      RandomGenerator random,
      Consumer<Duration> onRetry) {
    this.provider = provider;
    this.orchestrator = orchestrator;
    this.runner = runner;
    this.spans = spans;
    this.metrics = metrics;
    this.lifecycle = lifecycle;
    this.random = random;
    this.onRetry = onRetry;
  }

  /** Runs the step unless there is nothing to do for it. */
  void work(UUID stepUuid, Fetches.Fetch fetch) {
    Instant claimedAt = Instant.now();
    long start = System.nanoTime();
    provider
        .dequeueWorker(stepUuid)
        .ifPresent(
            claim -> {
              long nanos = System.nanoTime() - start;
              Context context = spans.extract(claim.carrier(), claim.correlation());
              context
                  .wrap(() -> claimed(claim, fetch, claimedAt, claimedAt.plusNanos(nanos)))
                  .run();
              if (claim.lost()) {
                context
                    .wrap(
                        () -> {
                          orchestrator.process(claim, AttemptResult.workerLost(claim));
                        })
                    .run();
              } else {
                execute(claim, fetch);
              }
            });
  }

  /** Runs in the task's context: the look at the queue and the claim belong to its trace. */
  private void claimed(StepClaim claim, Fetches.Fetch fetch, Instant claimedAt, Instant endedAt) {
    String queue = claim.queue();
    String found = "event".equals(fetch.method()) ? "queue.notification" : "queue.poll";
    spans
        .builder(found, SpanKind.CONSUMER, claim.correlation())
        .setAttribute("messaging.system", "tasker")
        .setAttribute("messaging.destination.name", queue)
        .setAttribute("messaging.operation.type", "receive")
        .setStartTimestamp(fetch.startedAt())
        .startSpan()
        .end(fetch.endedAt());
    SpanBuilder builder =
        spans
            .builder("step.claim", SpanKind.CONSUMER, claim.correlation())
            .setAttribute("messaging.system", "tasker")
            .setAttribute("messaging.destination.name", queue)
            .setAttribute(Spans.STEP_NAME, claim.stepName())
            .setAttribute("tasker.attempt", claim.attempt())
            .setAttribute("tasker.claim_method", fetch.method())
            .setStartTimestamp(claimedAt);
    if (claim.previousAttempt() != null) {
      builder.addLink(spans.remote(claim.previousAttempt()).getSpanContext());
    }
    Span span = builder.startSpan();
    Context.current()
        .with(span)
        .wrap(
            () -> {
              lifecycle.emit(
                  LifecycleEvent.STEP_CLAIMED,
                  claim.correlation(),
                  "Step claimed",
                  Map.of("step_name", claim.stepName(), "attempt", claim.attempt()));
              recordClaim(claim, fetch, claimedAt, endedAt);
            })
        .run();
    span.end(endedAt);
  }

  private void recordClaim(
      StepClaim claim, Fetches.Fetch fetch, Instant claimedAt, Instant endedAt) {
    String namespace = claim.namespace();
    String queue = claim.queue();
    metrics
        .get("tasker.steps.claimed.total")
        .record(1, "namespace", namespace, "claim_method", fetch.method());
    metrics
        .get("tasker.step.claim.duration")
        .record(
            millis(Duration.between(claimedAt, endedAt)),
            "namespace",
            namespace,
            "claim_method",
            fetch.method());
    metrics.get("tasker.messages.received.total").record(1, "queue", queue, "message_type", "step");
    metrics
        .get("tasker.message.receive.duration")
        .record(millis(Duration.ofNanos(fetch.nanos())), "queue", queue);
    if (claim.enqueuedAt() != null) {
      metrics
          .get("tasker.message.latency")
          .record(
              Math.max(0, millis(Duration.between(claim.enqueuedAt(), endedAt))),
              "queue",
              queue,
              "message_type",
              "step");
    }
  }

  private void execute(StepClaim claim, Fetches.Fetch fetch) {
    AtomicBoolean submitted = new AtomicBoolean();
    @Nullable RuntimeException[] failure = new RuntimeException[1];
    try {
      runner.run(
          claimedStep(claim, fetch),
          outcome -> {
            if (submitted.compareAndSet(false, true)) {
              submit(claim, outcome);
            }
          });
    } catch (RuntimeException e) {
      if (submitted.get()) {
        throw e;
      }
      failure[0] = e;
    }
    if (submitted.compareAndSet(false, true)) {
      Context context = spans.extract(claim.carrier(), claim.correlation());
      context.wrap(() -> submit(claim, noOutcome(failure[0]))).run();
    }
  }

  /** A runner always hands in an outcome; if it does not, the step must not hang all the same. */
  private static StepOutcome noOutcome(@Nullable RuntimeException failure) {
    String type = failure == null ? "NoOutcome" : failure.getClass().getName();
    String message =
        failure == null
            ? "The executor returned without an outcome"
            : String.valueOf(failure.getMessage());
    return new StepOutcome.Failure(new HandlerError(type, message, null, ""), true, null, "{}");
  }

  /** The current span is the attempt's: the next attempt links to it. */
  private void submit(StepClaim claim, StepOutcome outcome) {
    try {
      store(claim, outcome);
    } catch (ProviderException e) {
      if (!e.isRefusal()) {
        throw e;
      }
      // the handler would only return the same once more
      store(claim, notStorable(claim, e));
    }
  }

  private void store(StepClaim claim, StepOutcome outcome) {
    AttemptResult result =
        AttemptResult.of(
            outcome, claim, random, spans.inject(Context.current()).get("traceparent"));
    StepState state =
        spans.in(
            "step.submit_result",
            SpanKind.PRODUCER,
            claim.correlation(),
            () -> process(claim, result));
    if (state == StepState.WAITING_FOR_RETRY) {
      onRetry.accept(result.delay());
    }
  }

  private static StepOutcome notStorable(StepClaim claim, ProviderException e) {
    String message =
        "The database refused what handler " + claim.handler() + " returned: " + e.getMessage();
    return new StepOutcome.Failure(
        new HandlerError("ResultNotStorable", message, null, ""), false, null, "{}");
  }

  private StepState process(StepClaim claim, AttemptResult result) {
    long start = System.nanoTime();
    String resultType = Orchestrator.resultType(result);
    StepState state = orchestrator.process(claim, result);
    metrics
        .get("tasker.steps.results_submitted.total")
        .record(1, "namespace", claim.namespace(), "result_type", resultType);
    metrics
        .get("tasker.step_result.submission.duration")
        .record(Sql.millisSince(start), "namespace", claim.namespace(), "result_type", resultType);
    return state;
  }

  private static ClaimedStep claimedStep(StepClaim claim, Fetches.Fetch fetch) {
    Map<String, String> carrier = new HashMap<>(claim.carrier());
    if (claim.previousAttempt() != null) {
      carrier.put(ClaimedStep.PREVIOUS_ATTEMPT, claim.previousAttempt());
    }
    return new ClaimedStep(
        new StepCall(
            claim.handler(),
            claim.stepName(),
            claim.correlation(),
            claim.attempt(),
            claim.retry().maxAttempts(),
            claim.contextJson(),
            claim.configJson(),
            claim.dependencyResultsJson(),
            claim.checkpointJson(),
            Instant.now().plus(claim.timeout())),
        Map.copyOf(carrier),
        claim.timeout(),
        claim.queue(),
        fetch.method());
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }
}
