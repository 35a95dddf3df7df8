package io.taskerbridge.python;

import io.taskerbridge.core.config.BridgeConfig;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.EnvironmentAccess;
import org.graalvm.polyglot.io.IOAccess;

/** How every context of a runtime is made: the same each time, so that code is shared. */
final class ContextOptions {
  private static final Path ZONES = Path.of("/usr/share/zoneinfo");

  private final Path cache;
  private final String pythonPath;
  private final boolean processes;

  ContextOptions(Path cache, BridgeConfig.Python config) {
    this.cache = cache;
    this.processes = config.processes();
    List<String> path = new ArrayList<>();
    path.add(PackageFiles.folder(cache).toString());
    if (config.venv() != null) {
      path.add(sitePackages(config.venv()).toString());
    }
    this.pythonPath = String.join(File.pathSeparator, path);
  }

  /** Handlers are the operator's own code: they read files, open sockets, start threads. */
  Context newContext() {
    Context.Builder builder =
        Context.newBuilder("python")
            .engine(PythonEngine.shared())
            .allowHostAccess(PythonEngine.hostAccess())
            .allowIO(IOAccess.ALL)
            .allowCreateThread(true)
            .allowCreateProcess(processes)
            .allowEnvironmentAccess(EnvironmentAccess.INHERIT)
            .allowExperimentalOptions(true)
            .option("python.PythonPath", pythonPath)
            .option("python.DontWriteBytecodeFlag", "false")
            .option("python.PyCachePrefix", cache.resolve("pyc").toString());
    if (Files.isDirectory(ZONES)) {
      builder.environment("PYTHONTZPATH", ZONES.toString());
    }
    return builder.build();
  }

  private static Path sitePackages(Path venv) {
    Path lib = venv.toAbsolutePath().resolve("lib");
    if (Files.isDirectory(lib)) {
      try (Stream<Path> versions = Files.list(lib)) {
        return versions
            .map(version -> version.resolve("site-packages"))
            .filter(Files::isDirectory)
            .sorted()
            .findFirst()
            .orElseThrow(() -> noPackages(venv));
      } catch (java.io.IOException e) {
        throw noPackages(venv);
      }
    }
    throw noPackages(venv);
  }

  private static IllegalStateException noPackages(Path venv) {
    return new IllegalStateException(
        "[python] venv = \""
            + venv
            + "\" is no virtual environment: it has no folder lib/python3.12/site-packages; create"
            + " it, or remove the setting");
  }
}
