package io.taskerbridge.host.provider;

import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.host.orchestration.TaskState;
import io.taskerbridge.host.orchestration.TaskTemplate;
import java.util.Map;
import java.util.UUID;

/** A task that this worker, and no other, may finalize now. */
record OrchestrationItem(
    UUID taskUuid,
    Correlation correlation,
    String taskName,
    TaskState state,
    TaskTemplate.OnFailure onFailure,
    Map<String, String> carrier) {

  OrchestrationItem {
    carrier = Map.copyOf(carrier);
  }

  String namespace() {
    String namespace = correlation.namespace();
    return namespace == null ? "" : namespace;
  }
}
