package io.taskerbridge.core.metrics;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A counter, up-down counter, histogram or gauge with its label allow-list. Safe for use by many
 * threads.
 */
public final class Instrument {
  private static final AttributeKey<Boolean> OVERFLOW =
      AttributeKey.booleanKey("otel.metric.overflow");

  private final InstrumentSpec spec;
  private final Metrics owner;
  private final Recorder recorder;
  private final int seriesLimit;
  private final Series overflow;
  private final List<AttributeKey<String>> labelKeys;
  private final Map<String, Integer> labelIndex = new LinkedHashMap<>();

  /** Bounded: what guests pass, before it is cleaned, may vary without end. */
  private final ConcurrentHashMap<List<@Nullable String>, Series> bound = new ConcurrentHashMap<>();

  private final ConcurrentHashMap<Attributes, Series> series = new ConcurrentHashMap<>();
  private final CopyOnWriteArrayList<Poll> polls = new CopyOnWriteArrayList<>();

  Instrument(InstrumentSpec spec, Metrics owner, Recorder recorder, int seriesLimit) {
    this.spec = spec;
    this.owner = owner;
    this.recorder = recorder;
    this.seriesLimit = seriesLimit;
    this.overflow = new Series(this, Attributes.of(OVERFLOW, true), true);
    this.labelKeys = spec.labels().stream().map(AttributeKey::stringKey).toList();
    for (String label : spec.labels()) {
      labelIndex.put(label, labelIndex.size());
    }
  }

  /** The name in the catalog, or the one that a guest gave. */
  public String name() {
    return spec.name();
  }

  /** What it does with a value. */
  public Kind kind() {
    return spec.kind();
  }

  /** The label names allowed, in the order of their declaration. */
  public List<String> labels() {
    return spec.labels();
  }

  /**
   * Binds labels; those that were not declared are dropped and reported once, a null value is a
   * label not given. Bound series are cached. Beyond the series limit all labels give one overflow
   * series.
   */
  public Series bind(Map<String, ? extends @Nullable String> given) {
    @Nullable String[] values = new @Nullable String[labelKeys.size()];
    given.forEach((label, value) -> place(values, label, value));
    return bind(values);
  }

  /**
   * Records with labels given as name, value, name, value... A last name without a value is
   * ignored.
   */
  public void record(double value, String... given) {
    try {
      @Nullable String[] values = new @Nullable String[labelKeys.size()];
      for (int i = 0; i + 1 < given.length; i += 2) {
        place(values, given[i], given[i + 1]);
      }
      bind(values).record(value);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private void place(@Nullable String[] values, String label, @Nullable String value) {
    Integer index = labelIndex.get(label);
    if (index == null) {
      owner.rejectedLabel(spec, label);
    } else {
      values[index] = value;
    }
  }

  private Series bind(@Nullable String[] values) {
    List<@Nullable String> key = Arrays.asList(values);
    Series known = bound.get(key);
    if (known != null) {
      return known;
    }
    Series found = find(clean(values));
    if (bound.size() < 2 * seriesLimit) {
      bound.put(key, found);
    }
    return found;
  }

  private Attributes clean(@Nullable String[] values) {
    var builder = Attributes.builder();
    for (int i = 0; i < values.length; i++) {
      String value = values[i];
      if (value != null) {
        AttributeKey<String> key = labelKeys.get(i);
        builder.put(key, owner.guard().clean(key.getKey(), value));
      }
    }
    return builder.build();
  }

  private Series find(Attributes labels) {
    Series known = series.get(labels);
    if (known != null) {
      return known;
    }
    synchronized (series) {
      if (series.size() >= seriesLimit - 1 && !series.containsKey(labels)) {
        return overflow;
      }
      return series.computeIfAbsent(labels, added -> new Series(this, added, false));
    }
  }

  void add(double value, Attributes attributes, Context context) {
    recorder.record(value, attributes, context);
  }

  /** Whether the value may be recorded; one that may not is reported once and counted. */
  boolean accepts(double value) {
    if (!Double.isFinite(value)) {
      owner.refused(spec, "the value " + value + " is not a finite number");
      return false;
    }
    if (spec.kind() == Kind.COUNTER && value < 0) {
      owner.refused(spec, "a counter cannot go down, yet it was given " + value);
      return false;
    }
    return true;
  }

  void overflowed() {
    owner.overflowed(spec);
  }

  void failed(RuntimeException cause) {
    owner.failed(spec, cause);
  }

  InstrumentSpec spec() {
    return spec;
  }

  Poll.Subscription poll(Poll poll) {
    polls.add(poll);
    return () -> polls.remove(poll);
  }

  /** Every value of a gauge now; what is polled goes before what was set. */
  Map<Attributes, Double> gaugeValues() {
    Map<Attributes, Double> values = new LinkedHashMap<>();
    List<Series> all = new ArrayList<>(series.values());
    all.add(overflow);
    for (Series one : all) {
      if (one.isSet()) {
        values.put(one.labels(), one.gaugeValue());
      }
    }
    for (Poll poll : polls) {
      try {
        poll.read(
            (value, given) -> {
              @Nullable String[] labels = new @Nullable String[labelKeys.size()];
              for (int i = 0; i + 1 < given.length; i += 2) {
                place(labels, given[i], given[i + 1]);
              }
              values.put(bind(labels).labels(), value);
            });
      } catch (Exception e) {
        owner.failed(spec, e);
      }
    }
    return values;
  }

  /** Where an accepted value goes. */
  @FunctionalInterface
  interface Recorder {
    void record(double value, Attributes attributes, Context context);
  }

  /** The kinds of instruments. */
  public enum Kind {
    /** Only goes up. */
    COUNTER,
    /** Goes up and down by what is recorded. */
    UP_DOWN_COUNTER,
    /** Counts values by their size. */
    HISTOGRAM,
    /** Is what it was last set to. */
    GAUGE;

    /** The name in the catalog, such as {@code up_down_counter}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
