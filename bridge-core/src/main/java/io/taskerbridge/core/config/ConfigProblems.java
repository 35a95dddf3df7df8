package io.taskerbridge.core.config;

import io.taskerbridge.core.config.ConfigException.Problem;
import io.taskerbridge.core.config.ConfigKey.Secrecy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong so far. Loading goes on, so that one start shows all of it. */
final class ConfigProblems {
  private final Set<Problem> problems = new LinkedHashSet<>();

  void add(Origin origin, @Nullable String key, String fault, String remedy) {
    problems.add(new Problem(origin, key, fault, remedy));
  }

  void badValue(Origin origin, ConfigKey<?> key, BadValueException wrong, String expected) {
    add(origin, key.path(), wrong.fault(key.secrecy() != Secrecy.OPEN), "write " + expected);
  }

  void unknownKey(Origin origin, String path) {
    add(origin, path, "there is no such key", Hints.forKey(path));
  }

  void throwIfAny() {
    if (!problems.isEmpty()) {
      throw new ConfigException(List.copyOf(problems));
    }
  }
}
