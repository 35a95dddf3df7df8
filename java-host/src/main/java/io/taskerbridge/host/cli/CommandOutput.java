package io.taskerbridge.host.cli;

import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Where a command prints to. */
final class CommandOutput {
  private CommandOutput() {}

  static PrintWriter of(@Nullable CommandSpec spec) {
    return commandLine(spec).getOut();
  }

  /** The command line that runs the command, which fills {@code @Spec} in before it runs. */
  static CommandLine commandLine(@Nullable CommandSpec spec) {
    return Objects.requireNonNull(spec, "spec").commandLine();
  }
}
