package io.taskerbridge.host.provider;

import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.host.orchestration.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A step that this worker has now.
 *
 * @param token tells this claim from those before and after it
 * @param lost whether the worker that had the last attempt died: there is nothing to run, only to
 *     record
 * @param correlation with the task, the step and the namespace
 * @param previousAttempt traceparent of the attempt before this one, or null
 * @param enqueuedAt when it was put where it was found
 */
record StepClaim(
    UUID stepUuid,
    int token,
    boolean lost,
    Correlation correlation,
    String taskName,
    String stepName,
    String handler,
    int attempt,
    RetryPolicy retry,
    Duration timeout,
    String contextJson,
    String configJson,
    String dependencyResultsJson,
    @Nullable String checkpointJson,
    Map<String, String> carrier,
    @Nullable String previousAttempt,
    @Nullable Instant enqueuedAt) {

  StepClaim {
    carrier = Map.copyOf(carrier);
  }

  UUID taskUuid() {
    UUID task = correlation.taskUuid();
    if (task == null) {
      throw new IllegalStateException("a claimed step belongs to a task");
    }
    return task;
  }

  String namespace() {
    String namespace = correlation.namespace();
    return namespace == null ? "" : namespace;
  }

  String queue() {
    return queue(namespace());
  }

  static String queue(String namespace) {
    return "worker_" + namespace + "_queue";
  }
}
