package io.taskerbridge.host.orchestration;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Tasks, to be requested and looked at. Safe for use by many threads. */
public interface TaskService {

  /**
   * Creates the task, with its steps, and enqueues those that depend on nothing. The thread's
   * current OpenTelemetry context is the parent of the task's trace.
   *
   * @return the task as it was created
   * @throws TaskRequestException if the request cannot be served; nothing was written
   */
  TaskView submit(TaskRequest request);

  /** The task with its steps. */
  Optional<TaskView> find(UUID taskUuid);

  /** The newest tasks first, without their steps: the list of each is empty. */
  List<TaskView> recent(int limit);
}
