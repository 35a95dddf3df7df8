package io.taskerbridge.host.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Submits a task. */
@Command(name = "submit", description = "Submit a task; prints its IDs.")
final class TaskSubmitCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration WAIT_LIMIT = Duration.ofHours(1);

  @Mixin private WorkerAddress worker = new WorkerAddress();
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "NAMESPACE/NAME", description = "The workflow.")
  private String workflow = "";

  @Option(
      names = "--input",
      paramLabel = "JSON|@FILE",
      description = "The task's input, a JSON object or @ and a file that holds one.")
  private String input = "{}";

  @Option(
      names = "--correlation-id",
      paramLabel = "UUID",
      description = "An ID of your own rather than a new one.")
  private @Nullable UUID correlationId;

  @Option(names = "--wait", description = "Wait until it ended; exit code 1 if not complete.")
  private boolean wait;

  @Override
  public Integer call() {
    int slash = workflow.indexOf('/');
    if (slash < 1 || slash == workflow.length() - 1) {
      throw usage("a workflow is NAMESPACE/NAME, such as math/mathematical_sequence");
    }
    String namespace = workflow.substring(0, slash);
    String name = workflow.substring(slash + 1);
    JsonNode context = context();
    PrintWriter out = CommandOutput.of(spec);
    try (WorkerClient client = worker.client()) {
      JsonNode task = client.submit(namespace, name, context, correlationId);
      if (!wait) {
        TaskReport.printIds(out, task);
        return CommandLine.ExitCode.OK;
      }
      UUID id = UUID.fromString(task.path("task_uuid").asText());
      JsonNode settled = client.awaitSettled(id, WAIT_LIMIT);
      TaskReport.print(out, settled);
      return settled.path("state").asText().equals("complete")
          ? CommandLine.ExitCode.OK
          : CommandLine.ExitCode.SOFTWARE;
    }
  }

  private JsonNode context() {
    try {
      String text = input.startsWith("@") ? Files.readString(Path.of(input.substring(1))) : input;
      JsonNode node = JSON.readTree(text);
      if (node.isObject()) {
        return node;
      }
      throw usage("--input must be a JSON object, such as '{\"terms\": 30}'");
    } catch (JsonProcessingException e) {
      throw usage("--input is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw usage("--input: the file " + input.substring(1) + " cannot be read");
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(CommandOutput.commandLine(spec), message);
  }
}
