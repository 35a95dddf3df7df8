package io.taskerbridge.ruby;

import io.taskerbridge.core.guest.GuestMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jruby.RubyArray;
import org.jruby.RubyModule;
import org.jruby.anno.JRubyMethod;
import org.jruby.api.Create;
import org.jruby.runtime.ThreadContext;
import org.jruby.runtime.builtin.IRubyObject;

/**
 * {@code TaskerCore::Host}: what the Ruby sources of the gem ask of the host. Handlers do not call
 * it. Its methods are public because JRuby calls them from classes that it generates.
 */
@SuppressWarnings("serial") // modules are never serialised
public final class HostModule extends RubyModule {
  private final Extension extension;
  private final ConcurrentHashMap<Definition, RubyInstrument> instruments =
      new ConcurrentHashMap<>();

  HostModule(Extension extension) {
    super(extension.runtime(), extension.runtime().getModule());
    this.extension = extension;
    defineMethods(extension.runtime().getCurrentContext(), HostModule.class);
  }

  private static Extension of(IRubyObject self) {
    return ((HostModule) self).extension;
  }

  static IRubyObject read(ThreadContext context, Extension extension, long span, String what) {
    String value = extension.bridge.read(span, what);
    return value.isEmpty() ? context.nil : Create.newString(context, value);
  }

  /** {@code log(level, logger, message)}: the message is any value, or an exception. */
  @JRubyMethod(meta = true)
  public static IRubyObject log(
      ThreadContext context,
      IRubyObject self,
      IRubyObject level,
      IRubyObject logger,
      IRubyObject message) {
    Extension extension = of(self);
    extension.log(
        context,
        extension.levels.number(context, level),
        extension.text.of(context, logger),
        message,
        null,
        null);
    return context.nil;
  }

  /** {@code logged?(level)}. */
  @JRubyMethod(name = "logged?", meta = true)
  public static IRubyObject isLogged(ThreadContext context, IRubyObject self, IRubyObject level) {
    Extension extension = of(self);
    return extension.bridge.isLogged(extension.levels.number(context, level))
        ? context.tru
        : context.fals;
  }

  /** {@code inside_call?}: whether this fiber works for a call. */
  @JRubyMethod(name = "inside_call?", meta = true)
  public static IRubyObject isInsideCall(ThreadContext context, IRubyObject self) {
    return of(self).currentHandle(context) == 0 ? context.fals : context.tru;
  }

  /** {@code inject}: the propagation headers of the current span as a JSON object. */
  @JRubyMethod(meta = true)
  public static IRubyObject inject(ThreadContext context, IRubyObject self) {
    Extension extension = of(self);
    return Create.newString(context, extension.bridge.inject(extension.currentHandle(context)));
  }

  /** {@code extract(json)}: a span that stands for the one that the headers name. */
  @JRubyMethod(meta = true)
  public static IRubyObject extract(ThreadContext context, IRubyObject self, IRubyObject json) {
    Extension extension = of(self);
    RubySpan current = extension.current(context);
    if (current == null) {
      return extension.silentSpan;
    }
    long remote = extension.bridge.extract(current.handle(), extension.text.of(context, json));
    return remote == current.handle()
        ? current
        : new RubySpan(extension, remote, "extracted", current);
  }

  /**
   * {@code instrument(kind, name, description, unit, labels, buckets)}: defines or finds it. Asking
   * again takes no lock, since handlers do so on every call.
   */
  @JRubyMethod(meta = true, required = 6)
  public static IRubyObject instrument(
      ThreadContext context, IRubyObject self, IRubyObject[] arguments) {
    HostModule host = (HostModule) self;
    RubyText text = host.extension.text;
    Definition asked =
        new Definition(
            text.of(context, arguments[0]),
            text.of(context, arguments[1]),
            text.of(context, arguments[2]),
            text.of(context, arguments[3]),
            joined(context, text, arguments[4]),
            joined(context, text, arguments[5]));
    RubyInstrument known = host.instruments.get(asked);
    return known == null ? host.define(context, asked) : known;
  }

  private RubyInstrument define(ThreadContext context, Definition asked) {
    try {
      int number =
          extension
              .bridge
              .metrics()
              .define(
                  asked.kind,
                  asked.name,
                  asked.description,
                  asked.unit,
                  asked.labels,
                  asked.buckets);
      RubyInstrument made = new RubyInstrument(extension, number, asked.kind, asked.unit);
      RubyInstrument earlier = instruments.putIfAbsent(asked, made);
      return earlier == null ? made : earlier;
    } catch (IllegalArgumentException e) {
      throw context.runtime.newArgumentError(String.valueOf(e.getMessage()));
    }
  }

  private static String joined(ThreadContext context, RubyText text, IRubyObject values) {
    return String.join(GuestMetrics.SEPARATOR, texts(context, text, values));
  }

  private static List<String> texts(ThreadContext context, RubyText text, IRubyObject values) {
    List<String> texts = new ArrayList<>();
    if (values instanceof RubyArray<?> array) {
      for (int i = 0; i < array.getLength(); i++) {
        texts.add(text.of(context, array.eltOk(i)));
      }
    }
    return texts;
  }

  /** How an instrument is asked for; lists are joined as they cross. */
  private record Definition(
      String kind, String name, String description, String unit, String labels, String buckets) {}
}
