package io.taskerbridge.core.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One key of the configuration: all that the loader, {@code config show} and the reference know
 * about it. {@link ConfigKeys} has them all.
 *
 * @param path the section and the name, with dots between
 * @param inConfig where the value is in a configuration; gives the default too
 * @param optional whether an empty text stands for nothing
 * @param defaultNote how the default comes about where it depends on the machine, else null
 * @param variables who may set it, the weakest first
 * @param meaning one sentence for the reference
 */
record ConfigKey<T>(
    String path,
    ValueType<T> type,
    Component<T> inConfig,
    boolean optional,
    Secrecy secrecy,
    @Nullable String defaultNote,
    List<Variable<T>> variables,
    String meaning) {

  /** Reads the value of the key out of a configuration. */
  @FunctionalInterface
  interface Component<T> {
    @Nullable T of(BridgeConfig config);
  }

  /** What of a value may be shown. */
  enum Secrecy {
    /** All. */
    OPEN,
    /** All of a URL but the password in it. */
    URL_PASSWORD,
    /** Nothing. */
    SECRET
  }

  /**
   * A variable that sets the key.
   *
   * @param part the part of the variable that is meant, null where it says nothing about the key
   * @param type reads that part
   */
  record Variable<T>(String name, Part part, ValueType<T> type) {}

  /** Takes out of a variable what one key needs. */
  @FunctionalInterface
  interface Part {
    /** The whole. */
    Part WHOLE = text -> text;

    @Nullable String of(String text) throws BadValueException;
  }

  static <T> ConfigKey<T> key(
      String path, ValueType<T> type, Component<T> inConfig, String meaning) {
    return new ConfigKey<>(
        path,
        type,
        inConfig,
        false,
        Secrecy.OPEN,
        null,
        List.of(new Variable<>(variableFor(path), Part.WHOLE, type)),
        meaning);
  }

  ConfigKey<T> orNothing() {
    return new ConfigKey<>(path, type, inConfig, true, secrecy, defaultNote, variables, meaning);
  }

  ConfigKey<T> keeping(Secrecy newSecrecy) {
    return new ConfigKey<>(
        path, type, inConfig, optional, newSecrecy, defaultNote, variables, meaning);
  }

  ConfigKey<T> byDefault(String note) {
    return new ConfigKey<>(path, type, inConfig, optional, secrecy, note, variables, meaning);
  }

  /** A variable that wins over those before. */
  ConfigKey<T> variable(String name, Part part, ValueType<T> variableType) {
    List<Variable<T>> more = new ArrayList<>(variables);
    more.add(new Variable<>(name, part, variableType));
    return new ConfigKey<>(
        path, type, inConfig, optional, secrecy, defaultNote, List.copyOf(more), meaning);
  }

  ConfigKey<T> variable(String name) {
    return variable(name, Part.WHOLE, type);
  }

  /** A variable that all others win over. */
  ConfigKey<T> weakVariable(String name) {
    List<Variable<T>> more = new ArrayList<>(variables);
    more.add(0, new Variable<>(name, Part.WHOLE, type));
    return new ConfigKey<>(
        path, type, inConfig, optional, secrecy, defaultNote, List.copyOf(more), meaning);
  }

  /** The variable of ours that sets the key of that path. */
  static String variableFor(String path) {
    return VariableSource.PREFIX + path.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  /** The section: the path without its last part. */
  String section() {
    return path.substring(0, path.lastIndexOf('.'));
  }

  /** The last part of the path. */
  String name() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** What holds where nothing else is said, as TOML; paths are relative. */
  String defaultToml() {
    return toToml(inConfig.of(BridgeConfig.defaults()));
  }

  String toToml(@Nullable T value) {
    return value == null ? "\"\"" : type.toToml().apply(value);
  }

  @Nullable T placed(@Nullable T value, Path folder) {
    return value == null ? null : type.at().apply(value, folder);
  }
}
