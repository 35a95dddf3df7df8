package io.taskerbridge.core.telemetry;

/**
 * One answer to a scrape.
 *
 * @param contentType the value of the Content-Type header
 * @param body the text, UTF-8; not copied, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // bytes on their way to a socket, never compared
public record Scrape(String contentType, byte[] body) {}
