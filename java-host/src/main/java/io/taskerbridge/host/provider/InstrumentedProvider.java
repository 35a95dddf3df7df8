package io.taskerbridge.host.provider;

import io.taskerbridge.core.metrics.Metrics;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** Any provider, measured. An acknowledgement that failed is tried again while that may help. */
final class InstrumentedProvider implements WorkflowProvider {
  private final WorkflowProvider provider;
  private final Metrics metrics;
  private final AckRetries retries;

  InstrumentedProvider(WorkflowProvider provider, Metrics metrics, AckRetries retries) {
    this.provider = provider;
    this.metrics = metrics;
    this.retries = retries;
  }

  @Override
  public void enqueueForOrchestrator(NewTask task) {
    measure(
        "enqueue",
        "provider.enqueue_orchestrator_duration_ms",
        () -> {
          provider.enqueueForOrchestrator(task);
          return task;
        });
  }

  @Override
  public Optional<StepClaim> dequeueWorker(UUID stepUuid) {
    return measure(
        "dequeue", "provider.dequeue_worker_duration_ms", () -> provider.dequeueWorker(stepUuid));
  }

  @Override
  public Acknowledged ackWorker(StepClaim claim, AttemptResult result) {
    return retries.run(
        () ->
            measure(
                "ack_worker",
                "provider.ack_worker_duration_ms",
                () -> provider.ackWorker(claim, result)),
        () -> {});
  }

  @Override
  public Optional<OrchestrationItem> fetchOrchestrationItem(UUID taskUuid) {
    return measure(
        "fetch",
        "provider.fetch_orchestration_item_duration_ms",
        () -> provider.fetchOrchestrationItem(taskUuid));
  }

  @Override
  public Finalized ackOrchestrationItem(OrchestrationItem item) {
    return retries.run(
        () ->
            measure(
                "ack_orch",
                "provider.ack_orchestration_item_duration_ms",
                () -> provider.ackOrchestrationItem(item)),
        () -> metrics.get("provider.ack_orchestration_retries_total").record(1));
  }

  @Override
  public QueueDepths queueDepths() {
    QueueDepths depths = provider.queueDepths();
    var gauge = metrics.get("provider.queue_depth");
    gauge.record((double) depths.orchestrator(), "queue", "orchestrator");
    gauge.record((double) depths.worker(), "queue", "worker");
    gauge.record((double) depths.timer(), "queue", "timer");
    return depths;
  }

  private <T> T measure(String operation, String histogram, Supplier<T> work) {
    long start = System.nanoTime();
    try {
      return work.get();
    } catch (ProviderException e) {
      metrics
          .get("provider.infrastructure_errors_total")
          .record(1, "operation", operation, "error_type", e.errorType());
      throw e;
    } finally {
      metrics.get(histogram).record(Sql.millisSince(start));
    }
  }
}
