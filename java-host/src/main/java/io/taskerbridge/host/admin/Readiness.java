package io.taskerbridge.host.admin;

import java.util.Map;

/**
 * Whether the worker takes work now.
 *
 * @param reason why, or why not, in one sentence
 * @param counts what a person wants to know beside it, for instance {@code handlers} or a
 *     namespace's queue
 */
public record Readiness(boolean ready, String reason, Map<String, Long> counts) {}
