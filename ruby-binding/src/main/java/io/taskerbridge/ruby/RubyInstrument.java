package io.taskerbridge.ruby;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.taskerbridge.core.guest.GuestMetrics;
import java.util.concurrent.ConcurrentHashMap;
import org.jruby.RubyClass;
import org.jruby.RubyFixnum;
import org.jruby.RubyHash;
import org.jruby.RubyModule;
import org.jruby.RubyNumeric;
import org.jruby.RubyObject;
import org.jruby.anno.JRubyMethod;
import org.jruby.api.Create;
import org.jruby.runtime.ThreadContext;
import org.jruby.runtime.builtin.IRubyObject;
import org.jspecify.annotations.Nullable;

/**
 * {@code TaskerCore::Metrics::Instrument}: a counter, up-down counter, histogram or gauge. Safe for
 * use by many threads. A number that is none, or a counter that would fall, is an ArgumentError;
 * nothing else is raised.
 */
@SuppressWarnings("serial") // instruments are never serialised
public final class RubyInstrument extends RubyObject {
  private static final int SERIES_LIMIT = 4096;

  private final Extension extension;
  private final GuestMetrics metrics;
  private final int number;
  private final String kind;
  private final String unit;
  private final ConcurrentHashMap<String, Integer> series = new ConcurrentHashMap<>();

  RubyInstrument(Extension extension, int number, String kind, String unit) {
    super(extension.runtime(), instrumentClass(extension));
    this.extension = extension;
    this.metrics = extension.bridge.metrics();
    this.number = number;
    this.kind = kind;
    this.unit = unit;
  }

  private static RubyClass instrumentClass(Extension extension) {
    RubyModule module = extension.module("Metrics");
    return (RubyClass) module.getConstant(extension.runtime().getCurrentContext(), "Instrument");
  }

  /** {@code unit}: as given, or the empty string. */
  @JRubyMethod
  public IRubyObject unit(ThreadContext context) {
    return Create.newString(context, unit);
  }

  /** {@code increment}: adds 1. */
  @JRubyMethod
  public IRubyObject increment(ThreadContext context) {
    return change(context, 1, null);
  }

  /** {@code increment(by)} or {@code increment(**labels)}. */
  @JRubyMethod
  public IRubyObject increment(ThreadContext context, IRubyObject byOrLabels) {
    return byOrLabels instanceof RubyHash labels
        ? change(context, 1, labels)
        : change(context, number(context, byOrLabels), null);
  }

  /** {@code increment(by, **labels)}. */
  @JRubyMethod
  public IRubyObject increment(ThreadContext context, IRubyObject by, IRubyObject labels) {
    return change(context, number(context, by), labels);
  }

  /** {@code decrement}: takes 1 away. */
  @JRubyMethod
  public IRubyObject decrement(ThreadContext context) {
    return change(context, -1, null);
  }

  /** {@code decrement(by)} or {@code decrement(**labels)}. */
  @JRubyMethod
  public IRubyObject decrement(ThreadContext context, IRubyObject byOrLabels) {
    return byOrLabels instanceof RubyHash labels
        ? change(context, -1, labels)
        : change(context, -number(context, byOrLabels), null);
  }

  /** {@code decrement(by, **labels)}. */
  @JRubyMethod
  public IRubyObject decrement(ThreadContext context, IRubyObject by, IRubyObject labels) {
    return change(context, -number(context, by), labels);
  }

  /** {@code add(delta)}. */
  @JRubyMethod
  public IRubyObject add(ThreadContext context, IRubyObject delta) {
    return change(context, number(context, delta), null);
  }

  /** {@code add(delta, **labels)}. */
  @JRubyMethod
  public IRubyObject add(ThreadContext context, IRubyObject delta, IRubyObject labels) {
    return change(context, number(context, delta), labels);
  }

  /** {@code observe(value)}: one observation of a histogram. */
  @JRubyMethod
  public IRubyObject observe(ThreadContext context, IRubyObject value) {
    return record(context, number(context, value), null, false);
  }

  /** {@code observe(value, **labels)}. */
  @JRubyMethod
  public IRubyObject observe(ThreadContext context, IRubyObject value, IRubyObject labels) {
    return record(context, number(context, value), labels, false);
  }

  /** {@code set(value)}: a gauge. */
  @JRubyMethod
  public IRubyObject set(ThreadContext context, IRubyObject value) {
    return record(context, number(context, value), null, false);
  }

  /** {@code set(value, **labels)}. */
  @JRubyMethod
  public IRubyObject set(ThreadContext context, IRubyObject value, IRubyObject labels) {
    return record(context, number(context, value), labels, false);
  }

  private static double number(ThreadContext context, IRubyObject value) {
    return switch (value) {
      case RubyFixnum fixnum -> fixnum.getValue();
      case RubyNumeric numeric -> numeric.asDouble(context);
      default ->
          throw context.runtime.newArgumentError(
              "a metric takes a number, not "
                  + value.getMetaClass().getRealClass().getName(context));
    };
  }

  private IRubyObject change(ThreadContext context, double delta, @Nullable IRubyObject labels) {
    if (delta < 0 && kind.equals("counter")) {
      throw context.runtime.newArgumentError(
          "a counter cannot fall: increment it by 0 or more, or use an up_down_counter");
    }
    return record(context, delta, labels, kind.equals("gauge"));
  }

  @SuppressWarnings("try") // the scope is there to be closed
  private IRubyObject record(
      ThreadContext context, double value, @Nullable IRubyObject labels, boolean adjust) {
    int bound = bind(labels instanceof RubyHash hash ? text(context, hash) : "");
    Context spanContext = extension.bridge.context(extension.currentHandle(context));
    if (spanContext == Context.current()) {
      record(bound, value, adjust);
    } else {
      try (Scope scope = spanContext.makeCurrent()) {
        record(bound, value, adjust);
      }
    }
    return this;
  }

  private void record(int bound, double value, boolean adjust) {
    if (adjust) {
      metrics.adjust(bound, value);
    } else {
      metrics.record(bound, value);
    }
  }

  private String text(ThreadContext context, RubyHash labels) {
    LabelText text = new LabelText();
    labels.visitAll(context, text, extension);
    return text.toString();
  }

  private int bind(String labels) {
    Integer known = series.get(labels);
    if (known != null) {
      return known;
    }
    int bound = metrics.bind(number, labels);
    if (series.size() < SERIES_LIMIT) {
      series.put(labels, bound);
    }
    return bound;
  }

  /** Labels as the one text that crosses. */
  private static final class LabelText extends RubyHash.VisitorWithState<Extension> {
    private final StringBuilder joined = new StringBuilder();

    @Override
    public void visit(
        ThreadContext context,
        RubyHash self,
        IRubyObject key,
        IRubyObject value,
        int index,
        Extension extension) {
      if (!joined.isEmpty()) {
        joined.append(GuestMetrics.SEPARATOR);
      }
      joined.append(extension.fields.key(context, key)).append(GuestMetrics.SEPARATOR);
      joined.append(extension.text.of(context, value).replace(GuestMetrics.SEPARATOR, " "));
    }

    @Override
    public String toString() {
      return joined.toString();
    }
  }
}
