package io.taskerbridge.python;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.taskerbridge.core.handler.HandlerInfo;
import io.taskerbridge.core.handler.HandlerProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Opens contexts with the handler files loaded in them. What it cannot open it closes. Safe for use
 * by many threads.
 */
final class ContextOpener {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration BOOT_LIMIT = Duration.ofMinutes(2);
  private static final Duration INTERRUPT_TIMEOUT = Duration.ofSeconds(2);

  private final ContextOptions options;
  private final PythonHost host;
  private final HandlerFiles files;
  private final Duration limit;

  /**
   * An opener.
   *
   * @param limit how long each file may load
   */
  ContextOpener(ContextOptions options, PythonHost host, HandlerFiles files, Duration limit) {
    this.options = options;
    this.host = host;
    this.files = files;
    this.limit = limit;
  }

  /** A context with what was loaded in it and what could not be. */
  record Opened(
      GuestContext context, Map<String, HandlerInfo> handlers, List<HandlerProblem> problems) {}

  /** A further context has not the handlers of the first; it is closed. */
  static final class DifferentHandlers extends IllegalStateException {
    private static final long serialVersionUID = 1;
    private final transient List<HandlerProblem> problems;

    DifferentHandlers(List<HandlerProblem> problems) {
      super("a further context has other handlers than the first: " + problems);
      this.problems = problems;
    }

    /** Why, at least one. */
    List<HandlerProblem> problems() {
      return problems;
    }
  }

  /**
   * Opens a context.
   *
   * @throws IllegalStateException if Python cannot start, or a file can neither be loaded nor
   *     stopped
   */
  Opened open() {
    GuestContext context = GuestContext.open(options, host, BOOT_LIMIT);
    try {
      context.addFolders(files.folders(), BOOT_LIMIT);
      List<HandlerProblem> problems = new ArrayList<>();
      for (HandlerFiles.HandlerFile file : files.files()) {
        HandlerProblem problem = load(context, file);
        if (problem != null) {
          problems.add(problem);
        }
      }
      return new Opened(context, handlersOf(context), problems);
    } catch (RuntimeException | Error e) {
      context.close();
      throw e;
    }
  }

  /**
   * Opens a context with the same handlers.
   *
   * @throws DifferentHandlers if it comes to have others
   */
  GuestContext openLike(Map<String, HandlerInfo> handlers, List<HandlerProblem> known) {
    Opened opened = open();
    if (opened.handlers().keySet().equals(handlers.keySet())) {
      return opened.context();
    }
    opened.context().close();
    throw new DifferentHandlers(differences(opened, handlers, known));
  }

  private static List<HandlerProblem> differences(
      Opened opened, Map<String, HandlerInfo> handlers, List<HandlerProblem> known) {
    List<HandlerProblem> found = new ArrayList<>();
    Set<String> told = new HashSet<>();
    for (HandlerProblem problem : opened.problems()) {
      if (!known.contains(problem)) {
        told.add(problem.source());
        found.add(
            new HandlerProblem(
                problem.source(), problem.line(), "in a further context: " + problem.message()));
      }
    }
    addMissing(found, told, handlers, opened.handlers(), "lacks");
    addMissing(found, told, opened.handlers(), handlers, "alone has");
    return List.copyOf(found);
  }

  private static void addMissing(
      List<HandlerProblem> found,
      Set<String> told,
      Map<String, HandlerInfo> some,
      Map<String, HandlerInfo> others,
      String what) {
    some.forEach(
        (name, handler) -> {
          if (!others.containsKey(name) && told.add(handler.source())) {
            found.add(
                new HandlerProblem(
                    handler.source(), 0, "a further context " + what + " its handler " + name));
          }
        });
  }

  private @Nullable HandlerProblem load(GuestContext context, HandlerFiles.HandlerFile file) {
    String source = file.path().toString();
    try {
      String answer =
          context.load(file.path(), file.folder()).get(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (answer.isEmpty()) {
        return null;
      }
      JsonNode problem = JSON.readTree(answer);
      return new HandlerProblem(
          source, problem.path("line").asInt(), problem.path("message").asText());
    } catch (TimeoutException e) {
      String still = "is still loading after " + limit.toSeconds() + " s, ";
      if (!context.interrupt(INTERRUPT_TIMEOUT) || !context.isHealthy()) {
        throw new IllegalStateException(
            source + " " + still + "and cannot be stopped: do at the call what it does at load", e);
      }
      return new HandlerProblem(source, 0, still + "and was stopped");
    } catch (ExecutionException | JsonProcessingException e) {
      return new HandlerProblem(source, 0, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Python loaded " + source, e);
    }
  }

  private static Map<String, HandlerInfo> handlersOf(GuestContext context) {
    Map<String, HandlerInfo> found = new TreeMap<>();
    try {
      JSON.readTree(context.handlers(BOOT_LIMIT))
          .properties()
          .forEach(
              entry ->
                  found.put(
                      entry.getKey(),
                      new HandlerInfo(
                          entry.getKey(), PythonRuntime.LANGUAGE, entry.getValue().asText())));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Python's list of handlers is not JSON", e);
    }
    return found;
  }
}
