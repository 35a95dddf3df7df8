package io.taskerbridge.core.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns what callers give into values that every sink can write: null, String, Boolean, Number, and
 * List or Map of these; redacted, bounded and of well-formed text. The bounds hold for one record
 * in all, so there is one instance a record. Confined to one thread.
 */
final class PlainValues {
  /** Characters of one text. */
  static final int LONGEST_TEXT = 32 * 1024;

  /** Levels of nested data. */
  static final int DEEPEST = 16;

  /** Entries of one map or list. */
  static final int MOST_ENTRIES = 256;

  private static final int MOST_VALUES = 4096;
  private static final int MOST_CHARACTERS = 8 * LONGEST_TEXT;
  private static final int LONGEST_NAME = 256;

  /** Digits of a number that are still written as a number. */
  private static final int MOST_DIGITS = 1000;

  private static final String CUT = "[cut]";

  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(Object.class);

  private final Redactor redactor;
  private final LogCounters counters;
  private int valuesLeft = MOST_VALUES;
  private int charactersLeft = MOST_CHARACTERS;

  PlainValues(Redactor redactor, LogCounters counters) {
    this.redactor = redactor;
    this.counters = counters;
  }

  /** The field's value as it may be shown. */
  @Nullable Object of(String key, @Nullable Object value) {
    return of(key, value, 1);
  }

  /** The text, redacted, bounded and well-formed; the same instance where nothing had to change. */
  String text(String text) {
    // twice the bound, so that a secret at the bound is still seen as one
    String shorter = text.length() > 2 * LONGEST_TEXT ? text.substring(0, 2 * LONGEST_TEXT) : text;
    String safe = redactor.redact(shorter);
    if (!safe.equals(shorter)) {
      counters.redacted();
    }
    if (safe.length() > LONGEST_TEXT) {
      safe = safe.substring(0, LONGEST_TEXT) + "... [cut, " + text.length() + " characters]";
    }
    return wellFormed(safe);
  }

  /** The name of a field, a logger or a class: never empty, bounded and well-formed. */
  static String name(@Nullable String name) {
    if (name == null || name.isEmpty()) {
      return "unnamed";
    }
    return wellFormed(name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name);
  }

  /** What stands for a value that cannot be converted. */
  static String unserializable(Object value) {
    return "<unserializable: " + value.getClass().getName() + ">";
  }

  // a caller's toString, iterator or size may do anything: recurse for ever, fail, be changed by
  // another thread meanwhile
  @SuppressWarnings("CatchingUnchecked")
  private @Nullable Object of(String key, @Nullable Object value, int depth) {
    if (value == null) {
      return null;
    }
    if (redactor.isSensitive(key)) {
      counters.redacted();
      return Redactor.REDACTED;
    }
    if (value instanceof String text) {
      return spend(text);
    }
    if (value instanceof Boolean || value instanceof Long || value instanceof Integer) {
      return value;
    }
    try {
      return convert(key, value, depth);
    } catch (RuntimeException | StackOverflowError | LinkageError e) {
      return unserializable(value);
    }
  }

  private @Nullable Object convert(String key, Object value, int depth) {
    return switch (value) {
      case Double d -> d;
      case Float f -> f;
      case Short s -> s;
      case Byte b -> b;
      case BigInteger whole -> whole.bitLength() > MOST_DIGITS * 3 ? hugeNumber() : whole;
      case BigDecimal decimal -> decimal.precision() > MOST_DIGITS ? hugeNumber() : decimal;
      case JsonText json -> parse(key, json.json(), depth);
      case Map<?, ?> map -> depth >= DEEPEST ? tooDeep() : map(map, depth + 1);
      case Collection<?> list -> depth >= DEEPEST ? tooDeep() : list(key, list, depth + 1);
      case Optional<?> optional -> of(key, optional.orElse(null), depth);
      default ->
          value.getClass().isArray() ? array(key, value, depth) : spend(String.valueOf(value));
    };
  }

  private static String hugeNumber() {
    return "[cut, a number of more than " + MOST_DIGITS + " digits]";
  }

  private static String tooDeep() {
    return "[cut, deeper than " + DEEPEST + "]";
  }

  /** The text, taken from what the record may hold in all. */
  private String spend(String text) {
    if (charactersLeft <= 0) {
      return CUT;
    }
    String safe = text(text);
    charactersLeft -= safe.length();
    return safe;
  }

  private @Nullable Object parse(String key, String json, int depth) {
    if (json.length() > charactersLeft) {
      return spend(json);
    }
    try {
      return of(key, JSON.<@Nullable Object>readValue(json), depth);
    } catch (JsonProcessingException e) {
      return spend(json);
    }
  }

  private Map<String, @Nullable Object> map(Map<?, ?> map, int depth) {
    Map<String, @Nullable Object> result = LinkedHashMap.newLinkedHashMap(map.size() & 0xff);
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (result.size() == MOST_ENTRIES || --valuesLeft < 0) {
        result.put("...", CUT + " of " + map.size());
        break;
      }
      String key = name(String.valueOf(entry.getKey()));
      result.put(key, of(key, entry.getValue(), depth));
    }
    return result;
  }

  private List<@Nullable Object> list(String key, Collection<?> list, int depth) {
    List<@Nullable Object> result = new ArrayList<>();
    for (Object element : list) {
      if (result.size() == MOST_ENTRIES || --valuesLeft < 0) {
        result.add(CUT + " of " + list.size());
        break;
      }
      result.add(of(key, element, depth));
    }
    return result;
  }

  private Object array(String key, Object array, int depth) {
    int length = Array.getLength(array);
    if (array instanceof byte[]) {
      return "<" + length + " bytes>";
    }
    if (depth >= DEEPEST) {
      return tooDeep();
    }
    List<@Nullable Object> result = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      if (i == MOST_ENTRIES || --valuesLeft < 0) {
        result.add(CUT + " of " + length);
        break;
      }
      result.add(of(key, Array.get(array, i), depth + 1));
    }
    return result;
  }

  /** The text with U+FFFD for each half of a surrogate pair that stands alone. */
  static String wellFormed(String text) {
    int length = text.length();
    int i = 0;
    while (i < length && !Character.isSurrogate(text.charAt(i))) {
      i++;
    }
    return i == length ? text : wellFormed(text, i);
  }

  private static String wellFormed(String text, int from) {
    StringBuilder result = new StringBuilder(text.length()).append(text, 0, from);
    int i = from;
    while (i < text.length()) {
      int point = text.codePointAt(i);
      boolean alone = point <= Character.MAX_VALUE && Character.isSurrogate((char) point);
      result.appendCodePoint(alone ? 0xFFFD : point);
      i += Character.charCount(point);
    }
    return result.toString();
  }
}
