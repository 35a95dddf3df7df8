package io.taskerbridge.core.guest;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.core.log.LogWriter;
import io.taskerbridge.core.log.Redactor;
import io.taskerbridge.core.metrics.Metrics;
import io.taskerbridge.core.trace.CallScope;
import io.taskerbridge.core.trace.FieldKey;
import io.taskerbridge.core.trace.OpenEvent;
import io.taskerbridge.core.trace.OpenLog;
import io.taskerbridge.core.trace.OpenRecord;
import io.taskerbridge.core.trace.OpenSpan;
import io.taskerbridge.core.trace.SpanLedger;
import java.util.Objects;

/**
 * The whole contract between a guest language and the host. Guests hold handles, positive numbers
 * that name a span, an event or a log record under construction; they pass their parent explicitly,
 * and fill what they hold with one typed call a field. Every call is safe on any thread, never
 * blocks and never throws for what a guest passes: a handle that names nothing is ignored.
 *
 * <p>Two handles are special. 0 is nothing: an event, a span or a record that is not wanted, whose
 * fields need not be sent. A negative handle names a span whose trace is not recorded: a guest
 * makes no child spans and no events under it, and uses it for its log lines.
 */
public final class GuestBridge {
  private static final AttributeKey<String> LANGUAGE = AttributeKey.stringKey("tasker.language");
  private static final AttributeKey<String> HANDLER = AttributeKey.stringKey("handler");
  private static final AttributeKey<String> CORRELATION_ID =
      AttributeKey.stringKey("correlation_id");
  private static final AttributeKey<String> TASK_UUID = AttributeKey.stringKey("task_uuid");
  private static final AttributeKey<String> STEP_UUID = AttributeKey.stringKey("step_uuid");

  private final String language;
  private final Shared shared;
  private final Tracer tracer;

  private GuestBridge(String language, Shared shared) {
    this.language = language;
    this.shared = shared;
    this.tracer = shared.openTelemetry.getTracer("tasker_core." + language);
  }

  /**
   * The bridge of the process, for the language {@code java} until {@link #forLanguage} names
   * another.
   *
   * @param spanLevel guest spans below it are not recorded
   */
  public static GuestBridge create(
      OpenTelemetry openTelemetry,
      Metrics metrics,
      LogWriter log,
      Redactor redactor,
      LogLevel spanLevel) {
    return new GuestBridge(
        "java", new Shared(openTelemetry, metrics, log, redactor, spanLevel, new SpanLedger()));
  }

  /** The same bridge as one language sees it: its scope, its component in log lines. */
  public GuestBridge forLanguage(String newLanguage) {
    return new GuestBridge(newLanguage, shared);
  }

  // ---- calls, made by a binding's Java side
  // ------------------------------------------------------------------------------------

  /**
   * Opens the {@code handler_execution} span of a call as a child of the thread's current context,
   * and with it the scope of all that the handler makes.
   *
   * @return its handle, the guest's current span when the handler starts; negative if the trace is
   *     not recorded
   */
  public long beginCall(StepCall call) {
    Context parent = Context.current();
    Correlation correlation = call.correlation();
    Span span = tracer.spanBuilder("handler_execution").setParent(parent).startSpan();
    if (span.isRecording()) {
      span.setAttribute(LANGUAGE, language);
      span.setAttribute(HANDLER, call.handler());
      span.setAttribute(CORRELATION_ID, correlation.correlationId().toString());
      if (correlation.taskUuid() != null) {
        span.setAttribute(TASK_UUID, correlation.taskUuid().toString());
      }
      if (correlation.stepUuid() != null) {
        span.setAttribute(STEP_UUID, correlation.stepUuid().toString());
      }
    }
    CallScope scope = new CallScope(language, correlation, parent);
    OpenSpan opened = new OpenSpan(scope, span, parent, shared.redactor);
    long handle = shared.ledger.enter(opened, span.isRecording());
    if (handle == 0) {
      opened.end();
    }
    return handle;
  }

  /**
   * Ends the call: the spans that the handler left open are ended, marked and counted; the outcome
   * goes on the call's span.
   */
  public void endCall(long call, StepOutcome outcome) {
    if (!(shared.ledger.find(call) instanceof OpenSpan span)) {
      return;
    }
    HandlerError error =
        switch (outcome) {
          case StepOutcome.Success s -> null;
          case StepOutcome.Checkpoint c -> null;
          case StepOutcome.Failure failure -> failure.error();
          case StepOutcome.TimedOut timedOut -> timedOut.error();
          case StepOutcome.Cancelled cancelled -> cancelled.error();
        };
    if (error != null) {
      boolean told = span.scope().hasRecorded(error.type(), error.message());
      span.setError(error.type(), error.message(), told ? "" : orMessage(error));
    }
    span.end();
    int leaked = shared.ledger.sweep(span.scope());
    if (leaked > 0) {
      shared.metrics.get("bridge.spans.leaked_total").record(leaked, "language", language);
    }
  }

