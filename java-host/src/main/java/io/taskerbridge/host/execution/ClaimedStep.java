package io.taskerbridge.host.execution;

import io.taskerbridge.core.handler.StepCall;
import java.time.Duration;
import java.util.Map;

/**
 * A step that this worker claimed, as a provider hands it over.
 *
 * @param call what the handler is told
 * @param carrier the propagation headers of the step's message: traceparent, tracestate, baggage,
 *     and {@link #PREVIOUS_ATTEMPT}
 * @param timeout how long the handler may run
 * @param queue the queue that it was claimed from
 * @param claimMethod {@code event} if an announcement woke the worker, else {@code poll}
 */
public record ClaimedStep(
    StepCall call,
    Map<String, String> carrier,
    Duration timeout,
    String queue,
    String claimMethod) {

  /** In the carrier of a retry: the traceparent of the attempt before, to link to. */
  public static final String PREVIOUS_ATTEMPT = "tasker-previous-attempt";
}
