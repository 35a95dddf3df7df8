package io.taskerbridge.core.handler;

/**
 * A handler file that could not be loaded; the others are loaded all the same.
 *
 * @param source the file
 * @param line the line, 0 when the guest does not say
 * @param message what is wrong, in the guest's words
 */
public record HandlerProblem(String source, int line, String message) {}
