package io.taskerbridge.host.orchestration;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request to run a workflow.
 *
 * @param version of the template, or null for the newest
 * @param contextJson the task's input, a JSON object
 * @param correlationId the caller's own, or null for a new UUIDv7
 * @param parentCorrelationId of the workflow that asks for this one, or null
 */
public record TaskRequest(
    String namespace,
    String name,
    @Nullable String version,
    String contextJson,
    @Nullable UUID correlationId,
    @Nullable UUID parentCorrelationId) {}
