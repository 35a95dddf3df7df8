package io.taskerbridge.core.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.taskerbridge.core.log.Redactor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A span that a guest made, or one of another process that a guest makes a parent here. May be
 * filled and ended from any thread. After its end it keeps only what a late child needs: the span
 * context and the call.
 */
public final class OpenSpan extends OpenRecord {
  private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
  private static final AttributeKey<String> EXCEPTION_TYPE =
      AttributeKey.stringKey("exception.type");
  private static final AttributeKey<String> EXCEPTION_MESSAGE =
      AttributeKey.stringKey("exception.message");
  private static final AttributeKey<String> EXCEPTION_STACKTRACE =
      AttributeKey.stringKey("exception.stacktrace");
  private static final AttributeKey<Boolean> LEAKED = AttributeKey.booleanKey("tasker.leaked");

  private final CallScope scope;
  private final SpanContext spanContext;
  private final Redactor redactor;
  private final boolean remote;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable Span span;
  private volatile @Nullable Context context;

  /** A span just started, in the call's scope, as a child of the parent context. */
  public OpenSpan(CallScope scope, Span span, Context parent, Redactor redactor) {
    this(scope, span.getSpanContext(), redactor, false, span, parent.with(span));
    scope.opened();
  }

  private OpenSpan(
      CallScope scope,
      SpanContext spanContext,
      Redactor redactor,
      boolean remote,
      @Nullable Span span,
      Context context) {
    this.scope = scope;
    this.spanContext = spanContext;
    this.redactor = redactor;
    this.remote = remote;
    this.span = span;
    this.context = context;
  }

  /**
   * A span of another process, a parent for spans of the call. It is not ours to fill or to end,
   * and keeps its context, baggage included; it stays open as long as a span of the call is.
   *
   * @param extracted the context with the remote span in it
   */
  public static OpenSpan remote(CallScope scope, Context extracted, Redactor redactor) {
    SpanContext spanContext = Span.fromContext(extracted).getSpanContext();
    return new OpenSpan(scope, spanContext, redactor, true, null, extracted);
  }

  /** The handler call that it was made in. */
  public CallScope scope() {
    return scope;
  }

  /** Its identity, also after the end. */
  public SpanContext spanContext() {
    return spanContext;
  }

  /** Adds an event; nothing after the end. */
  void addEvent(String name, Attributes attributes) {
    Span live = span;
    if (live != null) {
      live.addEvent(name, attributes);
    }
  }

  /** Adds a link; nothing after the end. */
  public void addLink(SpanContext other) {
    Span live = span;
    if (live != null) {
      live.addLink(other);
    }
  }

  @Override
  boolean isEnded() {
    return remote ? scope.openSpans() == 0 : ended.get();
  }

  @Override
  public OpenSpan span() {
    return this;
  }

  @Override
  public Context context() {
    Context live = context;
    return live != null ? live : scope.baseContext().with(Span.wrap(spanContext));
  }

  @Override
  public void set(FieldKey key, @Nullable Object value) {
    Span live = span;
    if (live == null || value == null) {
      return;
    }
    if (key.sensitive()) {
      live.setAttribute(key.stringKey(), Redactor.REDACTED);
      return;
    }
    switch (value) {
      case String text -> live.setAttribute(key.stringKey(), redactor.redact(text));
      case Long number -> live.setAttribute(key.longKey(), number);
      case Double number -> live.setAttribute(key.doubleKey(), number);
      case Boolean flag -> live.setAttribute(key.booleanKey(), flag);
      default -> live.setAttribute(key.stringKey(), redactor.redact(value.toString()));
    }
  }

  @Override
  public void setJson(FieldKey key, String json) {
    if (!json.equals("null")) {
      set(key, json);
    }
  }

  @Override
  public void setError(String type, String message, String backtrace) {
    Span live = span;
    if (live == null) {
      return;
    }
    String told = redactor.redact(message);
    live.setStatus(StatusCode.ERROR, told);
    live.setAttribute(ERROR_TYPE, type);
    if (!backtrace.isEmpty()) {
      live.addEvent(
          "exception",
          Attributes.of(
              EXCEPTION_TYPE,
              type,
              EXCEPTION_MESSAGE,
              told,
              EXCEPTION_STACKTRACE,
              redactor.redact(backtrace)));
      scope.errorRecorded(type, message);
    }
  }

  @Override
  public boolean end() {
    if (remote || !ended.compareAndSet(false, true)) {
      return false;
    }
    Span live = span;
    span = null;
    context = null;
    if (live != null) {
      live.end();
    }
    scope.closed();
    return true;
  }

  /** Ends a span that its handler forgot, and marks it. */
  boolean endLeaked() {
    Span live = span;
    if (live != null) {
      live.setAttribute(LEAKED, true);
    }
    return end();
  }
}
