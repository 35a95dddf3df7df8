package io.taskerbridge.host.provider;

import io.taskerbridge.host.orchestration.StepState;
import io.taskerbridge.host.orchestration.TaskState;
import java.util.Set;
import java.util.TreeSet;

/** The legal edges as the state machines know them. */
final class Edges {
  private Edges() {}

  static Set<String> ofTasks() {
    Set<String> edges = new TreeSet<>();
    for (TaskState from : TaskState.values()) {
      for (TaskState to : TaskState.values()) {
        if (from.mayBecome(to)) {
          edges.add(from.label() + " " + to.label());
        }
      }
    }
    return edges;
  }

  static Set<String> ofSteps() {
    Set<String> edges = new TreeSet<>();
    for (StepState from : StepState.values()) {
      for (StepState to : StepState.values()) {
        if (from.mayBecome(to)) {
          edges.add(from.label() + " " + to.label());
        }
      }
    }
    return edges;
  }
}
