package io.taskerbridge.host.provider;

import java.util.Optional;
import java.util.UUID;

/**
 * The seam to storage and queue. What is enqueued here is handed to the worker by the provider's
 * engine, at least once; a result is applied once. Safe for use by many threads; every operation
 * throws {@link ProviderException} when the storage fails.
 */
interface WorkflowProvider {

  /** Stores the task and puts its first steps on their queue, all or nothing. */
  void enqueueForOrchestrator(NewTask task);

  /** Takes the step for this worker; empty when there is nothing to do for it any more. */
  Optional<StepClaim> dequeueWorker(UUID stepUuid);

  /**
   * Stores an attempt's outcome and hands on what became ready, all or nothing. The step is off its
   * queue afterwards, or back on it for later.
   */
  Acknowledged ackWorker(StepClaim claim, AttemptResult result);

  /** Takes a task of which nothing can run any more; empty when another has it or it has ended. */
  Optional<OrchestrationItem> fetchOrchestrationItem(UUID taskUuid);

  /** Brings the task to its end. */
  Finalized ackOrchestrationItem(OrchestrationItem item);

  /** What waits. */
  QueueDepths queueDepths();
}
