package io.taskerbridge.core.config;

import io.taskerbridge.core.config.ConfigKey.Variable;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The variables of the process environment. One that is blank counts as not set. */
final class VariableSource {
  static final String PREFIX = "TASKER_";

  /** Chooses the environment. */
  static final String ENVIRONMENT = PREFIX + "ENV";

  /** Of the launcher, not of the configuration. */
  private static final Set<String> LAUNCHER = Set.of(ENVIRONMENT, PREFIX + "HOME");

  private static final String LAUNCHER_PREFIX = PREFIX + "BRIDGE_";

  private VariableSource() {}

  /** Puts what the variables say over the values. */
  static void apply(Map<String, String> all, ConfigValues values, ConfigProblems problems) {
    Map<String, String> heard = heard(all);
    ConfigKeys.all().forEach(key -> apply(key, heard, values, problems));

    Set<String> known =
        ConfigKeys.all().stream()
            .map(key -> ConfigKey.variableFor(key.path()))
            .collect(Collectors.toSet());
    Set<String> unknown = new TreeSet<>(all.keySet());
    unknown.removeIf(name -> !name.startsWith(PREFIX) || name.startsWith(LAUNCHER_PREFIX));
    unknown.removeAll(LAUNCHER);
    unknown.removeAll(known);
    for (String name : unknown) {
      problems.add(Origin.variable(name), null, "matches no key", Hints.forVariable(name));
    }
  }

  private static <T> void apply(
      ConfigKey<T> key, Map<String, String> heard, ConfigValues values, ConfigProblems problems) {
    for (Variable<T> variable : key.variables()) {
      String text = heard.get(variable.name());
      if (text == null) {
        continue;
      }
      Origin origin = Origin.variable(variable.name());
      try {
        String part = partOf(variable, text, origin, problems);
        if (part != null) {
          values.put(key, variable.type().fromText().read(part), origin);
        }
      } catch (BadValueException e) {
        problems.badValue(origin, key, e, variable.type().expectedText());
      }
    }
  }

  /**
   * A variable that cannot even be taken apart is wrong as a whole, for whatever key it is read.
   */
  private static @Nullable String partOf(
      Variable<?> variable, String text, Origin origin, ConfigProblems problems) {
    try {
      return variable.part().of(text);
    } catch (BadValueException e) {
      problems.add(origin, null, e.fault(false), "write " + ValueTypes.table().expectedText());
      return null;
    }
  }

  /** Those that have something to say. */
  private static Map<String, String> heard(Map<String, String> all) {
    Map<String, String> heard = new TreeMap<>();
    all.forEach(
        (name, text) -> {
          if (!text.isBlank()) {
            heard.put(name, text.strip());
          }
        });
    // DATABASE_URL may be another program's: it is not even looked at when ours is there
    if (heard.containsKey(ConfigKey.variableFor(ConfigKeys.DATABASE_URL.path()))) {
      heard.remove(ConfigKeys.DATABASE_VARIABLE);
    }
    String sampler = heard.getOrDefault(ConfigKeys.SAMPLER_VARIABLE, "");
    if (ConfigKeys.PLAIN_SAMPLERS.contains(sampler.toLowerCase(Locale.ROOT))) {
      heard.remove(ConfigKeys.SAMPLER_ARGUMENT_VARIABLE);
    }
    return heard;
  }
}
