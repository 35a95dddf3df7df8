package io.taskerbridge.python;

import io.taskerbridge.core.handler.HandlerProblem;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The Python files below the handler folders, in the order of their names.
 *
 * @param folders the folders, absolute
 * @param problems of folders that cannot be read
 */
record HandlerFiles(List<Path> folders, List<HandlerFile> files, List<HandlerProblem> problems) {

  /** A file and the folder it was found in. */
  record HandlerFile(Path path, Path folder) {}

  static HandlerFiles find(List<Path> handlerFolders) {
    List<Path> folders = new ArrayList<>();
    List<HandlerFile> files = new ArrayList<>();
    List<HandlerProblem> problems = new ArrayList<>();
    for (Path named : handlerFolders) {
      Path folder = named.toAbsolutePath().normalize();
      if (!Files.isDirectory(folder)) {
        problems.add(new HandlerProblem(named.toString(), 0, "there is no such folder"));
        continue;
      }
      folders.add(folder);
      try {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(folder, new Finder(folder, found));
        found.sort(Comparator.naturalOrder());
        found.forEach(path -> files.add(new HandlerFile(path, folder)));
      } catch (IOException e) {
        problems.add(new HandlerProblem(named.toString(), 0, "cannot be read: " + e.getMessage()));
      }
    }
    return new HandlerFiles(folders, files, problems);
  }

  private static final class Finder extends SimpleFileVisitor<Path> {
    private final Path root;
    private final List<Path> found;

    Finder(Path root, List<Path> found) {
      this.root = root;
      this.found = found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      String name = String.valueOf(folder.getFileName());
      boolean foreign =
          name.startsWith(".")
              || name.equals("__pycache__")
              || Files.exists(folder.resolve("pyvenv.cfg"));
      return foreign && !folder.equals(root)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (file.toString().endsWith(".py")) {
        found.add(file);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
