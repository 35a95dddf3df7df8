package io.taskerbridge.core.metrics;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.taskerbridge.core.correlation.Correlation;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One instrument with its labels bound. Safe for use by many threads; never throws, never blocks.
 * Binding the same labels gives the same series.
 */
public final class Series {
  /** No gauge holds this NaN: {@link #record} stores the canonical one. */
  private static final long NEVER_SET = 0x7ff8_dead_beef_0000L;

  private final Instrument instrument;
  private final SeriesAttributes labels;
  private final boolean overflow;
  private final AtomicLong gauge = new AtomicLong(NEVER_SET);

  Series(Instrument instrument, Attributes labels, boolean overflow) {
    this.instrument = instrument;
    this.labels = new SeriesAttributes(labels);
    this.overflow = overflow;
  }

  /**
   * Records a value: adds it to a counter or up-down counter, observes it in a histogram, sets a
   * gauge to it. The current OpenTelemetry context gives the exemplar. A value that the instrument
   * cannot take, such as a negative increment of a counter, is reported and counted.
   */
  public void record(double value) {
    try {
      if (instrument.kind() == Instrument.Kind.GAUGE) {
        gauge.set(Double.doubleToLongBits(value));
      } else if (instrument.accepts(value)) {
        Context context = Context.current();
        instrument.add(value, attributesFor(context), context);
      }
      if (overflow) {
        instrument.overflowed();
      }
    } catch (RuntimeException e) {
      instrument.failed(e);
    }
  }

  /**
   * Adds to the last value of a gauge, atomically; for the other kinds the same as {@link #record}.
   */
  public void adjust(double delta) {
    if (instrument.kind() != Instrument.Kind.GAUGE) {
      record(delta);
      return;
    }
    gauge.updateAndGet(
        bits ->
            Double.doubleToLongBits(
                bits == NEVER_SET ? delta : Double.longBitsToDouble(bits) + delta));
    if (overflow) {
      instrument.overflowed();
    }
  }

  Attributes labels() {
    return labels.labels();
  }

  /** Whether this series of a gauge was ever set. */
  boolean isSet() {
    return gauge.get() != NEVER_SET;
  }

  /** What this series of a gauge was set to. */
  double gaugeValue() {
    return Double.longBitsToDouble(gauge.get());
  }

  /**
   * The labels, and the correlation ID where an exemplar may be taken: the view filters it away
   * from the series, so that it stays on the exemplar only.
   */
  private Attributes attributesFor(Context context) {
    Correlation correlation = Correlation.from(context);
    if (correlation == null || !Span.fromContext(context).getSpanContext().isSampled()) {
      return labels;
    }
    return labels.with(correlation.correlationId());
  }
}
