package io.taskerbridge.host.orchestration;

import java.util.List;

/**
 * A workflow: steps and what depends on what, free of cycles.
 *
 * @param steps in the order of the file
 * @param source the file
 */
public record TaskTemplate(
    String namespace,
    String name,
    String version,
    String description,
    OnFailure onFailure,
    List<StepTemplate> steps,
    String source) {

  /** Copies the steps. */
  public TaskTemplate {
    steps = List.copyOf(steps);
  }

  /** What becomes of a task of which a step has failed for good and no other step can run. */
  public enum OnFailure {
    /** It waits for a person: {@code blocked_by_failures}. */
    BLOCKED,
    /** It ends: {@code error}. */
    ERROR
  }

  /** Namespace, name and version in one word, for messages. */
  public String id() {
    return namespace + "/" + name + "/" + version;
  }
}
