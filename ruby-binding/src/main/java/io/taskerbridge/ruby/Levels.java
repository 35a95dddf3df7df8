package io.taskerbridge.ruby;

import io.taskerbridge.core.config.LogLevel;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jruby.Ruby;
import org.jruby.RubySymbol;
import org.jruby.runtime.ThreadContext;
import org.jruby.runtime.builtin.IRubyObject;

/** The numbers of the levels that Ruby names by symbols. Safe for use by many threads. */
final class Levels {
  private static final int REMEMBERED = 64;

  private final RubySymbol[] symbols;
  private final RubyText text;
  private final Consumer<String> unknown;
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  /**
   * @param unknown told once of each name that is no level
   */
  Levels(Ruby runtime, RubyText text, Consumer<String> unknown) {
    this.text = text;
    this.unknown = unknown;
    LogLevel[] levels = LogLevel.values();
    symbols = new RubySymbol[levels.length];
    for (LogLevel level : levels) {
      symbols[level.number()] = runtime.newSymbol(level.name().toLowerCase(Locale.ROOT));
    }
  }

  /** The level's number; that of {@link LogLevel#INFO} for a name that is none. */
  int number(ThreadContext context, IRubyObject level) {
    for (int i = symbols.length - 1; i >= 0; i--) {
      if (symbols[i] == level) {
        return i;
      }
    }
    String name = level.isNil() ? "nil" : text.of(context, level);
    for (LogLevel known : LogLevel.values()) {
      if (known.name().equalsIgnoreCase(name)) {
        return known.number();
      }
    }
    if (told.size() < REMEMBERED && told.add(name)) {
      unknown.accept(name);
    }
    return LogLevel.INFO.number();
  }
}
