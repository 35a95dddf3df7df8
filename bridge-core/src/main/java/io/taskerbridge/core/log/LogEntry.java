package io.taskerbridge.core.log;

import io.opentelemetry.api.trace.SpanContext;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.handler.HandlerError;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants logged, with the context captured on the caller's thread.
 *
 * @param component who speaks: {@code ruby_handler}, {@code python_handler}, {@code host}, {@code
 *     orchestration}, ...
 * @param fields the caller's own, in order; values are null, String, Boolean, Number, List or Map
 *     of these
 * @param error the error to tell, or null
 */
public record LogEntry(
    LogLevel level,
    String logger,
    String message,
    String component,
    @Nullable Correlation correlation,
    SpanContext span,
    Map<String, ? extends @Nullable Object> fields,
    @Nullable HandlerError error) {}
