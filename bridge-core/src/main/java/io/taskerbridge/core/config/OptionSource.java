package io.taskerbridge.core.config;

import java.util.Map;

/** Keys that the command line sets, or the program that embeds the bridge. */
final class OptionSource {
  private OptionSource() {}

  /** Puts what the options say, by the path of the key, over the values. */
  static void apply(Map<String, String> options, ConfigValues values, ConfigProblems problems) {
    options.forEach(
        (path, text) -> {
          Origin origin = Origin.option(path);
          ConfigKey<?> key = ConfigKeys.find(path);
          if (key == null) {
            entry(path, text, origin, values, problems);
          } else {
            put(key, text.strip(), origin, values, problems);
          }
        });
  }

  private static <T> void put(
      ConfigKey<T> key, String text, Origin origin, ConfigValues values, ConfigProblems problems) {
    if (key.optional() && text.isEmpty()) {
      values.put(key, null, origin);
      return;
    }
    try {
      values.put(key, key.type().fromText().read(text), origin);
    } catch (BadValueException e) {
      problems.badValue(origin, key, e, key.type().expectedText());
    }
  }

  /** An entry of a table, such as {@code telemetry.otlp.headers.authorization}. */
  private static void entry(
      String path, String text, Origin origin, ConfigValues values, ConfigProblems problems) {
    for (ConfigKey<?> key : ConfigKeys.tables()) {
      String start = key.path() + ".";
      if (path.length() > start.length() && path.startsWith(start)) {
        values.putEntry(key, path.substring(start.length()), text, origin);
        return;
      }
    }
    problems.unknownKey(origin, path);
  }
}
