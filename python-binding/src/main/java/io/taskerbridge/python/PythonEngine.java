package io.taskerbridge.python;

import java.util.LinkedHashMap;
import java.util.Map;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.HostAccess;

/** The one engine of the process; it shares code between contexts and is never closed. */
final class PythonEngine {
  private static final Map<String, String> JIT_OPTIONS = jitOptions();

  private PythonEngine() {}

  static Engine shared() {
    return Holder.ENGINE;
  }

  /** Only what is exported, so that a guest reaches nothing else of the host. */
  static HostAccess hostAccess() {
    return HostAccess.EXPLICIT;
  }

  /** Whether Python code is compiled; else it is interpreted, 30 to 60 times slower. */
  static boolean compiles() {
    return !isInterpreter(shared());
  }

  private static boolean isInterpreter(Engine engine) {
    return engine.getImplementationName().startsWith("Interpreted");
  }

  /** How Python code is executed, for people. */
  static String description() {
    var language = shared().getLanguages().get("python");
    String version = language == null ? "?" : language.getVersion();
    return "GraalPy, Python "
        + version
        + ", "
        + (compiles()
            ? "compiled (" + shared().getImplementationName() + ")"
            : "interpreted (no Graal compiler in this JVM)");
  }

  private static Map<String, String> jitOptions() {
    // they keep the compiler out of the way while the guest starts
    Map<String, String> options = new LinkedHashMap<>();
    options.put(
        "engine.CompilerThreads",
        String.valueOf(Math.max(1, Runtime.getRuntime().availableProcessors() / 4)));
    options.put("engine.FirstTierCompilationThreshold", "4000");
    options.put("engine.FirstTierMinInvokeThreshold", "50");
    options.keySet().removeIf(name -> System.getProperty("polyglot." + name) != null);
    return options;
  }

  private static final class Holder {
    static final Engine ENGINE = build();

    private static Engine build() {
      Engine plain = builder().build();
      if (isInterpreter(plain)) {
        // it refuses the compiler's options
        return plain;
      }
      plain.close();
      return builder().options(JIT_OPTIONS).build();
    }

    private static Engine.Builder builder() {
      return Engine.newBuilder("python")
          .allowExperimentalOptions(true)
          .option("engine.WarnInterpreterOnly", "false");
    }
  }
}
