package io.taskerbridge.host.cli;

import io.taskerbridge.core.config.ConfigException;
import io.taskerbridge.host.provider.DatabaseException;
import io.taskerbridge.host.provider.ProviderException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The commands of {@code tasker-bridge}. Exit codes: 0 done, 1 failed, 2 wrongly asked. */
@Command(
    name = "tasker-bridge",
    mixinStandardHelpOptions = true,
    version = "tasker-bridge 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    description = "One tracer, one metrics pipeline and one logger for Ruby and Python handlers.",
    subcommands = {
      DemoCommand.class,
      WorkerCommand.class,
      TaskCommand.class,
      ConfigCommand.class,
      DoctorCommand.class,
      HelpCommand.class
    })
public final class Main {
  private Main() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    int code =
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            args);
    System.exit(code);
  }

  /** Runs a command and returns its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine commands = new CommandLine(new Main());
    commands.setOut(out);
    commands.setErr(err);
    commands.setExpandAtFiles(false); // a value may begin with @
    commands.setExecutionExceptionHandler(Main::failed);
    int code = commands.execute(args);
    out.flush();
    err.flush();
    return code;
  }

  /** Expected failures are one message; only what nobody expected shows where it comes from. */
  private static int failed(
      Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
    if (failure instanceof CommandFailure
        || failure instanceof ConfigException
        || failure instanceof DatabaseException
        || failure instanceof ProviderException
        || failure instanceof IllegalStateException
        || failure instanceof IllegalArgumentException) {
      command.getErr().println("tasker-bridge: " + failure.getMessage());
    } else {
      failure.printStackTrace(command.getErr());
    }
    return CommandLine.ExitCode.SOFTWARE;
  }
}
