package io.taskerbridge.core.metrics;

import java.util.List;
import java.util.Map;

/**
 * How a metric is called where Prometheus reads it: dots become underscores, the unit is written
 * out at the end unless the name ends in it already, in full or in short, and a counter ends in
 * {@code _total}, once.
 */
public final class ExposedName {
  static final String TOTAL = "_total";

  /** The unit written out first, then the short forms that a name may end in instead. */
  private static final Map<String, List<String>> SUFFIXES =
      Map.ofEntries(
          Map.entry("ns", List.of("_nanoseconds", "_ns")),
          Map.entry("us", List.of("_microseconds", "_us")),
          Map.entry("ms", List.of("_milliseconds", "_ms")),
          Map.entry("s", List.of("_seconds", "_s")),
          Map.entry("min", List.of("_minutes", "_min")),
          Map.entry("h", List.of("_hours", "_h")),
          Map.entry("d", List.of("_days", "_d")),
          Map.entry("By", List.of("_bytes")),
          Map.entry("KiBy", List.of("_kibibytes", "_kib")),
          Map.entry("MiBy", List.of("_mebibytes", "_mib")),
          Map.entry("MBy", List.of("_megabytes", "_mb")),
          Map.entry("%", List.of("_percent", "_pct")));

  private ExposedName() {}

  /**
   * The exposed name.
   *
   * @param unit as OpenTelemetry writes it; one that is not known, and an annotation in braces,
   *     adds nothing
   */
  public static String of(String name, String unit, boolean counter) {
    String base = sanitize(name);
    if (counter && base.endsWith(TOTAL)) {
      base = base.substring(0, base.length() - TOTAL.length());
    }
    List<String> suffixes = SUFFIXES.getOrDefault(unit, List.of());
    if (!suffixes.isEmpty() && suffixes.stream().noneMatch(base::endsWith)) {
      base += suffixes.get(0);
    }
    return counter ? base + TOTAL : base;
  }

  private static String sanitize(String name) {
    StringBuilder legal = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean digit = c >= '0' && c <= '9' && i > 0;
      if (letter || digit) {
        legal.append(c);
      } else if (legal.isEmpty() || legal.charAt(legal.length() - 1) != '_') {
        legal.append('_');
      }
    }
    return legal.toString();
  }
}
