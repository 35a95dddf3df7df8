package io.taskerbridge.host.orchestration;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task as it is now.
 *
 * @param traceparent the W3C header of the span that created it; its trace is the task's trace
 * @param completedAt when it reached a terminal state, or null
 */
public record TaskView(
    UUID taskUuid,
    UUID correlationId,
    @Nullable UUID parentCorrelationId,
    String namespace,
    String name,
    String version,
    TaskState state,
    @Nullable String traceparent,
    Instant createdAt,
    @Nullable Instant completedAt,
    List<StepView> steps) {}
