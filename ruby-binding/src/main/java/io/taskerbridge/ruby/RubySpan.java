package io.taskerbridge.ruby;

import io.opentelemetry.context.Scope;
import io.taskerbridge.core.config.LogLevel;
import org.jruby.RubyException;
import org.jruby.RubyObject;
import org.jruby.RubySystemExit;
import org.jruby.anno.JRubyMethod;
import org.jruby.exceptions.FiberKill;
import org.jruby.exceptions.RaiseException;
import org.jruby.exceptions.ThreadKill;
import org.jruby.exceptions.Unrescuable;
import org.jruby.runtime.Block;
import org.jruby.runtime.ThreadContext;
import org.jruby.runtime.builtin.IRubyObject;
import org.jspecify.annotations.Nullable;

/**
 * {@code TaskerCore::Span}: a handle of the host as Ruby holds it. Immutable but for the memory of
 * the last Java error that passed, so that children may share it; may be used and finished on any
 * thread.
 */
@SuppressWarnings("serial") // spans are never serialised
public final class RubySpan extends RubyObject implements Fields.Sink {
  private final Extension extension;
  private final long handle;
  private final String name;
  private final @Nullable RubySpan parent;
  private volatile @Nullable Throwable passed;

  /**
   * @param handle 0 for a span that records nothing, negative where the trace is not recorded
   */
  RubySpan(Extension extension, long handle, String name, @Nullable RubySpan parent) {
    super(extension.runtime(), extension.spanClass);
    this.extension = extension;
    this.handle = handle;
    this.name = name;
    this.parent = parent;
  }

  @Override
  public long handle() {
    return handle;
  }

  @Override
  public boolean isJson() {
    return false;
  }

  // ---- blocks

  /** Runs the block under this span and ends it, however the block is left. */
  IRubyObject around(ThreadContext context, Block block) {
    try {
      return within(context, block);
    } catch (Throwable thrown) {
      leftBy(context, thrown);
      throw thrown;
    } finally {
      extension.bridge.end(handle);
    }
  }

  /**
   * {@code within { }}: makes the span current for the block and leaves it open: for a span that
   * the caller finishes, or one of another process.
   */
  @JRubyMethod
  @SuppressWarnings("try") // the scope is there to be closed
  public IRubyObject within(ThreadContext context, Block block) {
    RubySpan before = extension.current(context);
    try (Scope scope = extension.bridge.context(handle).makeCurrent()) {
      extension.makeCurrent(context, handle == 0 ? before : this);
      return block.yieldSpecific(context, this);
    } finally {
      extension.makeCurrent(context, before);
    }
  }

  private void leftBy(ThreadContext context, Throwable thrown) {
    if (thrown instanceof Unrescuable) {
      // break, return and throw are ordinary ways out of a block
      if (thrown instanceof ThreadKill || thrown instanceof FiberKill) {
        extension.bridge.setBoolean(handle, "cancelled", true);
      }
    } else if (thrown instanceof RaiseException raised) {
      RubyException error = raised.getException();
      if (!(error instanceof RubySystemExit exit && exit.success_p().isTrue())) {
        extension.record(context, handle, error);
      }
    } else {
      recordJava(thrown);
    }
  }

  private void recordJava(Throwable thrown) {
    String type = JavaErrors.type(thrown);
    String message = JavaErrors.message(thrown);
    String backtrace = thrown == passed ? "" : JavaErrors.backtrace(type, message, thrown);
    extension.bridge.setError(handle, type, message, backtrace);
    if (parent != null) {
      parent.passed = thrown;
    }
  }

  // ---- what Ruby calls

  /** {@code span[key] = value}. */
  @JRubyMethod(name = "[]=")
  public IRubyObject set(ThreadContext context, IRubyObject key, IRubyObject value) {
    if (handle > 0) {
      extension.fields.set(context, extension.fields.key(context, key), value, this);
    }
    return value;
  }

  /** {@code set_attribute(key, value)}: returns the span. */
  @JRubyMethod(name = "set_attribute")
  public IRubyObject setAttribute(ThreadContext context, IRubyObject key, IRubyObject value) {
    set(context, key, value);
    return this;
  }

  /** {@code add_event(name)}: returns the span. */
  @JRubyMethod(name = "add_event")
  public IRubyObject addEvent(ThreadContext context, IRubyObject eventName) {
    return addEvent(context, eventName, null);
  }

  /** {@code add_event(name, **fields)}: returns the span. */
  @JRubyMethod(name = "add_event")
  public IRubyObject addEvent(
      ThreadContext context, IRubyObject eventName, @Nullable IRubyObject fields) {
    if (handle > 0) {
      TracingModule.addEvent(
          context, extension, handle, LogLevel.ERROR.number(), eventName, fields);
    }
    return this;
  }

  /** {@code record_exception(error)}: an exception event and the error status. */
  @JRubyMethod(name = "record_exception")
  public IRubyObject recordException(ThreadContext context, IRubyObject error) {
    if (handle > 0 && error instanceof RubyException raised) {
      extension.record(context, handle, raised);
    }
    return this;
  }

  /** {@code finish}: ends the span. */
  @JRubyMethod
  public IRubyObject finish(ThreadContext context) {
    if (handle > 0 && !extension.bridge.end(handle)) {
      extension.warn(
          context,
          "span "
              + name
              + " was finished before; finish a span once, and before its handler returns");
    }
    return context.nil;
  }

  /** {@code recording?}: whether fields are kept. */
  @JRubyMethod(name = "recording?")
  public IRubyObject isRecording(ThreadContext context) {
    return handle > 0 ? context.tru : context.fals;
  }

  /** {@code trace_id}: 32 hex digits, or nil. */
  @JRubyMethod(name = "trace_id")
  public IRubyObject traceId(ThreadContext context) {
    return read(context, "trace_id");
  }

  /** {@code span_id}: 16 hex digits, or nil. */
  @JRubyMethod(name = "span_id")
  public IRubyObject spanId(ThreadContext context) {
    return read(context, "span_id");
  }

  /** {@code trace_flags}: 2 hex digits, or nil. */
  @JRubyMethod(name = "trace_flags")
  public IRubyObject traceFlags(ThreadContext context) {
    return read(context, "trace_flags");
  }

  private IRubyObject read(ThreadContext context, String what) {
    long asked = handle == 0 ? extension.currentHandle(context) : handle;
    return HostModule.read(context, extension, asked, what);
  }
}
