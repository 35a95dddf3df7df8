package io.taskerbridge.ruby;

import io.taskerbridge.core.config.LogLevel;
import org.jruby.RubyException;
import org.jruby.RubyModule;
import org.jruby.anno.JRubyMethod;
import org.jruby.runtime.Block;
import org.jruby.runtime.ThreadContext;
import org.jruby.runtime.builtin.IRubyObject;
import org.jspecify.annotations.Nullable;

/**
 * {@code TaskerCore::Tracing}, as far as it is called often. Its methods are public because JRuby
 * calls them from classes that it generates; arities are fixed, since an array of arguments costs
 * as much as a span.
 */
@SuppressWarnings("serial") // modules are never serialised
public final class TracingModule extends RubyModule {
  private static final int TRACE = LogLevel.TRACE.number();
  private static final int DEBUG = LogLevel.DEBUG.number();
  private static final int INFO = LogLevel.INFO.number();
  private static final int WARN = LogLevel.WARN.number();
  private static final int ERROR = LogLevel.ERROR.number();

  private final Extension extension;

  TracingModule(Extension extension) {
    super(extension.runtime(), extension.runtime().getModule());
    this.extension = extension;
    defineMethods(extension.runtime().getCurrentContext(), TracingModule.class);
  }

  private static Extension of(IRubyObject self) {
    return ((TracingModule) self).extension;
  }

  /** {@code span(level, name) { |span| }}: the block's value, or without a block the span. */
  @JRubyMethod(meta = true)
  public static IRubyObject span(
      ThreadContext context, IRubyObject self, IRubyObject level, IRubyObject name, Block block) {
    return span(context, of(self), level, name, null, block);
  }

  /** {@code span(level, name, **fields) { |span| }}. */
  @JRubyMethod(meta = true)
  public static IRubyObject span(
      ThreadContext context,
      IRubyObject self,
      IRubyObject level,
      IRubyObject name,
      IRubyObject fields,
      Block block) {
    return span(context, of(self), level, name, fields, block);
  }

  private static IRubyObject span(
      ThreadContext context,
      Extension extension,
      IRubyObject level,
      IRubyObject name,
      @Nullable IRubyObject fields,
      Block block) {
    RubySpan parent = extension.current(context);
    RubySpan span = start(context, extension, parent, level, name);
    if (span == null) {
      return block.isGiven()
          ? block.yieldSpecific(context, extension.silentSpan)
          : extension.silentSpan;
    }
    if (fields != null) {
      extension.fields.setAll(context, fields, span);
    }
    return block.isGiven() ? span.around(context, block) : span;
  }

  private static @Nullable RubySpan start(
      ThreadContext context,
      Extension extension,
      @Nullable RubySpan parent,
      IRubyObject level,
      IRubyObject name) {
    long parentHandle = parent == null ? 0 : parent.handle();
    int number = extension.levels.number(context, level);
    if (parentHandle < 0 || number < extension.spanThreshold) {
      return null;
    }
    String text = name(context, extension, name);
    long handle = extension.bridge.startSpan(parentHandle, number, text);
    return handle == 0 ? null : new RubySpan(extension, handle, text, parent);
  }

  private static String name(ThreadContext context, Extension extension, IRubyObject name) {
    String text = name.isNil() ? "" : extension.text.of(context, name);
    if (text.isEmpty()) {
      extension.warn(context, "a span or event without a name is called unnamed; give it one");
      return "unnamed";
    }
    return text;
  }

  /** {@code event(level, message)}: adds an event to the current span. */
  @JRubyMethod(meta = true)
  public static IRubyObject event(
      ThreadContext context, IRubyObject self, IRubyObject level, IRubyObject message) {
    return event(context, of(self), level, message, null);
  }

  /** {@code event(level, message, **fields)}. */
  @JRubyMethod(meta = true)
  public static IRubyObject event(
      ThreadContext context,
      IRubyObject self,
      IRubyObject level,
      IRubyObject message,
      IRubyObject fields) {
    return event(context, of(self), level, message, fields);
  }

  private static IRubyObject event(
      ThreadContext context,
      Extension extension,
      IRubyObject level,
      IRubyObject message,
      @Nullable IRubyObject fields) {
    RubySpan span = extension.current(context);
    int number = extension.levels.number(context, level);
    if (span != null && span.handle() > 0 && number >= extension.spanThreshold) {
      addEvent(context, extension, span.handle(), number, message, fields);
    }
    return context.nil;
  }

  static void addEvent(
      ThreadContext context,
      Extension extension,
      long span,
      int level,
      IRubyObject message,
      @Nullable IRubyObject fields) {
    long handle = extension.bridge.startEvent(span, level, name(context, extension, message));
    if (handle == 0) {
      return;
    }
    if (fields != null) {
      extension.fields.setAll(context, fields, new Fields.Filled(handle, false));
    }
    extension.bridge.end(handle);
  }

  // ---- log records

  /** {@code error(message)}. */
  @JRubyMethod(meta = true)
  public static IRubyObject error(ThreadContext context, IRubyObject self, IRubyObject message) {
    return log(context, self, ERROR, message, null, null);
  }

  /** {@code error(message, fields)}. */
  @JRubyMethod(meta = true)
  public static IRubyObject error(
      ThreadContext context, IRubyObject self, IRubyObject message, IRubyObject fields) {
    return log(context, self, ERROR, message, fields, null);
  }

