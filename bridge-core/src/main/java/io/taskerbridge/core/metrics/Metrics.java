package io.taskerbridge.core.metrics;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;
import io.taskerbridge.core.config.Nearest;
import io.taskerbridge.core.log.Redactor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Every instrument of the process: those of the catalog, and those that guests define. Safe for use
 * by many threads. Recording never throws: what goes wrong is reported once for each instrument and
 * counted in {@code bridge.metrics.errors_total}.
 */
public final class Metrics {
  private static final int INSTRUMENT_LIMIT = 2000;
  private static final String REJECTED_LABELS = "bridge.metrics.rejected_labels_total";
  private static final String ERRORS = "bridge.metrics.errors_total";
  private static final String OVERFLOWS = "bridge.metrics.overflows_total";

  private final Meter meter;
  private final LabelGuard guard;
  private final int seriesLimit;
  private final Consumer<String> warnings;
  private final Map<String, Instrument> byName = new ConcurrentHashMap<>();
  private final Map<String, Instrument> byExposedName = new ConcurrentHashMap<>();
  private final Map<String, Instrument> byFamilyName = new ConcurrentHashMap<>();
  private final Set<String> catalogNames = ConcurrentHashMap.newKeySet();
  private final Set<String> reported = ConcurrentHashMap.newKeySet();

  private Metrics(Meter meter, Redactor redactor, int seriesLimit, Consumer<String> warnings) {
    this.meter = meter;
    this.guard = new LabelGuard(redactor);
    this.seriesLimit = seriesLimit;
    this.warnings = warnings;
  }

  /**
   * The instruments of the catalog, made with the meter.
   *
   * @param redactor decides which label values are secrets
   * @param seriesLimit series of one instrument before the overflow series takes the rest, at least
   *     2
   * @param warnings told, once each, what a guest or the host does wrong
   * @throws IllegalArgumentException if the catalog is broken
   */
  public static Metrics create(
      Meter meter, Redactor redactor, int seriesLimit, Consumer<String> warnings) {
    if (seriesLimit < 2) {
      throw new IllegalArgumentException("seriesLimit: " + seriesLimit + " is less than 2");
    }
    Metrics metrics = new Metrics(meter, redactor, seriesLimit, warnings);
    for (InstrumentSpec spec : Catalog.load().all()) {
      metrics.register(spec);
      metrics.catalogNames.add(spec.name());
    }
    return metrics;
  }

  /**
   * The instrument of that name, as the catalog or a guest wrote it, or as Prometheus shows it.
   *
   * @throws IllegalArgumentException if there is none; the message names one that is near
   */
  public Instrument get(String name) {
    Instrument found = find(name);
    if (found == null) {
      String nearest = Nearest.hint(name, byName.keySet());
      throw new IllegalArgumentException("name: there is no metric " + name + nearest);
    }
    return found;
  }

  /**
   * Defines an instrument, or finds the one defined before, in any language. A name that is the
   * catalog's, in dots or in the form that Prometheus shows, is the catalog's instrument; then the
   * labels may be some of the catalog's.
   *
   * @param unit the unit as OpenTelemetry writes it, {@code ms} or {@code s}; empty for none
   * @param labels the label names allowed
   * @param buckets upper bounds of a histogram, empty for the default
   * @throws IllegalArgumentException if the name is not a legal metric name, or the instrument
   *     exists with another kind or other labels, as a gauge {@code orders} beside a counter {@code
   *     orders_total} would, which are one name to Prometheus; the message says which
   */
  public Instrument define(
      Instrument.Kind kind,
      String name,
      String description,
      String unit,
      List<String> labels,
      List<Double> buckets) {
    InstrumentSpec wanted = new InstrumentSpec(name, kind, unit, description, labels, buckets);
    synchronized (byExposedName) {
      Instrument known = find(name);
      if (known == null) {
        known = byExposedName.get(wanted.exposedName());
      }
      if (known == null) {
        known = byFamilyName.get(wanted.familyName());
      }
      if (known == null) {
        if (byExposedName.size() >= INSTRUMENT_LIMIT) {
          throw new IllegalArgumentException(
              "name: "
                  + name
                  + " would be one metric more than the "
                  + INSTRUMENT_LIMIT
                  + " that a process may have; use labels for what varies");
        }
        return register(wanted);
      }
      boolean ofCatalog = catalogNames.contains(known.name());
      String clash = known.spec().clashWith(wanted, ofCatalog);
      if (clash != null) {
        throw new IllegalArgumentException(
            "name: "
                + name
                + " clashes with the metric "
                + known.name()
                + (ofCatalog ? " of the catalog" : " defined before")
                + ": "
                + clash);
      }
      return known;
    }
  }