  /** An exception event wants a stack trace; an error without one gives at least its own words. */
  private static String orMessage(HandlerError error) {
    return error.backtrace().isEmpty() ? error.type() + ": " + error.message() : error.backtrace();
  }

  // ---- spans, events and log records
  // -------------------------------------------------------------------------------------------

  /**
   * Starts a span.
   *
   * @param parent the guest's current span, or 0 for the thread's
   * @param level the number of a {@link LogLevel}
   * @return its handle; 0 if the level or the trace is not recorded, or there is no parent
   */
  public long startSpan(long parent, int level, String name) {
    if (level < shared.spanLevel.number() || parent < 0) {
      return 0;
    }
    OpenRecord above = shared.ledger.find(parent);
    if (above == null) {
      return startDetached(name);
    }
    CallScope scope = above.span().scope();
    return start(scope, above.context(), name);
  }

  private long startDetached(String name) {
    Context current = Context.current();
    if (!Span.fromContext(current).getSpanContext().isValid()) {
      return 0;
    }
    return start(new CallScope(language, Correlation.from(current), current), current, name);
  }

  private long start(CallScope scope, Context parent, String name) {
    Span span = tracer.spanBuilder(name).setParent(parent).startSpan();
    if (!span.isRecording()) {
      return 0;
    }
    span.setAttribute(LANGUAGE, language);
    long handle = shared.ledger.enter(new OpenSpan(scope, span, parent, shared.redactor), true);
    if (handle == 0) {
      span.end();
      scope.discarded();
    }
    return handle;
  }

  /**
   * Starts an event of a span; it is added when it is ended.
   *
   * @return its handle, or 0 if the level or the trace is not recorded
   */
  public long startEvent(long span, int level, String name) {
    if (level < shared.spanLevel.number() || span <= 0) {
      return 0;
    }
    OpenRecord above = shared.ledger.find(span);
    return above == null
        ? 0
        : shared.ledger.enter(new OpenEvent(above.span(), name, shared.redactor), true);
  }

  /**
   * Starts a log record; it is written when it is ended.
   *
   * @param span the guest's current span, or 0 outside of a call
   * @return its handle, or 0 if the level is not enabled
   */
  public long startLog(long span, int level, String logger, String message) {
    LogLevel logLevel = LogLevel.of(level);
    if (!shared.log.isEnabled(logLevel)) {
      return 0;
    }
    OpenRecord above = shared.ledger.find(span);
    OpenSpan owner = above != null ? above.span() : currentSpan();
    return shared.ledger.enter(new OpenLog(owner, shared.log, logLevel, logger, message), true);
  }

  private OpenSpan currentSpan() {
    Context current = Context.current();
    CallScope scope = new CallScope(language, Correlation.from(current), current);
    return new OpenSpan(scope, Span.fromContext(current), current, shared.redactor);
  }

  /** Sets a text field. */
  public void setString(long record, String key, String value) {
    set(record, key, value);
  }

  /** Sets a whole number. */
  public void setLong(long record, String key, long value) {
    set(record, key, value);
  }

  /** Sets a fraction. */
  public void setDouble(long record, String key, double value) {
    set(record, key, value);
  }

  /** Sets a truth value. */
  public void setBoolean(long record, String key, boolean value) {
    set(record, key, value);
  }

  /** Sets nested data or null, as JSON text. */
  public void setJson(long record, String key, String json) {
    OpenRecord target = shared.ledger.find(record);
    if (target != null) {
      target.setJson(shared.keys.get(key), json);
    }
  }

  private void set(long record, String key, Object value) {
    OpenRecord target = shared.ledger.find(record);
    if (target != null) {
      target.set(shared.keys.get(key), value);
    }
  }

  /**
   * Tells an error: on a span an exception event and the error status, in a log record its error
   * fields.
   *
   * @param type the guest's class name
   * @param backtrace the guest's backtrace, or empty if this error is on an inner span already
   */
  public void setError(long record, String type, String message, String backtrace) {
    OpenRecord target = shared.ledger.find(record);
    if (target != null) {
      target.setError(type, message, backtrace);
    }
  }

