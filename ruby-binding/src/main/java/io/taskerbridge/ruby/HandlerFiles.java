package io.taskerbridge.ruby;

import io.taskerbridge.core.handler.HandlerProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Finds the Ruby files below folders. */
final class HandlerFiles {
  private HandlerFiles() {}

  /** The files in the order of their names, folder by folder; what cannot be read is a problem. */
  static List<Path> in(List<Path> folders, List<HandlerProblem> problems) {
    List<Path> files = new ArrayList<>();
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        problems.add(
            new HandlerProblem(
                folder.toString(), 0, "there is no such folder; see handlers in [ruby]"));
        continue;
      }
      try (Stream<Path> found = Files.walk(folder.toRealPath())) {
        found
            .filter(HandlerFiles::isRuby)
            .sorted()
            .filter(f -> !files.contains(f))
            .forEach(files::add);
      } catch (IOException | UncheckedIOException e) {
        problems.add(new HandlerProblem(folder.toString(), 0, "cannot be read: " + e.getMessage()));
      }
    }
    return files;
  }

  private static boolean isRuby(Path file) {
    return file.getFileName().toString().endsWith(".rb") && Files.isRegularFile(file);
  }
}
