package io.taskerbridge.host;

import io.taskerbridge.core.handler.StepCall;

/** A handler written in Java. Called by many threads at the same time. */
@FunctionalInterface
public interface JavaHandler {

  /**
   * Runs one attempt. The thread's current OpenTelemetry context holds the {@code
   * handler_execution} span; a thread that is interrupted should return soon.
   *
   * @return the result as JSON text
   * @throws Exception to fail the step, to be tried again; a {@link PermanentException} to fail it
   *     for good
   */
  String call(StepCall call) throws Exception;
}
