package io.taskerbridge.ruby;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import org.jcodings.specific.ASCIIEncoding;
import org.jruby.RubyException;
import org.jruby.RubyString;
import org.jruby.RubySymbol;
import org.jruby.api.Access;
import org.jruby.exceptions.RaiseException;
import org.jruby.runtime.ThreadContext;
import org.jruby.runtime.builtin.IRubyObject;
import org.jruby.util.ByteList;

/**
 * Ruby values as texts for the host. Bytes that are not valid become the replacement character, and
 * a value whose {@code to_s} fails becomes a marker; nothing is thrown but what stops a thread.
 */
final class RubyText {
  private static final int SYMBOL_LIMIT = 4096;
  private static final int BYTE_LIMIT = 1 << 16;

  private final ConcurrentHashMap<RubySymbol, String> symbols = new ConcurrentHashMap<>();

  /** The symbol's name; the same instance each time, for as long as there is room. */
  String of(RubySymbol symbol) {
    String known = symbols.get(symbol);
    if (known != null) {
      return known;
    }
    String name = decode(symbol.asString());
    if (symbols.size() < SYMBOL_LIMIT) {
      symbols.put(symbol, name);
    }
    return name;
  }

  /** Any value as a text. */
  String of(ThreadContext context, IRubyObject value) {
    return switch (value) {
      case RubyString text -> decode(text);
      case RubySymbol symbol -> of(symbol);
      case RubyException error -> of(error) + ": " + message(context, error);
      default -> converted(context, value);
    };
  }

  /** The name of an error's class. */
  static String of(RubyException error) {
    String name =
        error.getMetaClass().getRealClass().getName(error.getRuntime().getCurrentContext());
    return name == null ? "Exception" : name;
  }

  /** The error's message. */
  String message(ThreadContext context, RubyException error) {
    try {
      IRubyObject message = error.callMethod(context, "message");
      return message instanceof RubyString text ? decode(text) : converted(context, message);
    } catch (RaiseException e) {
      rethrowUnlessOrdinary(context, e);
      return unserializable(error);
    }
  }

  private static String converted(ThreadContext context, IRubyObject value) {
    try {
      return value.callMethod(context, "to_s") instanceof RubyString text
          ? decode(text)
          : unserializable(value);
    } catch (RaiseException e) {
      rethrowUnlessOrdinary(context, e);
      return unserializable(value);
    } catch (StackOverflowError e) {
      return unserializable(value);
    }
  }

  private static String unserializable(IRubyObject value) {
    return "<unserializable: "
        + value.getMetaClass().getRealClass().getName(value.getRuntime().getCurrentContext())
        + ">";
  }

  /**
   * What ends a thread or a call passes; an error of the value's own does not reach the handler.
   */
  static void rethrowUnlessOrdinary(ThreadContext context, RaiseException e) {
    RubyException error = e.getException();
    boolean ordinary =
        context.runtime.getStandardError().isInstance(error)
            || Access.getClass(context, "ScriptError").isInstance(error);
    if (!ordinary) {
      throw e;
    }
    context.setErrorInfo(context.nil);
  }

  static String decode(RubyString text) {
    ByteList bytes = text.getByteList();
    int length = Math.min(bytes.getRealSize(), BYTE_LIMIT);
    Charset charset =
        bytes.getEncoding().equals(ASCIIEncoding.INSTANCE)
            ? StandardCharsets.UTF_8
            : bytes.getEncoding().getCharset();
    return new String(
        bytes.getUnsafeBytes(),
        bytes.getBegin(),
        length,
        charset == null ? StandardCharsets.UTF_8 : charset);
  }
}
