package io.taskerbridge.host.orchestration;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.taskerbridge.core.config.Nearest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads one template and refuses it, with the line, when a task made from it could not run. */
final class TemplateReader {
  private static final Set<String> TASK_FIELDS =
      Set.of("namespace", "name", "version", "description", "on_failure", "steps");
  private static final Set<String> STEP_FIELDS =
      Set.of("name", "handler", "depends_on", "retry", "timeout_seconds", "config");
  private static final Set<String> RETRY_FIELDS =
      Set.of("max_attempts", "backoff_ms", "max_backoff_ms", "jitter");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");
  private static final int MAX_ATTEMPTS = 100;
  private static final int MAX_BACKOFF_MS = 24 * 60 * 60 * 1000;
  private static final double MIN_TIMEOUT_SECONDS = 0.001;
  private static final double MAX_TIMEOUT_SECONDS = 7 * 24 * 60 * 60;
  private static final double MILLIS = 1000;

  private final ObjectMapper json = new ObjectMapper();
  private final Predicate<String> handlerKnown;

  TemplateReader(Predicate<String> handlerKnown) {
    this.handlerKnown = handlerKnown;
  }

  TaskTemplate read(String yaml, String source) throws TemplateFault {
    var section = new YamlSection(compose(yaml), "the template", TASK_FIELDS);
    String namespace = name(section, "namespace");
    String name = name(section, "name");
    String version = section.optionalText("version", "1.0.0");
    String description = section.optionalText("description", "");
    TaskTemplate.OnFailure onFailure = onFailure(section);
    List<Step> steps = steps(section);
    refuseUnknownDependencies(steps);
    refuseCycles(steps);
    return new TaskTemplate(
        namespace,
        name,
        version == null || version.isBlank() ? "1.0.0" : version,
        description == null ? "" : description,
        onFailure,
        steps.stream().map(Step::template).toList(),
        source);
  }

  private static Node compose(String yaml) throws TemplateFault {
    try {
      LoadSettings settings = LoadSettings.builder().setUseMarks(true).build();
      return new Compose(settings)
          .composeString(yaml)
          .orElseThrow(() -> new TemplateFault(1, "the file is empty"));
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw new TemplateFault(line, "this is no YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      throw new TemplateFault(1, "this is no YAML: " + e.getMessage());
    }
  }

  private static String name(YamlSection section, String field) throws TemplateFault {
    String text = section.requiredText(field);
    if (!NAME.matcher(text).matches()) {
      throw new TemplateFault(
          section.lineOf(field),
          field
              + " \""
              + text
              + "\" must be letters, digits, dots, dashes and underscores, 100 at most");
    }
    return text;
  }

  private static TaskTemplate.OnFailure onFailure(YamlSection section) throws TemplateFault {
    String text = section.optionalText("on_failure", "blocked");
    return switch (String.valueOf(text)) {
      case "blocked" -> TaskTemplate.OnFailure.BLOCKED;
      case "error" -> TaskTemplate.OnFailure.ERROR;
      default ->
          throw new TemplateFault(
              section.lineOf("on_failure"),
              "on_failure must be blocked or error, not \"" + text + "\"");
    };
  }

  private List<Step> steps(YamlSection section) throws TemplateFault {
    Map<String, Step> steps = new LinkedHashMap<>();
    for (Node node : section.items("steps")) {
      Step step = step(node);
      Step before = steps.putIfAbsent(step.template().name(), step);
      if (before != null) {
        throw new TemplateFault(
            step.line(),
            "step " + step.template().name() + " is there twice, first in line " + before.line());
      }
    }
    if (steps.isEmpty()) {
      throw new TemplateFault(section.lineOf("steps"), "the template has no steps");
    }
    return new ArrayList<>(steps.values());
  }

  private Step step(Node node) throws TemplateFault {
    var section = new YamlSection(node, "a step", STEP_FIELDS);
    String name = name(section, "name");
    String handler = section.requiredText("handler");
    if (!handlerKnown.test(handler)) {
      throw new TemplateFault(
          section.lineOf("handler"),
          "step " + name + " wants the handler \"" + handler + "\", which no handler file defines");
    }
    List<String> dependsOn = section.texts("depends_on");
    if (Set.copyOf(dependsOn).size() != dependsOn.size()) {
      throw new TemplateFault(
          section.lineOf("depends_on"), "step " + name + " names a dependency twice");
    }
    double timeout = section.number("timeout_seconds", 0, MIN_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS);
    return new Step(
        section.line(),
        section.lineOf("depends_on"),
        new StepTemplate(
            name,
            handler,
            dependsOn,
            retry(section.node("retry")),
            timeout == 0 ? null : Duration.ofMillis(Math.round(timeout * MILLIS)),
            section.jsonObject("config", json)));
  }

  private static RetryPolicy retry(@Nullable Node node) throws TemplateFault {
    RetryPolicy usual = RetryPolicy.DEFAULT;
    if (node == null) {
      return usual;
    }
    var section = new YamlSection(node, "retry", RETRY_FIELDS);
    int backoff =
        section.wholeNumber("backoff_ms", (int) usual.backoff().toMillis(), 0, MAX_BACKOFF_MS);
    int longest =
        section.wholeNumber(
            "max_backoff_ms",
            Math.max(backoff, (int) usual.maxBackoff().toMillis()),
            0,
            MAX_BACKOFF_MS);
    return new RetryPolicy(
        section.wholeNumber("max_attempts", usual.maxAttempts(), 1, MAX_ATTEMPTS),
        Duration.ofMillis(backoff),
        Duration.ofMillis(longest),
        section.number("jitter", usual.jitter(), 0, 1));
  }

  private static void refuseUnknownDependencies(List<Step> steps) throws TemplateFault {
    List<String> names = steps.stream().map(step -> step.template().name()).toList();
    for (Step step : steps) {
      for (String dependency : step.template().dependsOn()) {
        if (!names.contains(dependency)) {
          throw new TemplateFault(
              step.dependsOnLine(),
              "step "
                  + step.template().name()
                  + " depends on \""
                  + dependency
                  + "\", which is no step of this template"
                  + Nearest.hint(dependency, names));
        }
      }
    }
  }

  /** Takes away, again and again, what waits for nothing; what is left runs in a circle. */
  private static void refuseCycles(List<Step> steps) throws TemplateFault {
    Map<String, Integer> waiting = new HashMap<>();
    Map<String, List<String>> dependents = new HashMap<>();
    Deque<String> free = new ArrayDeque<>();
    for (Step step : steps) {
      String name = step.template().name();
      waiting.put(name, step.template().dependsOn().size());
      if (step.template().dependsOn().isEmpty()) {
        free.add(name);
      }
      for (String dependency : step.template().dependsOn()) {
        dependents.computeIfAbsent(dependency, key -> new ArrayList<>()).add(name);
      }
    }
    while (!free.isEmpty()) {
      String done = free.remove();
      waiting.remove(done);
      for (String dependent : dependents.getOrDefault(done, List.of())) {
        if (waiting.merge(dependent, -1, Integer::sum) == 0) {
          free.add(dependent);
        }
      }
    }
    for (Step step : steps) {
      if (waiting.containsKey(step.template().name())) {
        throw new TemplateFault(
            step.dependsOnLine(),
            "these steps depend on each other in a cycle: "
                + String.join(", ", waiting.keySet().stream().sorted().toList()));
      }
    }
  }

  private record Step(int line, int dependsOnLine, StepTemplate template) {}
}
