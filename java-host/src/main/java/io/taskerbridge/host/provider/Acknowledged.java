package io.taskerbridge.host.provider;

import io.taskerbridge.host.orchestration.StepState;
import java.util.List;

/**
 * What an attempt's outcome led to.
 *
 * @param applied false when another worker has had the step since: nothing was changed
 * @param stepState the step's state now
 * @param evaluated whether the task's next steps were looked for
 * @param enqueued the steps that became ready and were handed to the queue
 * @param finalizable whether nothing of the task can run any more
 */
record Acknowledged(
    boolean applied,
    StepState stepState,
    boolean evaluated,
    List<StepRef> enqueued,
    boolean finalizable) {

  Acknowledged {
    enqueued = List.copyOf(enqueued);
  }
}
