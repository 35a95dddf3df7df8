package io.taskerbridge.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The types of the keys. A text in TOML is cut at neither end, one in a variable is trimmed. */
final class ValueTypes {
  private static final Pattern BARE_KEY = Pattern.compile("[A-Za-z0-9_-]+");

  private ValueTypes() {}

  static ValueType<Boolean> flag() {
    String expected = "true or false";
    return ValueType.of(
        "boolean",
        expected,
        node -> {
          if (!node.isBoolean()) {
            throw wrongKind(node);
          }
          return node.booleanValue();
        },
        ValueTypes::flagFromText,
        String::valueOf);
  }

  /** Variables that say the opposite of the key. */
  static ValueType<Boolean> negated() {
    return flag().readAs("true or false", text -> !flagFromText(text));
  }

  private static boolean flagFromText(String text) throws BadValueException {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw BadValueException.showing(quote(text), "is neither");
    };
  }

  static ValueType<Integer> integer(int least, int most) {
    ValueType.Reader<BigDecimal, Integer> limited =
        number -> inRange(number, BigDecimal.valueOf(least), BigDecimal.valueOf(most)).intValue();
    return ValueType.of(
        "integer",
        "a whole number from " + least + " to " + most,
        node -> {
          if (!node.isIntegralNumber()) {
            throw wrongKind(node);
          }
          return limited.read(node.decimalValue());
        },
        text -> {
          try {
            return limited.read(new BigDecimal(new BigInteger(text)));
          } catch (NumberFormatException e) {
            throw BadValueException.showing(quote(text), "is not a whole number");
          }
        },
        String::valueOf);
  }

  static ValueType<Double> ratio() {
    return number(
        "ratio",
        "a number from 0 to 1",
        BigDecimal.ZERO,
        BigDecimal.ONE,
        BigDecimal::doubleValue,
        BigDecimal::valueOf);
  }

  /** Seconds, with a fraction where wanted. */
  static ValueType<Duration> seconds(String least, String most) {
    return duration("seconds", least, most, 1_000_000_000);
  }

  /** Milliseconds. */
  static ValueType<Duration> milliseconds(String least, String most) {
    return duration("milliseconds", least, most, 1_000_000);
  }

  private static ValueType<Duration> duration(String unit, String least, String most, int nanos) {
    BigDecimal scale = BigDecimal.valueOf(nanos);
    return number(
        unit,
        "a number of " + unit + " from " + least + " to " + most,
        new BigDecimal(least),
        new BigDecimal(most),
        number -> Duration.ofNanos(number.multiply(scale).longValue()),
        duration -> BigDecimal.valueOf(duration.toNanos()).divide(scale));
  }

  private static <T> ValueType<T> number(
      String name,
      String expected,
      BigDecimal least,
      BigDecimal most,
      Function<BigDecimal, T> from,
      Function<T, BigDecimal> to) {
    return ValueType.of(
        name,
        expected,
        node -> {
          if (!node.isNumber()) {
            throw wrongKind(node);
          }
          if (!Double.isFinite(node.doubleValue())) {
            throw BadValueException.showing(node.asText(), "is out of range");
          }
          return from.apply(inRange(node.decimalValue(), least, most));
        },
        text -> {
          try {
            return from.apply(inRange(new BigDecimal(text), least, most));
          } catch (NumberFormatException e) {
            throw BadValueException.showing(quote(text), "is not a number");
          }
        },
        value -> plain(to.apply(value)));
  }

  private static BigDecimal inRange(BigDecimal number, BigDecimal least, BigDecimal most)
      throws BadValueException {
    if (number.compareTo(least) < 0 || number.compareTo(most) > 0) {
      throw BadValueException.showing(number.toString(), "is out of range");
    }
    return number;
  }

  private static String plain(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return (stripped.scale() < 0 ? stripped.setScale(0) : stripped).toPlainString();
  }

  /** One of some words; case does not count. The words are in the order of the enum. */
  static <E extends Enum<E>> ValueType<E> choice(Class<E> values, Function<E, String> word) {
    Map<String, E> words = new LinkedHashMap<>();
    for (E value : values.getEnumConstants()) {
      words.put(word.apply(value), value);
    }
    return text(
        "choice", oneOf(words), text -> chosen(words, text), value -> quote(word.apply(value)));
  }

  /** The same values under other words. */
  static <T> ValueType<T> withWords(ValueType<T> type, Map<String, T> words) {
    return type.readAs(oneOf(words), text -> chosen(words, text));
  }

  /** Enum constants as words: lower case. */
  static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String oneOf(Map<String, ?> words) {
    List<String> quoted = words.keySet().stream().map(ValueTypes::quote).toList();
    return String.join(", ", quoted.subList(0, quoted.size() - 1))
        + " or "
        + quoted.get(quoted.size() - 1);
  }

  private static <T> T chosen(Map<String, T> words, String text) throws BadValueException {
    for (Map.Entry<String, T> word : words.entrySet()) {
      if (word.getKey().equalsIgnoreCase(text)) {
        return word.getValue();
      }
    }
    throw BadValueException.showing(
        quote(text),
        "is unknown"
            + Nearest.to(text, words.keySet())
                .map(near -> ", did you mean " + quote(near) + "?")
                .orElse(""));
  }

  /** Text that must not be blank. */
  static ValueType<String> text() {
    return text("text", "a text that is not blank", ValueTypes::notBlank, ValueTypes::quote);
  }

  /** Text of any kind. */
  static ValueType<String> anyText() {
    return text("text", "a text", text -> text, ValueTypes::quote);
  }

  private static String notBlank(String text) throws BadValueException {
    if (text.isBlank()) {
      throw BadValueException.of("is blank");
    }
    return text;
  }

  /** A URL with a host, in one of the schemes. */
  static ValueType<String> url(String... schemes) {
    return text(
        "URL",
        "a URL that begins with "
            + Arrays.stream(schemes).map(s -> s + "://").collect(Collectors.joining(" or ")),
        text -> {
          try {
            URI url = new URI(text);
            if (url.getScheme() == null || !List.of(schemes).contains(url.getScheme())) {
              throw BadValueException.showing(quote(text), "has the wrong scheme");
            }
            if (url.getHost() == null) {
              throw BadValueException.showing(quote(text), "names no host");
            }
            return text;
          } catch (URISyntaxException e) {
            throw BadValueException.showing(quote(text), "is not a URL");
          }
        },
        ValueTypes::quote);
  }

  /** Where a PostgreSQL server is: JDBC allows several hosts and none, so only the start counts. */
  static ValueType<String> postgresUrl() {
    List<String> starts = List.of("jdbc:postgresql:", "postgresql://", "postgres://");
    return text(
        "URL",
        "a URL that begins with " + String.join(" or ", starts),
        text -> {
          if (starts.stream().noneMatch(text::startsWith) || text.contains(" ")) {
            throw BadValueException.showing(quote(text), "is not the URL of a PostgreSQL server");
          }
          return text;
        },
        ValueTypes::quote);
  }

  static ValueType<Path> path() {
    return text("path", "a path", ValueTypes::toPath, (Path path) -> quote(path.toString()))
        .placed((path, folder) -> folder.resolve(path).normalize());
  }

  private static Path toPath(String text) throws BadValueException {
    try {
      return Path.of(notBlank(text));
    } catch (InvalidPathException e) {
      throw BadValueException.showing(quote(text), "is not a path");
    }
  }

  private static <T> ValueType<T> text(
      String name,
      String expected,
      ValueType.Reader<String, T> reader,
      Function<T, String> toToml) {
    return ValueType.of(
        name,
        expected,
        node -> {
          if (!node.isTextual()) {
            throw wrongKind(node);
          }
          return reader.read(node.textValue());
        },
        reader,
        toToml);
  }

  /** A list; in variables with commas between. */
  static <T> ValueType<List<T>> listOf(ValueType<T> member, String plural) {
    ValueType<List<T>> type =
        ValueType.of(
            "list of " + plural,
            "a list of " + plural,
            node -> {
              if (!node.isArray()) {
                throw wrongKind(node);
              }
              List<T> values = new ArrayList<>();
              for (JsonNode element : node) {
                values.add(member.fromToml().read(element));
              }
              return List.copyOf(values);
            },
            text -> readAll(member, parts(text)),
            values ->
                values.stream().map(member.toToml()).collect(Collectors.joining(", ", "[", "]")));
    return type.readAs(plural + " with commas between", type.fromText())
        .placed(
            (values, folder) ->
                values.stream().map(value -> member.at().apply(value, folder)).toList());
  }

  private static <T> List<T> readAll(ValueType<T> member, List<String> parts)
      throws BadValueException {
    List<T> values = new ArrayList<>();
    for (String part : parts) {
      values.add(member.fromText().read(part));
    }
    return List.copyOf(values);
  }

  /** A table of texts; in variables {@code name=value,name=value}, percent-encoded. */
  static ValueType<Map<String, String>> table() {
    return ValueType.of(
            "table of texts",
            "a table whose values are texts",
            node -> {
              if (!node.isObject()) {
                throw wrongKind(node);
              }
              Map<String, String> entries = new LinkedHashMap<>();
              flatten("", node, entries);
              return entries;
            },
            ValueTypes::tableFromText,
            ValueTypes::tableToToml)
        .readAs("name=value pairs with commas between, percent-encoded", ValueTypes::tableFromText);
  }

  private static String tableToToml(Map<String, String> entries) {
    return entries.entrySet().stream()
        .map(entry -> quote(entry.getKey()) + " = " + quote(entry.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  /** Dots in a bare TOML key make tables, but mean a dotted name here. */
  private static void flatten(String prefix, JsonNode table, Map<String, String> entries)
      throws BadValueException {
    for (Map.Entry<String, JsonNode> field : table.properties()) {
      String name = prefix + field.getKey();
      if (field.getValue().isObject()) {
        flatten(name + ".", field.getValue(), entries);
      } else if (field.getValue().isTextual()) {
        entries.put(name, field.getValue().textValue());
      } else {
        throw BadValueException.of(quote(name) + " is no text");
      }
    }
  }

  static Map<String, String> tableFromText(String text) throws BadValueException {
    Map<String, String> entries = new LinkedHashMap<>();
    for (String part : parts(text)) {
      int equals = part.indexOf('=');
      if (equals < 1) {
        throw BadValueException.showing(quote(part), "is no name=value pair");
      }
      entries.put(
          decode(part.substring(0, equals).strip()), decode(part.substring(equals + 1).strip()));
    }
    return entries;
  }

  private static String decode(String text) throws BadValueException {
    try {
      // a plus means a plus in these variables, not the space of an HTML form
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw BadValueException.showing(quote(text), "is not percent-encoded");
    }
  }

  private static List<String> parts(String text) {
    return Arrays.stream(text.split(","))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  private static BadValueException wrongKind(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> BadValueException.showing(quote(node.textValue()), "is a text");
      case NUMBER ->
          BadValueException.showing(
              node.asText(), node.isIntegralNumber() ? "is a number" : "is a decimal number");
      case BOOLEAN -> BadValueException.showing(node.asText(), "is a boolean");
      case ARRAY -> BadValueException.of("is a list");
      default -> BadValueException.of("is a table");
    };
  }

  /** A name as part of a TOML key: with quotes only where it needs them. */
  static String keyPart(String name) {
    return BARE_KEY.matcher(name).matches() ? name : quote(name);
  }

  /** A TOML basic string. */
  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < 0x20 || c == 0x7f) {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
