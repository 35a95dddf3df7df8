package io.taskerbridge.core.handler;

import org.jspecify.annotations.Nullable;

/**
 * An error as the handler's own language tells it.
 *
 * @param type the guest's class name, or the {@code error_type} that the handler gave
 * @param message the guest's message
 * @param code the author's own code, or null
 * @param backtrace the guest's backtrace with the handler's file and line; empty where there is
 *     none
 */
public record HandlerError(String type, String message, @Nullable String code, String backtrace) {}