  /**
   * Ends the span, adds the event or writes the log record. A second time does nothing and returns
   * false.
   */
  public boolean end(long record) {
    OpenRecord target = shared.ledger.find(record);
    return target != null && target.end();
  }

  // ---- correlation and propagation
  // ---------------------------------------------------------------------------------------------

  /**
   * Reads who the span works for.
   *
   * @param what {@code correlation_id}, {@code parent_correlation_id}, {@code task_uuid}, {@code
   *     step_uuid}, {@code namespace}, {@code trace_id}, {@code span_id} or {@code trace_flags}
   * @return the value, or the empty text if there is none
   */
  public String read(long span, String what) {
    OpenRecord target = shared.ledger.find(span);
    Context context = target != null ? target.context() : Context.current();
    SpanContext spanContext = Span.fromContext(context).getSpanContext();
    Correlation correlation =
        target != null ? target.span().scope().correlation() : Correlation.from(context);
    return switch (what) {
      case "trace_id" -> spanContext.isValid() ? spanContext.getTraceId() : "";
      case "span_id" -> spanContext.isValid() ? spanContext.getSpanId() : "";
      case "trace_flags" -> spanContext.isValid() ? spanContext.getTraceFlags().asHex() : "";
      default -> correlation == null ? "" : read(correlation, what);
    };
  }

  private static String read(Correlation correlation, String what) {
    Object value =
        switch (what) {
          case "correlation_id" -> correlation.correlationId();
          case "parent_correlation_id" -> correlation.parentCorrelationId();
          case "task_uuid" -> correlation.taskUuid();
          case "step_uuid" -> correlation.stepUuid();
          case "namespace" -> correlation.namespace();
          default -> null;
        };
    return Objects.toString(value, "");
  }

  /** The headers that carry the span's context to another process, as a JSON object of strings. */
  public String inject(long span) {
    return Carriers.toJson(shared.propagator(), context(span));
  }

  /**
   * Makes a span of another process, as its headers name it, a parent for spans here.
   *
   * @param span the guest's current span, whose call the new spans belong to
   * @param carrierJson a JSON object of strings
   * @return the handle of that parent, good as long as a span of the call is open; {@code span}
   *     itself if the headers name none, or too many records are open
   */
  public long extract(long span, String carrierJson) {
    OpenRecord above = shared.ledger.find(span);
    if (above == null) {
      return span;
    }
    Context extracted =
        Carriers.fromJson(shared.propagator(), above.span().scope().baseContext(), carrierJson);
    SpanContext remote = Span.fromContext(extracted).getSpanContext();
    if (!remote.isRemote()) {
      return span;
    }
    OpenSpan parent = OpenSpan.remote(above.span().scope(), extracted, shared.redactor);
    long handle = shared.ledger.enter(parent, remote.isSampled());
    return handle == 0 ? span : handle;
  }

  /**
   * The OpenTelemetry context of a span, for Java code that a guest calls; the thread's current one
   * if there is no such span.
   */
  public Context context(long span) {
    OpenRecord target = shared.ledger.find(span);
    return target == null ? Context.current() : target.context();
  }

  // ---- what a guest may know beforehand
  // ----------------------------------------------------------------------------------------

  /**
   * Number of the least {@link LogLevel} of spans and events that are recorded. Does not change.
   */
  public int spanThreshold() {
    return shared.spanLevel.number();
  }

  /** Whether a log record of that level would be written. */
  public boolean isLogged(int level) {
    return shared.log.isEnabled(LogLevel.of(level));
  }

  /** The instruments of the process, as handles. */
  public GuestMetrics metrics() {
    return shared.guestMetrics;
  }

  private static final class Shared {
    private final OpenTelemetry openTelemetry;
    private final Metrics metrics;
    private final GuestMetrics guestMetrics;
    private final LogWriter log;
    private final Redactor redactor;
    private final LogLevel spanLevel;
    private final SpanLedger ledger;
    private final FieldKey.Cache keys;

    Shared(
        OpenTelemetry openTelemetry,
        Metrics metrics,
        LogWriter log,
        Redactor redactor,
        LogLevel spanLevel,
        SpanLedger ledger) {
      this.openTelemetry = openTelemetry;
      this.metrics = metrics;
      this.guestMetrics = new GuestMetrics(metrics);
      this.log = log;
      this.redactor = redactor;
      this.spanLevel = spanLevel;
      this.ledger = ledger;
      this.keys = new FieldKey.Cache(redactor);
    }

    TextMapPropagator propagator() {
      return openTelemetry.getPropagators().getTextMapPropagator();
    }
  }
}
