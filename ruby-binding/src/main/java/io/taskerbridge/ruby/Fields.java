package io.taskerbridge.ruby;

import io.taskerbridge.core.guest.GuestBridge;
import org.jruby.RubyArray;
import org.jruby.RubyBoolean;
import org.jruby.RubyException;
import org.jruby.RubyFixnum;
import org.jruby.RubyFloat;
import org.jruby.RubyHash;
import org.jruby.RubyString;
import org.jruby.RubySymbol;
import org.jruby.exceptions.RaiseException;
import org.jruby.runtime.ThreadContext;
import org.jruby.runtime.builtin.IRubyObject;

/**
 * Fills the host's spans, events and log records with Ruby values, one typed call a field. Safe for
 * use by many threads.
 */
final class Fields extends RubyHash.VisitorWithState<Fields.Sink> {

  /** What is being filled. */
  interface Sink {
    /** The host's handle, never 0. */
    long handle();

    /** Whether the record ends as JSON, which knows no infinite numbers. */
    boolean isJson();
  }

  /** An event or a log record under construction. */
  record Filled(long handle, boolean isJson) implements Sink {}

  private final GuestBridge bridge;
  private final RubyText text;

  Fields(GuestBridge bridge, RubyText text) {
    this.bridge = bridge;
    this.text = text;
  }

  /** Sets every field of a hash; a value that is no hash goes under {@code fields}. */
  void setAll(ThreadContext context, IRubyObject fields, Sink sink) {
    if (fields instanceof RubyHash hash) {
      try {
        hash.visitAll(context, this, sink);
      } catch (RaiseException e) {
        RubyText.rethrowUnlessOrdinary(context, e);
      }
    } else if (!fields.isNil()) {
      set(context, "fields", fields, sink);
    }
  }

  @Override
  public void visit(
      ThreadContext context,
      RubyHash self,
      IRubyObject key,
      IRubyObject value,
      int index,
      Sink sink) {
    set(context, key(context, key), value, sink);
  }

  String key(ThreadContext context, IRubyObject key) {
    if (key instanceof RubySymbol symbol) {
      return text.of(symbol);
    }
    return key.isNil() ? "nil" : text.of(context, key);
  }

  void set(ThreadContext context, String key, IRubyObject value, Sink sink) {
    long handle = sink.handle();
    switch (value) {
      case RubyString string -> bridge.setString(handle, key, RubyText.decode(string));
      case RubyFixnum number -> bridge.setLong(handle, key, number.getValue());
      case RubySymbol symbol -> bridge.setString(handle, key, text.of(symbol));
      case RubyFloat number -> setFloat(key, number.getValue(), sink);
      case RubyBoolean flag -> bridge.setBoolean(handle, key, flag.isTrue());
      case RubyHash hash -> bridge.setJson(handle, key, RubyJson.of(context, text, hash));
      case RubyArray<?> array -> bridge.setJson(handle, key, RubyJson.of(context, text, array));
      case RubyException error -> bridge.setString(handle, key, text.of(context, error));
      default -> {
        if (value.isNil()) {
          bridge.setJson(handle, key, "null");
        } else {
          bridge.setString(handle, key, text.of(context, value));
        }
      }
    }
  }

  private void setFloat(String key, double number, Sink sink) {
    if (sink.isJson() && !Double.isFinite(number)) {
      bridge.setString(sink.handle(), key, Double.toString(number));
    } else {
      bridge.setDouble(sink.handle(), key, number);
    }
  }
}
