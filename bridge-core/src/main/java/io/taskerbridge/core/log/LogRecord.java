package io.taskerbridge.core.log;

import io.opentelemetry.api.trace.SpanContext;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.handler.HandlerError;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record as every sink writes it: redacted, bounded, of well-formed text, with the context of the
 * caller.
 *
 * @param fields the caller's own, at the top level save those under the key {@link
 *     RecordFields#NESTED}; values are null, String, Boolean, Number, List or Map of these
 */
record LogRecord(
    Instant time,
    LogLevel level,
    String message,
    String logger,
    String thread,
    String component,
    @Nullable Correlation correlation,
    SpanContext span,
    Map<String, @Nullable Object> fields,
    @Nullable HandlerError error) {}