  /** {@code error(message, fields, **more)}. */
  @JRubyMethod(meta = true)
  public static IRubyObject error(
      ThreadContext context,
      IRubyObject self,
      IRubyObject message,
      IRubyObject fields,
      IRubyObject more) {
    return log(context, self, ERROR, message, fields, more);
  }

  /** {@code warn(message)}. */
  @JRubyMethod(meta = true)
  public static IRubyObject warn(ThreadContext context, IRubyObject self, IRubyObject message) {
    return log(context, self, WARN, message, null, null);
  }

  /** {@code warn(message, fields)}. */
  @JRubyMethod(meta = true)
  public static IRubyObject warn(
      ThreadContext context, IRubyObject self, IRubyObject message, IRubyObject fields) {
    return log(context, self, WARN, message, fields, null);
  }

  /** {@code warn(message, fields, **more)}. */
  @JRubyMethod(meta = true)
  public static IRubyObject warn(
      ThreadContext context,
      IRubyObject self,
      IRubyObject message,
      IRubyObject fields,
      IRubyObject more) {
    return log(context, self, WARN, message, fields, more);
  }

  /** {@code info(message)}. */
  @JRubyMethod(meta = true)
  public static IRubyObject info(ThreadContext context, IRubyObject self, IRubyObject message) {
    return log(context, self, INFO, message, null, null);
  }

  /** {@code info(message, fields)}. */
  @JRubyMethod(meta = true)
  public static IRubyObject info(
      ThreadContext context, IRubyObject self, IRubyObject message, IRubyObject fields) {
    return log(context, self, INFO, message, fields, null);
  }

  /** {@code info(message, fields, **more)}. */
  @JRubyMethod(meta = true)
  public static IRubyObject info(
      ThreadContext context,
      IRubyObject self,
      IRubyObject message,
      IRubyObject fields,
      IRubyObject more) {
    return log(context, self, INFO, message, fields, more);
  }

  /** {@code debug(message)}. */
  @JRubyMethod(meta = true)
  public static IRubyObject debug(ThreadContext context, IRubyObject self, IRubyObject message) {
    return log(context, self, DEBUG, message, null, null);
  }

  /** {@code debug(message, fields)}. */
  @JRubyMethod(meta = true)
  public static IRubyObject debug(
      ThreadContext context, IRubyObject self, IRubyObject message, IRubyObject fields) {
    return log(context, self, DEBUG, message, fields, null);
  }

  /** {@code debug(message, fields, **more)}. */
  @JRubyMethod(meta = true)
  public static IRubyObject debug(
      ThreadContext context,
      IRubyObject self,
      IRubyObject message,
      IRubyObject fields,
      IRubyObject more) {
    return log(context, self, DEBUG, message, fields, more);
  }

  /** {@code trace(message)}. */
  @JRubyMethod(meta = true)
  public static IRubyObject trace(ThreadContext context, IRubyObject self, IRubyObject message) {
    return log(context, self, TRACE, message, null, null);
  }

  /** {@code trace(message, fields)}. */
  @JRubyMethod(meta = true)
  public static IRubyObject trace(
      ThreadContext context, IRubyObject self, IRubyObject message, IRubyObject fields) {
    return log(context, self, TRACE, message, fields, null);
  }

  /** {@code trace(message, fields, **more)}. */
  @JRubyMethod(meta = true)
  public static IRubyObject trace(
      ThreadContext context,
      IRubyObject self,
      IRubyObject message,
      IRubyObject fields,
      IRubyObject more) {
    return log(context, self, TRACE, message, fields, more);
  }

  private static IRubyObject log(
      ThreadContext context,
      IRubyObject self,
      int level,
      IRubyObject message,
      @Nullable IRubyObject fields,
      @Nullable IRubyObject more) {
    of(self).log(context, level, message, fields, more);
    return context.nil;
  }

  // ---- the current span

  /** {@code current_span}: never nil; outside of any span one that records nothing. */
  @JRubyMethod(name = "current_span", meta = true)
  public static IRubyObject currentSpan(ThreadContext context, IRubyObject self) {
    RubySpan span = of(self).current(context);
    return span == null ? of(self).silentSpan : span;
  }

  /** {@code current_correlation_id}: a string, or nil outside of a call. */
  @JRubyMethod(name = "current_correlation_id", meta = true)
  public static IRubyObject currentCorrelationId(ThreadContext context, IRubyObject self) {
    return HostModule.read(context, of(self), of(self).currentHandle(context), "correlation_id");
  }

  /** {@code trace_id}: 32 hex digits, or nil. */
  @JRubyMethod(name = "trace_id", meta = true)
  public static IRubyObject traceId(ThreadContext context, IRubyObject self) {
    return HostModule.read(context, of(self), of(self).currentHandle(context), "trace_id");
  }

  /** {@code span_id}: 16 hex digits, or nil. */
  @JRubyMethod(name = "span_id", meta = true)
  public static IRubyObject spanId(ThreadContext context, IRubyObject self) {
    return HostModule.read(context, of(self), of(self).currentHandle(context), "span_id");
  }

  /** {@code record_exception(error)}: on the current span. */
  @JRubyMethod(name = "record_exception", meta = true)
  public static IRubyObject recordException(
      ThreadContext context, IRubyObject self, IRubyObject error) {
    Extension extension = of(self);
    long span = extension.currentHandle(context);
    if (span > 0 && error instanceof RubyException raised) {
      extension.record(context, span, raised);
    }
    return context.nil;
  }
}
