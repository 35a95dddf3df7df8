package io.taskerbridge.host.orchestration;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.taskerbridge.core.config.Nearest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The workflows that tasks can be requested of. Immutable. */
public final class TemplateCatalog {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
  private static final Comparator<TaskTemplate> BY_VERSION =
      Comparator.comparing(TaskTemplate::version, TemplateCatalog::compareVersions);

  private final List<TaskTemplate> templates;
  private final List<TemplateProblem> problems;

  private TemplateCatalog(List<TaskTemplate> templates, List<TemplateProblem> problems) {
    this.templates = List.copyOf(templates);
    this.problems = List.copyOf(problems);
  }

  /**
   * Reads every {@code .yaml} and {@code .yml} file in the folders and their subfolders. A bad
   * template is a problem, and the others are loaded all the same.
   *
   * @param handlerKnown whether a handler of that name can be called
   */
  public static TemplateCatalog load(List<Path> folders, Predicate<String> handlerKnown) {
    List<TaskTemplate> templates = new ArrayList<>();
    List<TemplateProblem> problems = new ArrayList<>();
    Map<String, String> sources = new HashMap<>();
    var reader = new TemplateReader(handlerKnown);
    for (Path folder : folders) {
      for (Path file : files(folder, problems)) {
        try {
          TaskTemplate template = reader.read(Files.readString(file), file.toString());
          String before = sources.putIfAbsent(template.id(), file.toString());
          if (before != null) {
            throw new TemplateFault(1, template.id() + " is already defined by " + before);
          }
          templates.add(template);
        } catch (TemplateFault e) {
          problems.add(new TemplateProblem(file.toString(), e.line(), e.text()));
        } catch (IOException e) {
          problems.add(new TemplateProblem(file.toString(), 0, "cannot be read: " + e));
        }
      }
    }
    return new TemplateCatalog(templates, problems);
  }

  /** The templates, in the order of their files. */
  public List<TaskTemplate> templates() {
    return templates;
  }

  /** The templates that were refused. */
  public List<TemplateProblem> problems() {
    return problems;
  }

  /** The template of that name; the newest where the version is null. */
  public Optional<TaskTemplate> find(String namespace, String name, @Nullable String version) {
    return templates.stream()
        .filter(t -> t.namespace().equals(namespace) && t.name().equals(name))
        .filter(t -> version == null || t.version().equals(version))
        .max(BY_VERSION);
  }

  /**
   * Checks a request and finds its template.
   *
   * @param maxContextBytes the largest context, in UTF-8
   * @throws TaskRequestException if the request cannot be served
   */
  public TaskTemplate resolve(TaskRequest request, int maxContextBytes) {
    refuseNul("namespace", request.namespace());
    refuseNul("name", request.name());
    if (request.version() != null) {
      refuseNul("version", request.version());
    }
    checkContext(request.contextJson(), maxContextBytes);
    return find(request.namespace(), request.name(), request.version())
        .orElseThrow(() -> unknown(request));
  }

  private TaskRequestException unknown(TaskRequest request) {
    List<TaskTemplate> inNamespace =
        templates.stream().filter(t -> t.namespace().equals(request.namespace())).toList();
    if (inNamespace.isEmpty()) {
      Collection<String> namespaces =
          templates.stream().map(TaskTemplate::namespace).distinct().toList();
      return new TaskRequestException(
          "namespace",
          "there is no template in the namespace \""
              + request.namespace()
              + "\""
              + Nearest.hint(request.namespace(), namespaces));
    }
    List<TaskTemplate> named =
        inNamespace.stream().filter(t -> t.name().equals(request.name())).toList();
    if (named.isEmpty()) {
      return new TaskRequestException(
          "name",
          "there is no template \""
              + request.name()
              + "\" in the namespace "
              + request.namespace()
              + Nearest.hint(
                  request.name(), inNamespace.stream().map(TaskTemplate::name).toList()));
    }
    return new TaskRequestException(
        "version",
        "there is no version \""
            + request.version()
            + "\" of "
            + request.namespace()
            + "/"
            + request.name()
            + "; there is "
            + String.join(
                ", ", named.stream().sorted(BY_VERSION).map(TaskTemplate::version).toList()));
  }

  private static void checkContext(String context, int maxBytes) {
    refuseNul("context", context);
    int bytes = context.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > maxBytes) {
      throw new TaskRequestException(
          "context",
          "the context has " + bytes + " bytes; " + maxBytes + " are the most that is taken");
    }
    try {
      if (!JSON.readTree(context).isObject()) {
        throw new TaskRequestException(
            "context", "the context must be a JSON object, such as {\"order_id\": 1}");
      }
    } catch (JsonProcessingException e) {
      throw new TaskRequestException(
          "context",
          "the context is no JSON: "
              + e.getOriginalMessage()
              + " (line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr()
              + ")");
    }
  }

  private static void refuseNul(String field, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new TaskRequestException(field, field + " must not hold a NUL character");
    }
  }

  private static List<Path> files(Path folder, List<TemplateProblem> problems) {
    if (!Files.isDirectory(folder)) {
      problems.add(new TemplateProblem(folder.toString(), 0, "there is no such template folder"));
      return List.of();
    }
    try (Stream<Path> found = Files.walk(folder)) {
      return found
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().endsWith(".yaml") || file.toString().endsWith(".yml"))
          .sorted()
          .toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      problems.add(new TemplateProblem(folder.toString(), 0, "cannot be read: " + e.getMessage()));
      return List.of();
    }
  }

  /** Numbers by value, all else by text: 1.10.0 is newer than 1.9.0. */
  private static int compareVersions(String left, String right) {
    String[] a = left.split("[.-]", -1);
    String[] b = right.split("[.-]", -1);
    for (int i = 0; i < Math.max(a.length, b.length); i++) {
      String x = i < a.length ? a[i] : "0";
      String y = i < b.length ? b[i] : "0";
      int order =
          x.matches("\\d{1,9}") && y.matches("\\d{1,9}")
              ? Integer.compare(Integer.parseInt(x), Integer.parseInt(y))
              : x.compareTo(y);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
