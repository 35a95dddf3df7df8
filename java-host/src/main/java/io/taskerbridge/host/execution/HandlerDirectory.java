package io.taskerbridge.host.execution;

import io.taskerbridge.core.handler.HandlerInfo;
import io.taskerbridge.core.handler.HandlerProblem;
import io.taskerbridge.core.handler.HandlerRuntime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Every handler of the process by its name, whatever its language. Immutable. */
public final class HandlerDirectory {
  private final Map<String, HandlerInfo> handlers = new TreeMap<>();
  private final Map<String, HandlerRuntime> runtimes = new TreeMap<>();
  private final List<HandlerProblem> problems = new ArrayList<>();

  /**
   * The handlers of the runtimes. A name that two languages claim belongs to neither, and is a
   * problem that names both files.
   */
  public HandlerDirectory(Collection<? extends HandlerRuntime> all) {
    Map<String, HandlerInfo> claimed = new TreeMap<>();
    for (HandlerRuntime runtime : all) {
      problems.addAll(runtime.problems());
      for (HandlerInfo info : runtime.handlers()) {
        HandlerInfo other = claimed.putIfAbsent(info.name(), info);
        if (other == null) {
          handlers.put(info.name(), info);
          runtimes.put(info.name(), runtime);
        } else {
          handlers.remove(info.name());
          runtimes.remove(info.name());
          problems.add(
              new HandlerProblem(
                  info.source(),
                  0,
                  "handler "
                      + info.name()
                      + " is also defined in "
                      + other.source()
                      + ": rename one of them"));
        }
      }
    }
  }

  /** The handlers, sorted by name. */
  public List<HandlerInfo> handlers() {
    return List.copyOf(handlers.values());
  }

  /** Files that could not be loaded, and names that are claimed twice. */
  public List<HandlerProblem> problems() {
    return List.copyOf(problems);
  }

  /** Whether a step may name this handler. */
  public boolean contains(String name) {
    return handlers.containsKey(name);
  }

  @Nullable HandlerRuntime runtimeOf(String name) {
    return runtimes.get(name);
  }

  String explainMissing(String name) {
    var message = new StringBuilder("there is no handler named ").append(name);
    if (!problems.isEmpty()) {
      HandlerProblem first = problems.getFirst();
      message
          .append("; ")
          .append(problems.size())
          .append(" handler file(s) could not be loaded, the first: ")
          .append(first.source())
          .append(first.line() > 0 ? ":" + first.line() : "")
          .append(": ")
          .append(first.message());
    } else {
      message.append("; known are ").append(handlers.keySet());
    }
    return message.toString();
  }
}
