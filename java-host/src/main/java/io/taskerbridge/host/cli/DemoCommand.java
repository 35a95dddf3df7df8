package io.taskerbridge.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.config.ConfigLoader;
import io.taskerbridge.host.Worker;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the example workflows in a worker of its own and shows their traces. */
@Command(
    name = "demo",
    description = {
      "Run three workflows of Ruby and Python steps, with a database of their own, and show"
          + " their traces.",
      "Exit code 0 if every trace is one tree and every workflow ended as it should."
    })
final class DemoCommand implements Callable<Integer> {
  /** As shells say it of a program that was interrupted. */
  private static final int INTERRUPTED = 130;

  private static final Duration TASK_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration TRACE_TIMEOUT = Duration.ofSeconds(5);

  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--keep-running", description = "Serve on until Ctrl-C or SIGTERM.")
  private boolean keepRunning;

  @Option(
      names = "--port",
      paramLabel = "P",
      description = "Port of the admin server; by default that of [admin].")
  private @Nullable Integer port;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where the database and the log are kept; by default .tasker/demo.")
  private @Nullable Path dataDir;

  @Override
  public Integer call() {
    PrintWriter out = CommandOutput.of(spec);
    Path examples = ProjectFolder.find().resolve("examples");
    List<DemoWorkflow> workflows = DemoWorkflow.all(examples);
    Path data = dataDir != null ? dataDir : ProjectFolder.find().resolve(".tasker").resolve("demo");
    BridgeConfig config = config(examples, data.toAbsolutePath());
    Progress progress = new Progress(out);
    try (ShutdownSignal signal = new ShutdownSignal(INTERRUPTED);
        Worker worker = Worker.builder(config).progress(progress).start()) {
      URI address = Objects.requireNonNull(worker.adminAddress(), "adminAddress");
      progress.ready("worker", progress.elapsed(), "ready at " + address);
      List<String> faults = new ArrayList<>();
      try (WorkerClient client = new WorkerClient(address, null)) {
        for (DemoWorkflow workflow : workflows) {
          faults.addAll(run(workflow, client, out));
        }
      }
      conclude(out, address, config, progress, faults);
      int code = faults.isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
      signal.exitWith(code);
      if (keepRunning) {
        out.println("Serving until Ctrl-C.");
        out.flush();
        signal.await();
      }
      return code;
    }
  }

  /** What the demo's own folders ask for, over all else. */
  private BridgeConfig config(Path examples, Path data) {
    ConfigLoader loader =
        common
            .loader()
            .set("ruby.handlers", examples.resolve("handlers").resolve("ruby").toString())
            .set("python.handlers", examples.resolve("handlers").resolve("python").toString())
            .set("worker.templates", examples.resolve("workflows").toString())
            .set("worker.namespaces", "")
            .set("worker.poll_interval_ms", "100")
            .set("database.url", "")
            .set("database.directory", data.resolve("postgres").toString())
            .set("logging.console", "false")
            .set("logging.file", data.resolve("demo.log").toString())
            .set("admin.enabled", "true");
    if (port != null) {
      loader.set("admin.port", port.toString());
    }
    return loader.load().config();
  }

  private static List<String> run(DemoWorkflow workflow, WorkerClient client, PrintWriter out) {
    out.printf("%n%s/%s: %s%n%n", workflow.namespace(), workflow.name(), workflow.title());
    JsonNode created =
        client.submit(workflow.namespace(), workflow.name(), workflow.context(), null);
    UUID id = UUID.fromString(created.path("task_uuid").asText());
    JsonNode task = client.awaitSettled(id, TASK_TIMEOUT);
    TraceTree tree = awaitTree(client, id);
    out.print(tree.render());
    out.println();
    TaskReport.printSteps(out, task);
    TaskReport.printFailures(out, task);
    out.printf(
        Locale.ROOT,
        "  %s; %d spans (%s); trace %s%n",
        task.path("state").asText(),
        tree.size(),
        tree.languages(),
        task.path("trace_id").asText());
    List<String> faults = new ArrayList<>(workflow.faults(task));
    faults.addAll(tree.faults());
    return faults.stream().map(fault -> workflow.name() + ": " + fault).toList();
  }

  /** The tree once it is whole: the last spans end a moment after the task. */
  private static TraceTree awaitTree(WorkerClient client, UUID id) {
    long start = System.nanoTime();
    while (true) {
      TraceTree tree = new TraceTree(client.trace(id).path("spans"));
      if (tree.faults().isEmpty() || System.nanoTime() - start > TRACE_TIMEOUT.toNanos()) {
        return tree;
      }
      WorkerClient.pause();
    }
  }

  private static void conclude(
      PrintWriter out, URI address, BridgeConfig config, Progress progress, List<String> faults) {
    out.println();
    if (faults.isEmpty()) {
      out.printf(
          Locale.ROOT,
          "Every workflow ended as it should, and every trace is one tree. %.1f s in all.%n",
          progress.elapsed().toMillis() / 1000.0);
    } else {
      faults.forEach(fault -> out.println("NOT AS IT SHOULD BE: " + fault));
      out.printf(Locale.ROOT, "%.1f s in all.%n", progress.elapsed().toMillis() / 1000.0);
    }
    out.println();
    out.println("  metrics    " + address.resolve("/metrics"));
    out.println("  health     " + address.resolve("/health"));
    out.println("  tasks      " + address.resolve("/v1/tasks"));
    out.println("  log        " + config.logging().file());
    Path telemetry = config.telemetry().file().directory();
    if (telemetry != null) {
      out.println("  telemetry  " + telemetry);
    }
    out.flush();
  }
}
