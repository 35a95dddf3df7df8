package io.taskerbridge.host.provider;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.log.LifecycleEvent;
import io.taskerbridge.core.metrics.Metrics;
import io.taskerbridge.host.orchestration.StepState;
import io.taskerbridge.host.orchestration.TaskState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What follows from a step's result: the next steps, another attempt, or the task's end. */
final class Orchestrator {
  private static final Logger LOG = LoggerFactory.getLogger(Orchestrator.class);
  private static final AttributeKey<String> RESULT = AttributeKey.stringKey("tasker.result");
  private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("tasker.attempt");
  private static final AttributeKey<String> FINAL_STATE =
      AttributeKey.stringKey("tasker.final_state");

  private final WorkflowProvider provider;
  private final Spans spans;
  private final Metrics metrics;
  private final Lifecycle lifecycle;

  Orchestrator(WorkflowProvider provider, Spans spans, Metrics metrics, Lifecycle lifecycle) {
    this.provider = provider;
    this.spans = spans;
    this.metrics = metrics;
    this.lifecycle = lifecycle;
  }

  /**
   * Stores the result and does what follows from it. The current span is the parent.
   *
   * @return the step's state now
   */
  StepState process(StepClaim claim, AttemptResult result) {
    return spans.in(
        "step_result.process",
        SpanKind.CONSUMER,
        claim.correlation(),
        () -> processInSpan(claim, result));
  }

  /** Finalizes the task unless another worker does or it has ended. */
  void finalizeTask(UUID taskUuid, Correlation correlation) {
    Optional<OrchestrationItem> item =
        spans.in(
            "task.finalization_check",
            SpanKind.INTERNAL,
            correlation,
            () -> provider.fetchOrchestrationItem(taskUuid));
    item.ifPresent(
        claimed ->
            spans.in(
                "task.finalize",
                SpanKind.INTERNAL,
                claimed.correlation(),
                () -> finalizeInSpan(claimed)));
  }

  private StepState processInSpan(StepClaim claim, AttemptResult result) {
    long start = System.nanoTime();
    Span.current()
        .setAttribute(Spans.STEP_NAME, claim.stepName())
        .setAttribute(RESULT, result.outcome())
        .setAttribute(ATTEMPT, (long) claim.attempt());
    String resultType = resultType(result);
    Acknowledged acknowledged = provider.ackWorker(claim, result);
    String namespace = claim.namespace();
    if (acknowledged.applied()) {
      stepEvents(claim, result, acknowledged);
      metrics.get("tasker.messages.archived.total").record(1, "queue", claim.queue());
      metrics
          .get("tasker.message.archive.duration")
          .record(Sql.millisSince(start), "queue", claim.queue());
      taskEvents(claim, acknowledged, start);
    } else {
      Span.current().addEvent("step_result.stale");
    }
    metrics
        .get("tasker.step_results.processed.total")
        .record(1, "namespace", namespace, "result_type", resultType);
    metrics
        .get("tasker.step_result.processing.duration")
        .record(Sql.millisSince(start), "result_type", resultType);
    if (acknowledged.finalizable()) {
      finalizeNow(claim);
    }
    return acknowledged.stepState();
  }

  /** The result is stored; if this fails, the request for finalization is there for any worker. */
  private void finalizeNow(StepClaim claim) {
    try {
      finalizeTask(claim.taskUuid(), claim.correlation());
    } catch (ProviderException e) {
      LOG.warn("Task {} is finalized later: {}", claim.taskUuid(), e.getMessage());
    }
  }

  static String resultType(AttemptResult result) {
    return "worker_lost".equals(result.outcome()) ? "error" : result.outcome();
  }

