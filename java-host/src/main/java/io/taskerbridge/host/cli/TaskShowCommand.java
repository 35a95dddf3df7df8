package io.taskerbridge.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows a task. */
@Command(name = "show", description = "Show a task, its steps and its trace.")
final class TaskShowCommand implements Callable<Integer> {
  @Mixin private WorkerAddress worker = new WorkerAddress();
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "UUID", description = "The task.")
  private UUID id = new UUID(0, 0);

  @Override
  public Integer call() {
    PrintWriter out = CommandOutput.of(spec);
    try (WorkerClient client = worker.client()) {
      JsonNode task = client.task(id);
      TaskReport.print(out, task);
      if (!task.path("trace_id").isNull()) {
        out.println();
        out.print(new TraceTree(client.trace(id).path("spans")).render());
      }
    }
    return CommandLine.ExitCode.OK;
  }
}
