package io.taskerbridge.host.orchestration;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step as its template names it.
 *
 * @param dependsOn names of steps that must be complete first
 * @param timeout how long one attempt may take, or null for the worker's own limit
 * @param configJson a JSON object
 */
public record StepTemplate(
    String name,
    String handler,
    List<String> dependsOn,
    RetryPolicy retry,
    @Nullable Duration timeout,
    String configJson) {

  /** Copies the dependencies. */
  public StepTemplate {
    dependsOn = List.copyOf(dependsOn);
  }
}