  private void stepEvents(StepClaim claim, AttemptResult result, Acknowledged acknowledged) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("step_name", claim.stepName());
    fields.put("attempt", claim.attempt());
    fields.put("max_attempts", claim.retry().maxAttempts());
    fields.put("result", result.outcome());
    HandlerError error = result.error();
    switch (acknowledged.stepState()) {
      case COMPLETE ->
          lifecycle.emit(
              LifecycleEvent.STEP_COMPLETED, claim.correlation(), "Step completed", fields);
      case WAITING_FOR_RETRY -> {
        fields.put("delay_ms", result.delay().toMillis());
        lifecycle.emit(
            LifecycleEvent.STEP_RETRY_SCHEDULED,
            claim.correlation(),
            "Step will be tried again",
            fields,
            error);
      }
      default ->
          lifecycle.emit(
              LifecycleEvent.STEP_FAILED,
              claim.correlation(),
              "Step failed for good",
              fields,
              error);
    }
  }

  private void taskEvents(StepClaim claim, Acknowledged acknowledged, long start) {
    if (acknowledged.evaluated()) {
      lifecycle.emit(
          LifecycleEvent.TASK_EVALUATION_STARTED,
          claim.correlation(),
          "Looked for the steps that became ready",
          Map.of("step_name", claim.stepName()));
    }
    if (!acknowledged.enqueued().isEmpty()) {
      enqueued(claim.correlation(), acknowledged.enqueued(), start);
    }
    if (acknowledged.finalizable()) {
      lifecycle.emit(
          LifecycleEvent.TASK_FINALIZATION_READY,
          claim.correlation(),
          "Nothing of the task is left to run",
          Map.of("step_name", claim.stepName()));
    }
  }

  /** Tells of steps that were put on their queue. */
  void enqueued(Correlation correlation, List<StepRef> steps, long startNanos) {
    String namespace = correlation.namespace() == null ? "" : correlation.namespace();
    String queue = StepClaim.queue(namespace);
    for (StepRef step : steps) {
      lifecycle.emit(
          LifecycleEvent.STEP_ENQUEUED,
          new Correlation(
              correlation.correlationId(),
              correlation.parentCorrelationId(),
              correlation.taskUuid(),
              step.stepUuid(),
              correlation.namespace()),
          "Step enqueued",
          Map.of("step_name", step.name()));
      metrics
          .get("tasker.steps.enqueued.total")
          .record(1, "namespace", namespace, "step_name", step.name());
      metrics.get("tasker.messages.sent.total").record(1, "queue", queue, "message_type", "step");
      metrics
          .get("tasker.message.send.duration")
          .record(Sql.millisSince(startNanos), "queue", queue);
    }
    lifecycle.emit(
        LifecycleEvent.TASK_STEPS_ENQUEUED,
        correlation,
        "Ready steps enqueued",
        Map.of("step_count", steps.size()));
    metrics
        .get("tasker.steps.enqueue.duration")
        .record(Sql.millisSince(startNanos), "namespace", namespace);
  }

  private TaskState finalizeInSpan(OrchestrationItem item) {
    long start = System.nanoTime();
    Finalized finalized = provider.ackOrchestrationItem(item);
    Span.current().setAttribute(FINAL_STATE, finalized.state().label());
    metrics
        .get("tasker.task.finalization.duration")
        .record(Sql.millisSince(start), "final_state", finalized.state().label());
    switch (finalized.state()) {
      case COMPLETE -> {
        lifecycle.emit(
            LifecycleEvent.TASK_COMPLETED,
            item.correlation(),
            "Task completed",
            Map.of("task_name", item.taskName()));
        metrics
            .get("tasker.tasks.completions.total")
            .record(1, "namespace", item.namespace(), "task_type", item.taskName());
      }
      case ERROR, BLOCKED_BY_FAILURES -> failed(item, finalized);
      default -> {
        // cancelled or resolved by hand: somebody asked for it
      }
    }
    return finalized.state();
  }

  private void failed(OrchestrationItem item, Finalized finalized) {
    String errorType = finalized.errorType() == null ? "unknown" : finalized.errorType();
    lifecycle.emit(
        LifecycleEvent.TASK_FAILED,
        item.correlation(),
        "Task failed",
        Map.of(
            "task_name",
            item.taskName(),
            "final_state",
            finalized.state().label(),
            "step_error_type",
            errorType));
    if (finalized.state() == TaskState.ERROR) {
      metrics
          .get("tasker.tasks.failures.total")
          .record(
              1,
              "namespace",
              item.namespace(),
              "task_type",
              item.taskName(),
              "error_type",
              errorType);
    }
  }
}
