package io.taskerbridge.core.guest;

import io.taskerbridge.core.metrics.Instrument;
import io.taskerbridge.core.metrics.Metrics;
import io.taskerbridge.core.metrics.Series;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The instruments of the process as a guest sees them: numbers for instruments and for series,
 * texts for lists. Safe for use by many threads. Defining throws for bad input; recording never
 * does.
 */
public final class GuestMetrics {
  /** Between the elements of a list that crosses as one text. */
  public static final String SEPARATOR = "\u001f";

  private final Metrics metrics;
  private final CopyOnWriteArrayList<Instrument> instruments = new CopyOnWriteArrayList<>();
  private final CopyOnWriteArrayList<Series> series = new CopyOnWriteArrayList<>();
  private final Map<Series, Integer> seriesNumbers = new HashMap<>();

  GuestMetrics(Metrics metrics) {
    this.metrics = metrics;
  }

  /**
   * Defines an instrument, or finds it.
   *
   * @param kind {@code counter}, {@code up_down_counter}, {@code histogram} or {@code gauge}
   * @param unit as OpenTelemetry writes it, or empty
   * @param labels label names joined by {@link #SEPARATOR}
   * @param buckets upper bounds joined by {@link #SEPARATOR}, or empty for the default
   * @return its number, at least 0
   * @throws IllegalArgumentException for a kind or name that is none, or a clash with an earlier
   *     definition
   */
  public int define(
      String kind, String name, String description, String unit, String labels, String buckets) {
    Instrument instrument =
        metrics.define(
            kind(kind),
            name,
            description,
            unit,
            split(labels),
            split(buckets).stream().map(bound -> bound(name, bound)).toList());
    synchronized (instruments) {
      int known = instruments.indexOf(instrument);
      if (known >= 0) {
        return known;
      }
      instruments.add(instrument);
      return instruments.size() - 1;
    }
  }

  /**
   * Binds labels.
   *
   * @param labels name, value, name, value ... joined by {@link #SEPARATOR}
   * @return the number of the series, to be kept by the guest
   */
  public int bind(int instrument, String labels) {
    List<String> parts = split(labels);
    Map<String, String> byName = new HashMap<>();
    for (int i = 0; i + 1 < parts.size(); i += 2) {
      byName.put(parts.get(i), parts.get(i + 1));
    }
    Series bound = instruments.get(instrument).bind(byName);
    synchronized (seriesNumbers) {
      return seriesNumbers.computeIfAbsent(
          bound,
          added -> {
            series.add(added);
            return series.size() - 1;
          });
    }
  }

  /**
   * Adds to a counter, observes in a histogram, sets a gauge. The thread's current context gives
   * the exemplar.
   */
  public void record(int boundSeries, double value) {
    if (boundSeries >= 0 && boundSeries < series.size()) {
      series.get(boundSeries).record(value);
    }
  }

  /** Adds to the last value of a gauge. */
  public void adjust(int boundSeries, double delta) {
    if (boundSeries >= 0 && boundSeries < series.size()) {
      series.get(boundSeries).adjust(delta);
    }
  }

  private static Instrument.Kind kind(String word) {
    for (Instrument.Kind kind : Instrument.Kind.values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "kind: " + word + " is none; use counter, up_down_counter, histogram or gauge");
  }

  private static Double bound(String metric, String text) {
    try {
      return Double.valueOf(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "buckets: \"" + text + "\" of the metric " + metric + " is not a number", e);
    }
  }

  private static List<String> split(String joined) {
    return joined.isEmpty() ? List.of() : new ArrayList<>(List.of(joined.split(SEPARATOR, -1)));
  }
}
