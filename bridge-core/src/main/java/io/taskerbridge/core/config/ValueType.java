package io.taskerbridge.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What a key may hold: how a value is read from TOML and from the text of a variable or an option,
 * and how it is written. {@link ValueTypes} has them all.
 *
 * @param name for the reference, such as {@code integer}
 * @param expected what to write in TOML, such as {@code a whole number from 1 to 64}
 * @param expectedText what to write in a variable or an option
 * @param fromToml reads a value of a TOML file
 * @param fromText reads a variable or an option
 * @param toToml writes a value as TOML
 * @param at puts relative paths under a folder
 */
record ValueType<T>(
    String name,
    String expected,
    String expectedText,
    Reader<JsonNode, T> fromToml,
    Reader<String, T> fromText,
    Function<T, String> toToml,
    BiFunction<T, Path, T> at) {

  /** Makes a value of what somebody wrote. */
  @FunctionalInterface
  interface Reader<S, T> {
    T read(S source) throws BadValueException;
  }

  static <T> ValueType<T> of(
      String name,
      String expected,
      Reader<JsonNode, T> fromToml,
      Reader<String, T> fromText,
      Function<T, String> toToml) {
    return new ValueType<>(
        name, expected, expected, fromToml, fromText, toToml, (value, folder) -> value);
  }

  /** The same values, in variables and options written another way. */
  ValueType<T> readAs(String otherExpectedText, Reader<String, T> otherFromText) {
    return new ValueType<>(name, expected, otherExpectedText, fromToml, otherFromText, toToml, at);
  }

  /** The same values, with a way to put the relative paths in them under a folder. */
  ValueType<T> placed(BiFunction<T, Path, T> placement) {
    return new ValueType<>(name, expected, expectedText, fromToml, fromText, toToml, placement);
  }
}
