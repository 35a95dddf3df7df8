package io.taskerbridge.ruby;

import org.jruby.RubyArray;
import org.jruby.RubyBoolean;
import org.jruby.RubyFixnum;
import org.jruby.RubyFloat;
import org.jruby.RubyHash;
import org.jruby.RubyInteger;
import org.jruby.runtime.ThreadContext;
import org.jruby.runtime.builtin.IRubyObject;

/**
 * Nested data of one telemetry field as JSON. Bounded in depth and in size, so that a cyclic or a
 * huge value ends in a marker; never fails. Used by one thread, once.
 */
final class RubyJson extends RubyHash.VisitorWithState<Integer> {
  private static final int DEPTH_LIMIT = 8;
  private static final int LENGTH_LIMIT = 1 << 16;
  private static final String TOO_DEEP = "<nested too deeply>";
  private static final String CUT = "<cut>";

  private final RubyText text;
  private final StringBuilder out = new StringBuilder();

  private RubyJson(RubyText text) {
    this.text = text;
  }

  static String of(ThreadContext context, RubyText text, IRubyObject value) {
    RubyJson json = new RubyJson(text);
    json.write(context, value, 0);
    return json.out.toString();
  }

  private void write(ThreadContext context, IRubyObject value, int depth) {
    switch (value) {
      case RubyHash hash -> writeHash(context, hash, depth);
      case RubyArray<?> array -> writeArray(context, array, depth);
      case RubyFixnum number -> out.append(number.getValue());
      case RubyInteger number -> out.append(text.of(context, number));
      case RubyFloat number -> writeFloat(number.getValue());
      case RubyBoolean flag -> out.append(flag.isTrue());
      default -> {
        if (value.isNil()) {
          out.append("null");
        } else {
          quote(text.of(context, value));
        }
      }
    }
  }

  private void writeHash(ThreadContext context, RubyHash hash, int depth) {
    if (depth >= DEPTH_LIMIT) {
      quote(TOO_DEEP);
      return;
    }
    out.append('{');
    hash.visitAll(context, this, depth + 1);
    out.append('}');
  }

  @Override
  public void visit(
      ThreadContext context,
      RubyHash self,
      IRubyObject key,
      IRubyObject value,
      int index,
      Integer depth) {
    if (isFull()) {
      return;
    }
    separate('{');
    quote(text.of(context, key));
    out.append(':');
    write(context, value, depth);
  }

  private void writeArray(ThreadContext context, RubyArray<?> array, int depth) {
    if (depth >= DEPTH_LIMIT) {
      quote(TOO_DEEP);
      return;
    }
    out.append('[');
    for (int i = 0; i < array.getLength(); i++) {
      separate('[');
      if (isFull()) {
        quote(CUT);
        break;
      }
      write(context, array.eltOk(i), depth + 1);
    }
    out.append(']');
  }

  private boolean isFull() {
    return out.length() > LENGTH_LIMIT;
  }

  private void separate(char opened) {
    if (out.charAt(out.length() - 1) != opened) {
      out.append(',');
    }
  }

  private void writeFloat(double number) {
    if (Double.isFinite(number)) {
      out.append(number);
    } else {
      quote(Double.toString(number));
    }
  }

  private void quote(String value) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '\r' -> out.append("\\r");
        default -> {
          if (c < ' ') {
            out.append("\\u00").append(Character.forDigit(c >> 4, 16));
            out.append(Character.forDigit(c & 15, 16));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
