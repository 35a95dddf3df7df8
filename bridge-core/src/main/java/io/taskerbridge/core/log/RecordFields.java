package io.taskerbridge.core.log;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects the caller's fields of one record, with the names that are the record's own moved under
 * {@link #NESTED}. The last of two fields of one name holds. Confined to one thread.
 */
final class RecordFields {
  /** Where a caller's field goes whose name is the record's own. */
  static final String NESTED = "fields";

  private static final Set<String> RESERVED =
      Set.of(
          "timestamp",
          "level",
          "message",
          "logger",
          "thread",
          "service",
          "component",
          "correlation_id",
          "parent_correlation_id",
          "trace_id",
          "span_id",
          "trace_flags",
          "task_uuid",
          "step_uuid",
          "namespace",
          NESTED);

  /** The record's own if it tells an error, else the caller's. */
  private static final Set<String> OF_ERROR =
      Set.of("error_type", "error_message", "error_code", "stack_trace");

  private final PlainValues values;
  private final boolean hasError;
  private final Map<String, @Nullable Object> top = new LinkedHashMap<>();
  private @Nullable Map<String, @Nullable Object> nested;

  RecordFields(PlainValues values, boolean hasError) {
    this.values = values;
    this.hasError = hasError;
  }

  void put(@Nullable String name, @Nullable Object value) {
    String key = PlainValues.name(name);
    target(key).put(key, values.of(key, value));
  }

  private Map<String, @Nullable Object> target(String key) {
    if (!isReserved(key) && !(hasError && OF_ERROR.contains(key))) {
      return top;
    }
    if (nested == null) {
      nested = new LinkedHashMap<>();
    }
    return nested;
  }

  static boolean isReserved(String key) {
    return RESERVED.contains(key);
  }

  /** What was put, those under {@link #NESTED} last. */
  Map<String, @Nullable Object> collect() {
    if (nested != null) {
      top.put(NESTED, nested);
    }
    return top;
  }
}
