package io.taskerbridge.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The spans of one trace as a tree. Immutable. */
final class TraceTree {
  private static final int NAME_WIDTH = 62;
  private static final int REPEATS_SHOWN = 3;
  private static final Set<String> GUESTS = Set.of("ruby", "python");

  private final List<Node> roots = new ArrayList<>();
  private final Map<String, Node> nodes = new LinkedHashMap<>();

  private static final class Node {
    private final JsonNode span;
    private final List<Node> children = new ArrayList<>();

    Node(JsonNode span) {
      this.span = span;
    }

    String name() {
      return span.path("name").asText();
    }

    String language() {
      return span.path("language").asText();
    }

    double millis() {
      return span.path("duration_ms").asDouble();
    }

    boolean failed() {
      return span.path("status").asText().equals("error");
    }

    String label() {
      JsonNode attributes = span.path("attributes");
      if (!name().equals("step.execute")) {
        return name();
      }
      String handler = attributes.path("tasker.handler").asText();
      int attempt = attributes.path("tasker.attempt").asInt(1);
      return name() + " " + handler + (attempt > 1 ? ", attempt " + attempt : "");
    }

    boolean isRepeatOf(Node other) {
      return children.isEmpty()
          && other.children.isEmpty()
          && name().equals(other.name())
          && language().equals(other.language())
          && failed() == other.failed();
    }
  }

  /**
   * A tree of the spans.
   *
   * @param spans an array, by start time, as {@code GET /v1/tasks/{id}/trace} gives it
   */
  TraceTree(JsonNode spans) {
    for (JsonNode span : spans) {
      nodes.put(span.path("span_id").asText(), new Node(span));
    }
    for (Node node : nodes.values()) {
      Node parent = nodes.get(node.span.path("parent_span_id").asText());
      (parent == null ? roots : parent.children).add(node);
    }
  }

  int size() {
    return nodes.size();
  }

  /** How many spans each language made, {@code java 12, python 3, ruby 5}. */
  String languages() {
    Map<String, Integer> counts = new TreeMap<>();
    nodes.values().forEach(node -> counts.merge(node.language(), 1, Integer::sum));
    List<String> parts = new ArrayList<>();
    counts.forEach((language, count) -> parts.add(language + " " + count));
    return String.join(", ", parts);
  }

  /** What keeps it from being one tree with every guest span under a step; empty if nothing. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    if (roots.size() != 1) {
      faults.add(
          "the trace has " + roots.size() + " roots: " + roots.stream().map(Node::name).toList());
    }
    Set<Node> inSteps = new HashSet<>();
    roots.forEach(root -> collect(root, false, inSteps));
    for (Node node : nodes.values()) {
      if (GUESTS.contains(node.language()) && !inSteps.contains(node)) {
        faults.add("the " + node.language() + " span " + node.name() + " is under no step.execute");
      }
    }
    return faults;
  }

  private static void collect(Node node, boolean inStep, Set<Node> inSteps) {
    boolean here = inStep || node.name().equals("step.execute");
    if (here) {
      inSteps.add(node);
    }
    node.children.forEach(child -> collect(child, here, inSteps));
  }

  /** The tree, a line a span; many equal leaves in a row are one line. */
  String render() {
    StringBuilder text = new StringBuilder();
    roots.forEach(root -> render(root, "", "", text));
    return text.toString();
  }

  private static void render(Node node, String first, String rest, StringBuilder text) {
    line(text, first + node.label(), node.language(), node.millis(), error(node));
    List<Node> children = node.children;
    for (int i = 0; i < children.size(); ) {
      int run = run(children, i);
      int next = run > REPEATS_SHOWN ? i + run : i + 1;
      boolean last = next == children.size();
      String branch = rest + (last ? "└─ " : "├─ ");
      if (run > REPEATS_SHOWN) {
        repeats(children.subList(i, next), branch, text);
      } else {
        render(children.get(i), branch, rest + (last ? "   " : "│  "), text);
      }
      i = next;
    }
  }

  /** How many equal leaves there are in a row from that place. */
  private static int run(List<Node> siblings, int from) {
    int next = from + 1;
    while (next < siblings.size() && siblings.get(next).isRepeatOf(siblings.get(from))) {
      next++;
    }
    return next - from;
  }

  private static void repeats(List<Node> nodes, String branch, StringBuilder text) {
    Node one = nodes.get(0);
    double sum = nodes.stream().mapToDouble(Node::millis).sum();
    line(text, branch + one.label() + " × " + nodes.size(), one.language(), sum, error(one));
  }

  private static String error(Node node) {
    return node.failed()
        ? "  failed: " + node.span.path("attributes").path("error.type").asText("error")
        : "";
  }

  private static void line(
      StringBuilder text, String label, String language, double millis, String error) {
    text.append(label)
        .append(" ".repeat(Math.max(1, NAME_WIDTH - label.length())))
        .append(
            String.format(Locale.ROOT, "%-6s %9.1f ms%s", language, millis, error).stripTrailing())
        .append('\n');
  }
}
