package io.taskerbridge.host.provider;

/**
 * What waits, as of now.
 *
 * @param orchestrator tasks that wait for their finalization
 * @param worker steps that are due and that no worker has
 * @param timer steps that are due later
 */
public record QueueDepths(long orchestrator, long worker, long timer) {}
