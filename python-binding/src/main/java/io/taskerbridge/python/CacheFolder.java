package io.taskerbridge.python;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where compiled Python files and the unpacked package are kept between starts: the folder that the
 * system property {@code tasker.bridge.cache} names, else the user's cache folder, else a temporary
 * one.
 */
final class CacheFolder {
  private static final String PROPERTY = "tasker.bridge.cache";

  private CacheFolder() {}

  static Path find() {
    Path wanted = wanted();
    try {
      Files.createDirectories(wanted);
      if (Files.isWritable(wanted)) {
        return wanted;
      }
    } catch (IOException unwritable) {
      // the temporary folder serves
    }
    try {
      return Files.createTempDirectory("tasker-bridge-");
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no folder for Python's files can be written; set -D" + PROPERTY + "=FOLDER", e);
    }
  }

  private static Path wanted() {
    String named = System.getProperty(PROPERTY);
    if (named != null) {
      return Path.of(named).toAbsolutePath().resolve("python");
    }
    String cacheHome = System.getenv("XDG_CACHE_HOME");
    Path base =
        cacheHome != null && !cacheHome.isEmpty()
            ? Path.of(cacheHome)
            : Path.of(System.getProperty("user.home", "."), ".cache");
    return base.toAbsolutePath().resolve("tasker-bridge").resolve("python");
  }
}
