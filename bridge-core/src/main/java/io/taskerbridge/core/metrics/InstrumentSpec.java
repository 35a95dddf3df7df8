package io.taskerbridge.core.metrics;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an instrument is. Immutable.
 *
 * @param unit as OpenTelemetry writes it, empty for none
 * @param labels the label names allowed
 * @param buckets upper bounds of a histogram, ascending; empty for other kinds
 */
record InstrumentSpec(
    String name,
    Instrument.Kind kind,
    String unit,
    String description,
    List<String> labels,
    List<Double> buckets) {

  private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9_.]{0,199}");
  private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,99}");
  private static final Set<String> IDENTITIES =
      Set.of(
          "correlation_id",
          "parent_correlation_id",
          "trace_id",
          "span_id",
          "task_uuid",
          "step_uuid");
  private static final Map<String, List<Double>> DEFAULT_BUCKETS =
      Map.of(
          "ms",
          List.of(
              1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0, 10000.0,
              30000.0, 60000.0),
          "s",
          List.of(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
          "By",
          List.of(256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0, 1048576.0, 4194304.0));
  private static final List<Double> OTHER_BUCKETS =
      List.of(
          0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0,
          500.0, 1000.0);

  InstrumentSpec {
    labels = List.copyOf(labels);
    buckets =
        kind != Instrument.Kind.HISTOGRAM
            ? List.of()
            : buckets.isEmpty()
                ? DEFAULT_BUCKETS.getOrDefault(unit, OTHER_BUCKETS)
                : finite(buckets);
    check(name, kind, labels, buckets);
  }

  /** The name of the series that Prometheus shows, {@code _total} of a counter included. */
  String exposedName() {
    return ExposedName.of(name, unit, kind == Instrument.Kind.COUNTER);
  }

  /** The name that Prometheus knows all its series by: two kinds cannot share it. */
  String familyName() {
    String exposed = exposedName();
    return kind == Instrument.Kind.COUNTER
        ? exposed.substring(0, exposed.length() - ExposedName.TOTAL.length())
        : exposed;
  }

  /** What stands in the way of using the other definition for this instrument, or null. */
  @Nullable String clashWith(InstrumentSpec other, boolean fewerLabelsAllowed) {
    if (kind != other.kind) {
      return "it is a " + kind.word() + ", not a " + other.kind.word();
    }
    Set<String> mine = Set.copyOf(labels);
    Set<String> theirs = Set.copyOf(other.labels);
    if (fewerLabelsAllowed ? !mine.containsAll(theirs) : !mine.equals(theirs)) {
      return "its labels are " + labels + ", not " + other.labels;
    }
    return null;
  }

  /** A last bound of infinity is what every histogram has. */
  private static List<Double> finite(List<Double> bounds) {
    int last = bounds.size() - 1;
    return List.copyOf(
        bounds.get(last) == Double.POSITIVE_INFINITY ? bounds.subList(0, last) : bounds);
  }

  private static void check(
      String name, Instrument.Kind kind, List<String> labels, List<Double> buckets) {
    if (!NAME.matcher(name).matches() || name.contains("__") || name.contains("..")) {
      throw new IllegalArgumentException(
          "name: \""
              + name
              + "\" is not a legal metric name; begin with a letter, go on with letters, digits,"
              + " single underscores and dots, 200 characters at most");
    }
    for (String label : labels) {
      if (!LABEL.matcher(label).matches() || label.contains("__")) {
        throw new IllegalArgumentException(
            "labels: \""
                + label
                + "\" of the metric "
                + name
                + " is not a legal label name; use letters, digits and single underscores");
      }
      if (IDENTITIES.contains(label)) {
        throw new IllegalArgumentException(
            "labels: "
                + label
                + " of the metric "
                + name
                + " would make one series for each request; leave it out, exemplars carry it");
      }
      if (kind == Instrument.Kind.HISTOGRAM && label.equals("le")) {
        throw new IllegalArgumentException(
            "labels: le of the histogram " + name + " is the bucket's own label; choose another");
      }
    }
    if (Set.copyOf(labels).size() != labels.size()) {
      throw new IllegalArgumentException(
          "labels: the metric " + name + " names a label twice: " + labels);
    }
    for (int i = 0; i < buckets.size(); i++) {
      if (!Double.isFinite(buckets.get(i)) || (i > 0 && buckets.get(i) <= buckets.get(i - 1))) {
        throw new IllegalArgumentException(
            "buckets: the bounds of the histogram " + name + " must ascend: " + buckets);
      }
    }
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT) + " " + name + labels;
  }
}
