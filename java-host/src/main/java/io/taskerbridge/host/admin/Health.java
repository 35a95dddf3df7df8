package io.taskerbridge.host.admin;

import java.util.Map;

/**
 * How the worker's parts are.
 *
 * @param components by name: database, queues, workers, ruby, python, exporter
 */
public record Health(Map<String, Component> components) {

  /**
   * One part.
   *
   * @param detail a sentence for people
   */
  public record Component(Status status, String detail) {}

  /** What a part can do. */
  public enum Status {
    /** All that it is for. */
    UP,
    /** Its work, but not as it should. */
    DEGRADED,
    /** Nothing. */
    DOWN,
    /** It was not asked for. */
    DISABLED
  }

  /** Whether every part works. */
  public boolean isUp() {
    return components.values().stream().noneMatch(part -> part.status() == Status.DOWN);
  }
}
