package io.taskerbridge.host.cli;

import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.config.ConfigLoader;
import io.taskerbridge.host.Worker;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves until it is told to stop. */
@Command(
    name = "worker",
    description = {
      "Run the steps of the workflows and serve the admin address until SIGTERM or Ctrl-C.",
      "Standard output is the log; how the start goes on is told on standard error."
    })
final class WorkerCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--namespaces",
      paramLabel = "A,B",
      description = "Run only the steps of these namespaces.")
  private @Nullable String namespaces;

  @Override
  public Integer call() {
    ConfigLoader loader = common.loader();
    if (namespaces != null) {
      loader.set("worker.namespaces", namespaces);
    }
    BridgeConfig config = loader.load().config();
    PrintWriter err = CommandOutput.commandLine(spec).getErr();
    Progress progress = new Progress(err);
    try (ShutdownSignal signal = new ShutdownSignal(CommandLine.ExitCode.OK);
        Worker worker = Worker.builder(config).progress(progress).start()) {
      progress.ready(
          "worker",
          progress.elapsed(),
          worker.adminAddress() == null ? "ready" : "ready at " + worker.adminAddress());
      signal.await();
    }
    return CommandLine.ExitCode.OK;
  }
}
