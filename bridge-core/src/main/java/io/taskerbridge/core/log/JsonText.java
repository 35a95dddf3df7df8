package io.taskerbridge.core.log;

/** Nested data in a log entry's fields, as the JSON text that a guest made of it. Not checked. */
public record JsonText(String json) {}
