package io.taskerbridge.core.handler;

/**
 * A handler that a runtime can call.
 *
 * @param name its registered name, unique in the process
 * @param language {@code ruby}, {@code python} or {@code java}
 * @param source the file that defines it, or the class
 */
public record HandlerInfo(String name, String language, String source) {}
