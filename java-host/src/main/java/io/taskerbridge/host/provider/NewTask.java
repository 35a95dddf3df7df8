package io.taskerbridge.host.provider;

import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.host.orchestration.TaskTemplate;
import java.util.Map;
import java.util.UUID;

/**
 * A task to be stored, with the steps that can run at once.
 *
 * @param correlation with the task's UUID
 * @param carrier the propagation headers that every step of it carries
 * @param stepUuids by the step's name
 */
record NewTask(
    UUID taskUuid,
    TaskTemplate template,
    String contextJson,
    Correlation correlation,
    Map<String, String> carrier,
    Map<String, UUID> stepUuids) {

  NewTask {
    carrier = Map.copyOf(carrier);
    stepUuids = Map.copyOf(stepUuids);
  }
}
