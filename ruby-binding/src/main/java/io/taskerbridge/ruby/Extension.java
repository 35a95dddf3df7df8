package io.taskerbridge.ruby;

import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.guest.GuestBridge;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jruby.Ruby;
import org.jruby.RubyClass;
import org.jruby.RubyException;
import org.jruby.RubyModule;
import org.jruby.RubyString;
import org.jruby.RubySymbol;
import org.jruby.api.Define;
import org.jruby.exceptions.RaiseException;
import org.jruby.ext.fiber.ThreadFiber;
import org.jruby.runtime.CallSite;
import org.jruby.runtime.ObjectAllocator;
import org.jruby.runtime.ThreadContext;
import org.jruby.runtime.builtin.IRubyObject;
import org.jruby.runtime.callsite.FunctionalCachingCallSite;
import org.jspecify.annotations.Nullable;

/**
 * The native part of {@code TaskerCore} in one Ruby runtime: its modules and what they share. Safe
 * for use by many threads.
 *
 * <p>The current span of Ruby code lives in fiber storage, which {@code Fiber.new}, {@code
 * Thread.new} and enumerators inherit, as an immutable object: {@link RubySpan}.
 */
final class Extension {
  static final String INTERRUPTED = "TaskerCore::Interrupted";
  private static final String LOGGER = "tasker_core.ruby";
  private static final String RECORDED = "__tasker_recorded__";
  private static final int REMEMBERED = 256;

  final GuestBridge bridge;
  final RubyText text = new RubyText();
  final Fields fields;
  final Levels levels;
  final int spanThreshold;
  final RubyClass spanClass;
  final RubySpan silentSpan;
  private final Ruby runtime;
  private final RubyModule taskerCore;
  private final RubySymbol carrierKey;
  private final RubySymbol correlationKey;
  private final CallSite callSite = new FunctionalCachingCallSite("call");
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  /** Defines the modules; {@code require "tasker_core"} adds what is written in Ruby. */
  Extension(Ruby runtime, GuestBridge bridge) {
    this.runtime = runtime;
    this.bridge = bridge;
    this.fields = new Fields(bridge, text);
    this.spanThreshold = bridge.spanThreshold();
    this.carrierKey = runtime.newSymbol("tasker_span");
    this.correlationKey = runtime.newSymbol("correlation_id");
    this.levels = new Levels(runtime, text, this::unknownLevel);
    ThreadContext context = runtime.getCurrentContext();
    taskerCore = Define.defineModule(context, "TaskerCore");
    spanClass = define(context, "Span", RubySpan.class);
    silentSpan = new RubySpan(this, 0, "", null);
    taskerCore.setConstant(context, "Tracing", new TracingModule(this));
    taskerCore.setConstant(context, "Host", new HostModule(this));
    RubyModule metrics = taskerCore.defineModuleUnder(context, "Metrics");
    RubyClass instrument =
        metrics.defineClassUnder(
            context, "Instrument", runtime.getObject(), ObjectAllocator.NOT_ALLOCATABLE_ALLOCATOR);
    instrument.defineMethods(context, RubyInstrument.class);
  }

  private RubyClass define(ThreadContext context, String name, Class<?> methods) {
    RubyClass defined =
        taskerCore.defineClassUnder(
            context, name, runtime.getObject(), ObjectAllocator.NOT_ALLOCATABLE_ALLOCATOR);
    defined.defineMethods(context, methods);
    return defined;
  }

  Ruby runtime() {
    return runtime;
  }

  RubyModule module(String name) {
    return (RubyModule) taskerCore.getConstant(runtime.getCurrentContext(), name);
  }

  // ---- the current span

  /** The span that code on this fiber works under, or null. */
  @Nullable RubySpan current(ThreadContext context) {
    return ThreadFiber.op_aref(context, spanClass, carrierKey) instanceof RubySpan span
        ? span
        : null;
  }

  /** The handle of {@link #current}, or 0. */
  long currentHandle(ThreadContext context) {
    RubySpan span = current(context);
    return span == null ? 0 : span.handle();
  }

  /** Makes the span current on this fiber, or none. */
  void makeCurrent(ThreadContext context, @Nullable RubySpan span) {
    ThreadFiber.op_aset(context, spanClass, carrierKey, span == null ? context.nil : span);
  }

  // ---- calls

