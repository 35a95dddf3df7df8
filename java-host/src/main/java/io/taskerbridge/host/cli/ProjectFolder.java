package io.taskerbridge.host.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that holds {@code examples} and {@code config}: the launcher says where it is. */
final class ProjectFolder {
  private ProjectFolder() {}

  /** The folder, or where the process was started if no launcher started it. */
  static Path find() {
    String home = System.getProperty("tasker.home", System.getProperty("tasker.project.dir", ""));
    Path folder = Path.of(home).toAbsolutePath().normalize();
    if (!Files.isDirectory(folder.resolve("examples"))) {
      throw new CommandFailure(
          "there are no examples in " + folder + ": start with bin/tasker-bridge of the project");
    }
    return folder;
  }
}
