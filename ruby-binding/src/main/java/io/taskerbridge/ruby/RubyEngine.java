package io.taskerbridge.ruby;

import io.taskerbridge.core.guest.GuestBridge;
import io.taskerbridge.core.handler.HandlerProblem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jruby.Ruby;
import org.jruby.RubyArray;
import org.jruby.RubyInstanceConfig;
import org.jruby.runtime.Constants;
import org.jruby.runtime.ThreadContext;
import org.jspecify.annotations.Nullable;

/** JRuby with the gem and the extension loaded. Safe for use by many threads. */
final class RubyEngine {
  private static final String GEM = "uri:classloader:/tasker_core_gem";

  private final Ruby runtime;
  private final Extension extension;

  private RubyEngine(Ruby runtime, Extension extension) {
    this.runtime = runtime;
    this.extension = extension;
  }

  /**
   * @throws IllegalStateException if Ruby cannot boot
   */
  static RubyEngine boot(GuestBridge bridge, @Nullable Path gems) {
    // read by JRuby once, when its first class is loaded
    System.getProperties().putIfAbsent("jruby.regexp.interruptible", "true");
    RubyInstanceConfig config = new RubyInstanceConfig();
    config.setLoader(RubyEngine.class.getClassLoader());
    config.setLoadGemfile(false);
    config.setDisableDidYouMean(true);
    config.setDisableErrorHighlight(true);
    config.setDisableSyntaxSuggest(true);
    config.setHardExit(false);
    try {
      Ruby runtime = Ruby.newInstance(config);
      Extension extension = new Extension(runtime, bridge);
      RubyEngine engine = new RubyEngine(runtime, extension);
      runtime.getLoadService().addPaths(GEM);
      runtime.getLoadService().require("tasker_core/host_entry");
      if (gems != null) {
        engine.useGems(gems);
      }
      return engine;
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          "Ruby cannot start: "
              + e.getMessage()
              + "; check the JVM options in docs/ruby.md and [ruby] gem_path",
          e);
    }
  }

  Ruby runtime() {
    return runtime;
  }

  Extension extension() {
    return extension;
  }

  private void useGems(Path folder) {
    ThreadContext context = runtime.getCurrentContext();
    extension
        .module("Loader")
        .callMethod(context, "use_gems", runtime.newString(folder.toAbsolutePath().toString()));
  }

  /** Loads one file; a problem if it does not load within the limit. */
  @Nullable HandlerProblem load(Path file, Duration limit) {
    return new FileLoad(this, file).within(limit);
  }

  /** The registered handlers: name to source. */
  Map<String, String> handlers() {
    Map<String, String> handlers = new TreeMap<>();
    for (List<String> entry : pairs("entries")) {
      handlers.put(entry.get(0), entry.get(1));
    }
    return handlers;
  }

  /** The names that two files wanted. */
  List<HandlerProblem> clashes() {
    return pairs("take_clashes").stream()
        .map(clash -> new HandlerProblem(clash.get(0), 0, clash.get(1)))
        .toList();
  }

  private List<List<String>> pairs(String reader) {
    ThreadContext context = runtime.getCurrentContext();
    List<List<String>> pairs = new ArrayList<>();
    RubyArray<?> told =
        extension.module("HandlerRegistry").callMethod(context, reader).convertToArray();
    for (int i = 0; i < told.getLength(); i++) {
      RubyArray<?> pair = told.eltOk(i).convertToArray();
      pairs.add(
          List.of(
              extension.text.of(context, pair.eltOk(0)),
              extension.text.of(context, pair.eltOk(1))));
    }
    return pairs;
  }

  /** Ruby's and Java's version, for people. */
  String description() {
    return "JRuby "
        + Constants.VERSION
        + " (Ruby "
        + Constants.RUBY_VERSION
        + "), one runtime, concurrent calls";
  }
}
