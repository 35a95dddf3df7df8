package io.taskerbridge.host.orchestration;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A step as it is now.
 *
 * @param resultJson its result, or null while there is none
 * @param errorType the class of its last error, or null
 * @param errorBacktrace the guest's backtrace of its last error, or null
 */
public record StepView(
    UUID stepUuid,
    String name,
    String handler,
    List<String> dependsOn,
    StepState state,
    int attempts,
    int maxAttempts,
    @Nullable String resultJson,
    @Nullable String errorType,
    @Nullable String errorMessage,
    @Nullable String errorBacktrace) {}
