package io.taskerbridge.core.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One TOML file. */
final class TomlSource {
  private static final TomlMapper TOML = new TomlMapper();

  private final String name;
  private final TomlLines lines;
  private final ConfigValues values;
  private final ConfigProblems problems;

  private TomlSource(String name, TomlLines lines, ConfigValues values, ConfigProblems problems) {
    this.name = name;
    this.lines = lines;
    this.values = values;
    this.problems = problems;
  }

  /**
   * Puts what the file says over the values.
   *
   * @param name of the file for people
   */
  static void apply(Path file, String name, ConfigValues values, ConfigProblems problems) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      String remedy = Files.exists(file) ? "make it a readable text in UTF-8" : "name another file";
      problems.add(Origin.file(name, 0), null, reason(file, e), remedy);
      return;
    }
    TomlLines lines = TomlLines.of(text);
    try {
      JsonNode root = TOML.readTree(text);
      new TomlSource(name, lines, values, problems).table(root, List.of());
    } catch (JacksonException e) {
      problems.add(
          Origin.file(name, faultyLine(e, lines)),
          null,
          "is not TOML: " + firstLine(e.getOriginalMessage()),
          "correct the line");
    }
  }

  private static String reason(Path file, IOException e) {
    return Files.exists(file) ? "cannot be read: " + e.getMessage() : "there is no such file";
  }

  /** The parser sees a repeated key only when it has read on. */
  private static int faultyLine(JacksonException e, TomlLines lines) {
    return e.getOriginalMessage().startsWith("Duplicate key") && lines.repeatedLine() > 0
        ? lines.repeatedLine()
        : Math.max(0, e.getLocation().getLineNr());
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private void table(JsonNode table, List<String> above) {
    for (Map.Entry<String, JsonNode> field : table.properties()) {
      List<String> place = new ArrayList<>(above);
      place.add(field.getKey());
      String path = String.join(".", place.stream().map(ValueTypes::keyPart).toList());
      Origin origin = Origin.file(name, lines.line(place));
      ConfigKey<?> key = ConfigKeys.find(path);
      if (key != null) {
        put(key, field.getValue(), place);
      } else if (isSection(path)) {
        section(field.getValue(), place, path, origin);
      } else if (field.getValue().isObject()) {
        problems.add(origin, path, "there is no such section", Hints.forSection(path));
      } else {
        problems.unknownKey(origin, path);
      }
    }
  }

  private void section(JsonNode value, List<String> place, String path, Origin origin) {
    if (value.isObject()) {
      table(value, place);
    } else {
      problems.add(origin, path, "is a section", "write [" + path + "] once, its keys below");
    }
  }

  private static boolean isSection(String path) {
    return ConfigKeys.sections().contains(path);
  }

  private <T> void put(ConfigKey<T> key, JsonNode node, List<String> place) {
    Origin origin = Origin.file(name, lines.line(place));
    if (key.optional() && node.isTextual() && node.textValue().isEmpty()) {
      values.put(key, null, origin);
      return;
    }
    try {
      T value = key.type().fromToml().read(node);
      if (value instanceof Map<?, ?> entries) {
        entries.forEach((entry, text) -> putEntry(key, place, (String) entry, (String) text));
      } else {
        values.put(key, value, origin);
      }
    } catch (BadValueException e) {
      problems.badValue(origin, key, e, key.type().expected());
    }
  }

  private void putEntry(ConfigKey<?> key, List<String> place, String entry, String text) {
    List<String> quoted = new ArrayList<>(place);
    quoted.add(entry);
    List<String> dotted = new ArrayList<>(place);
    dotted.addAll(List.of(entry.split("\\.", -1)));
    int line = Math.max(lines.line(quoted), lines.line(dotted));
    values.putEntry(key, entry, text, Origin.file(name, line));
  }
}
