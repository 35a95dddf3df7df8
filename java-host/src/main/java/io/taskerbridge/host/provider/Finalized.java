package io.taskerbridge.host.provider;

import io.taskerbridge.host.orchestration.TaskState;
import org.jspecify.annotations.Nullable;

/**
 * How a task ended, or that it did not.
 *
 * @param state the task's state now
 * @param errorType of the first step that failed for good, or null
 */
record Finalized(TaskState state, @Nullable String errorType) {}
