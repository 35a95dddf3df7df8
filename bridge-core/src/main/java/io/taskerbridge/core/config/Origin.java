package io.taskerbridge.core.config;

/**
 * Where a value of the configuration was said. Immutable.
 *
 * @param name the file, relative to the project where it lies inside; the variable; or the option
 * @param line the line in the file, from 1; 0 where it is not known or there are no lines
 */
public record Origin(Kind kind, String name, int line) {

  /** What speaks, the weakest first. */
  public enum Kind {
    /** Nobody said anything. */
    DEFAULT,
    /** A TOML file. */
    FILE,
    /** A variable of the process environment. */
    VARIABLE,
    /** The command line, or the program that embeds the bridge. */
    OPTION
  }

  static final Origin DEFAULT = new Origin(Kind.DEFAULT, "default", 0);

  static Origin file(String name, int line) {
    return new Origin(Kind.FILE, name, line);
  }

  static Origin variable(String name) {
    return new Origin(Kind.VARIABLE, name, 0);
  }

  static Origin option(String name) {
    return new Origin(Kind.OPTION, name, 0);
  }

  /** As people read it: {@code config/base/telemetry.toml:12}, {@code variable TASKER_ENV}. */
  @Override
  public String toString() {
    return switch (kind) {
      case DEFAULT -> name;
      case FILE -> line > 0 ? name + ":" + line : name;
      case VARIABLE -> "variable " + name;
      case OPTION -> "option " + name;
    };
  }
}