  /**
   * Has a gauge of the catalog read when someone asks for its values, until the result is closed.
   *
   * @throws IllegalArgumentException if there is no such gauge
   */
  public Poll.Subscription observe(String name, Poll poll) {
    Instrument gauge = get(name);
    if (gauge.kind() != Instrument.Kind.GAUGE) {
      throw new IllegalArgumentException(
          "name: " + name + " is a " + gauge.kind().word() + "; only a gauge can be polled");
    }
    return gauge.poll(poll);
  }

  /** The same for a gauge without labels. */
  public Poll.Subscription observe(String name, DoubleSupplier value) {
    return observe(name, values -> values.add(value.getAsDouble()));
  }

  /** Whether an attribute is for exemplars, and must be kept from the series. */
  public static boolean isExemplarOnly(String attribute) {
    return attribute.equals(SeriesAttributes.CORRELATION_ID.getKey());
  }

  LabelGuard guard() {
    return guard;
  }

  void rejectedLabel(InstrumentSpec spec, String label) {
    if (reported.add("label " + spec.name())) {
      warnings.accept(
          "the label \""
              + LabelGuard.cut(label)
              + "\" of the metric "
              + spec.name()
              + " was not declared and is dropped; declared are "
              + spec.labels());
    }
    count(REJECTED_LABELS, spec);
  }

  void overflowed(InstrumentSpec spec) {
    if (reported.add("overflow " + spec.name())) {
      warnings.accept(
          "the metric "
              + spec.name()
              + " has reached its "
              + seriesLimit
              + " series; further label values go to the overflow series");
    }
    count(OVERFLOWS, spec);
  }

  void refused(InstrumentSpec spec, String why) {
    if (reported.add("refused " + spec.name())) {
      warnings.accept("the metric " + spec.name() + " refused a value: " + why);
    }
    count(ERRORS, spec);
  }

  void failed(InstrumentSpec spec, Exception cause) {
    if (reported.add("failed " + spec.name())) {
      warnings.accept("the metric " + spec.name() + " could not be recorded: " + cause);
    }
    count(ERRORS, spec);
  }

  /** What goes wrong with the counters of what goes wrong is not counted. */
  private void count(String counter, InstrumentSpec about) {
    Instrument instrument = byName.get(counter);
    if (instrument != null && !about.name().startsWith("bridge.metrics.")) {
      instrument.record(1, "instrument", about.name());
    }
  }

  private @Nullable Instrument find(String name) {
    Instrument found = byName.get(name);
    return found != null ? found : byExposedName.get(name);
  }

  private Instrument register(InstrumentSpec spec) {
    Instrument instrument = new Instrument(spec, this, recorder(spec), seriesLimit);
    if (spec.kind() == Instrument.Kind.GAUGE) {
      var ignored =
          meter
              .gaugeBuilder(spec.name())
              .setDescription(spec.description())
              .setUnit(spec.unit())
              .buildWithCallback(
                  measurement ->
                      instrument
                          .gaugeValues()
                          .forEach((labels, value) -> measurement.record(value, labels)));
    }
    byName.put(spec.name(), instrument);
    byExposedName.put(spec.exposedName(), instrument);
    byFamilyName.put(spec.familyName(), instrument);
    return instrument;
  }

  private Instrument.Recorder recorder(InstrumentSpec spec) {
    return switch (spec.kind()) {
      case COUNTER ->
          meter
                  .counterBuilder(spec.name())
                  .ofDoubles()
                  .setDescription(spec.description())
                  .setUnit(spec.unit())
                  .build()
              ::add;
      case UP_DOWN_COUNTER ->
          meter
                  .upDownCounterBuilder(spec.name())
                  .ofDoubles()
                  .setDescription(spec.description())
                  .setUnit(spec.unit())
                  .build()
              ::add;
      case HISTOGRAM ->
          meter
                  .histogramBuilder(spec.name())
                  .setDescription(spec.description())
                  .setUnit(spec.unit())
                  .setExplicitBucketBoundariesAdvice(spec.buckets())
                  .build()
              ::record;
      case GAUGE -> Metrics::ignore;
    };
  }

  /** A gauge is read from its series when it is collected. */
  private static void ignore(double value, Attributes attributes, Context context) {}
}
