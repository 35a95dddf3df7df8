package io.taskerbridge.core.config;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What to do about a name that is none. */
final class Hints {
  private Hints() {}

  /**
   * For a key: the nearest of its section, else the same name in another, else the nearest path.
   */
  static String forKey(String path) {
    int dot = path.lastIndexOf('.');
    String section = path.substring(0, Math.max(dot, 0));
    String name = path.substring(dot + 1);
    List<String> siblings =
        ConfigKeys.all().stream()
            .filter(key -> key.section().equals(section))
            .map(ConfigKey::name)
            .toList();
    return Nearest.to(name, siblings)
        .map(near -> section + "." + near)
        .or(() -> keyNamed(name))
        .or(() -> Nearest.to(path, paths(ConfigKey::path)))
        .map(near -> "did you mean " + near + "?")
        .orElseGet(
            () ->
                siblings.isEmpty()
                    ? forSection(path)
                    : "[" + section + "] has " + String.join(", ", siblings));
  }

  static String forSection(String path) {
    return Nearest.to(path, ConfigKeys.sections())
        .map(near -> "did you mean [" + near + "]?")
        .orElseGet(() -> "there are " + brackets(ConfigKeys.sections()));
  }

  static String forVariable(String name) {
    return Nearest.to(name, paths(key -> ConfigKey.variableFor(key.path())))
        .map(near -> "did you mean " + near + "?")
        .orElse("remove it; docs/configuration.md lists the variables");
  }

  private static Optional<String> keyNamed(String name) {
    return ConfigKeys.all().stream()
        .filter(key -> key.name().equals(name))
        .map(ConfigKey::path)
        .findFirst();
  }

  private static List<String> paths(Function<ConfigKey<?>, String> naming) {
    return ConfigKeys.all().stream().map(naming).toList();
  }

  private static String brackets(Collection<String> sections) {
    return sections.stream().map(section -> "[" + section + "]").collect(Collectors.joining(", "));
  }
}
