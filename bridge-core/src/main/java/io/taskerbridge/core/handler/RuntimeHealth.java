package io.taskerbridge.core.handler;

/**
 * What a runtime can do now.
 *
 * @param usable whether a call can be taken
 * @param idle guest contexts free; for a concurrent guest, calls it could still take
 * @param busy guest contexts at work
 * @param broken guest contexts lost and not yet replaced
 * @param detail a sentence for people: engine, version, how code is executed
 */
public record RuntimeHealth(boolean usable, int idle, int busy, int broken, String detail) {}