  /** Sets what Ruby code of a call finds around it. */
  void enterCall(ThreadContext context, RubySpan span, String correlationId) {
    makeCurrent(context, span);
    context.getThread().op_aset(context, correlationKey, runtime.newString(correlationId));
  }

  /** Clears it, since both places outlive the call on a pooled thread. */
  void leaveCall(ThreadContext context) {
    makeCurrent(context, null);
    context.getThread().op_aset(context, correlationKey, context.nil);
  }

  /** Hands a call to the Ruby dispatcher and returns the outcome as JSON. */
  IRubyObject dispatch(ThreadContext context, RubyString envelope) {
    IRubyObject dispatcher = module("Dispatcher");
    return callSite.call(context, dispatcher, dispatcher, envelope);
  }

  /** The exception that stops a handler. */
  RubyClass interruptedClass() {
    return (RubyClass) taskerCore.getConstant(runtime.getCurrentContext(), "Interrupted");
  }

  /** The author's frames of a backtrace. */
  String frames(ThreadContext context, IRubyObject backtrace) {
    IRubyObject told = module("ErrorText").callMethod(context, "frames", backtrace);
    return RubyText.decode(
        (RubyString) told.convertToArray().join(context, runtime.newString("\n")));
  }

  // ---- errors

  /**
   * Tells an error on a span: in full the first time that this error is told, with the status alone
   * after that, since it then is on an inner span.
   */
  void record(ThreadContext context, long handle, RubyException error) {
    boolean first = error.getInternalVariable(RECORDED) == null;
    if (first) {
      error.setInternalVariable(RECORDED, true);
    }
    bridge.setError(
        handle,
        RubyText.of(error),
        text.message(context, error),
        first ? backtrace(context, error) : "");
  }

  /** The error's backtrace as {@code TaskerCore::ErrorText} writes it. */
  String backtrace(ThreadContext context, RubyException error) {
    try {
      IRubyObject written = module("ErrorText").callMethod(context, "backtrace", error);
      return written instanceof RubyString string ? RubyText.decode(string) : "";
    } catch (RaiseException e) {
      RubyText.rethrowUnlessOrdinary(context, e);
      return RubyText.of(error);
    }
  }

  // ---- misuse

  /** Logs a warning with the place of the Ruby caller, once for each place. */
  void warn(ThreadContext context, String message) {
    String place = place(context);
    if (told.size() < REMEMBERED && told.add(message + place)) {
      log(bridge, currentHandle(context), message + " (" + place + ")");
    }
  }

  private static String place(ThreadContext context) {
    var frame = context.getSingleBacktrace();
    return frame == null ? "(unknown)" : frame.getFileName() + ":" + frame.getLineNumber();
  }

  private void unknownLevel(String name) {
    warn(
        runtime.getCurrentContext(),
        "unknown level "
            + name
            + ", taken as info; the levels are trace, debug, info, warn and error");
  }

  static void log(GuestBridge bridge, long span, String message) {
    long record = bridge.startLog(span, LogLevel.WARN.number(), LOGGER, message);
    if (record != 0) {
      bridge.end(record);
    }
  }

  /** Logs with fields; a level that is not enabled costs next to nothing. */
  void log(
      ThreadContext context,
      int level,
      String logger,
      IRubyObject message,
      @Nullable IRubyObject given,
      @Nullable IRubyObject more) {
    if (!bridge.isLogged(level)) {
      return;
    }
    long handle = bridge.startLog(currentHandle(context), level, logger, text.of(context, message));
    if (handle == 0) {
      return;
    }
    Fields.Filled sink = new Fields.Filled(handle, true);
    if (message instanceof RubyException error) {
      tell(context, handle, error);
    }
    fill(context, sink, given);
    fill(context, sink, more);
    bridge.end(handle);
  }

  void log(
      ThreadContext context,
      int level,
      IRubyObject message,
      @Nullable IRubyObject given,
      @Nullable IRubyObject more) {
    log(context, level, LOGGER, message, given, more);
  }

  private void fill(ThreadContext context, Fields.Filled sink, @Nullable IRubyObject given) {
    if (given == null) {
      return;
    }
    if (given instanceof RubyException error) {
      tell(context, sink.handle(), error);
    } else {
      fields.setAll(context, given, sink);
    }
  }

  private void tell(ThreadContext context, long record, RubyException error) {
    bridge.setError(
        record, RubyText.of(error), text.message(context, error), backtrace(context, error));
  }
}
