package io.taskerbridge.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Tells people about a task. */
final class TaskReport {
  private static final int BACKTRACE_LINES = 4;
  private static final int RESULT_LENGTH = 100;

  private TaskReport() {}

  /** All about it. */
  static void print(PrintWriter out, JsonNode task) {
    printIds(out, task);
    out.println();
    printSteps(out, task);
    printFailures(out, task);
  }

  /** The IDs, aligned. */
  static void printIds(PrintWriter out, JsonNode task) {
    for (String field : List.of("task_uuid", "correlation_id", "trace_id", "state")) {
      out.printf(Locale.ROOT, "%-15s %s%n", field, task.path(field).asText());
    }
  }

  /** The steps, a line each. */
  static void printSteps(PrintWriter out, JsonNode task) {
    int width = 4;
    for (JsonNode step : task.path("steps")) {
      width = Math.max(width, step.path("name").asText().length());
    }
    String row = "  %-" + width + "s  %-20s  %-8s  %s%n";
    out.printf(Locale.ROOT, row, "STEP", "STATE", "ATTEMPTS", "RESULT");
    for (JsonNode step : task.path("steps")) {
      out.printf(
          Locale.ROOT,
          row,
          step.path("name").asText(),
          step.path("state").asText(),
          step.path("attempts").asInt() + " of " + step.path("max_attempts").asInt(),
          outcome(step));
    }
  }

  /** The guest's own words about each step that failed for good. */
  static void printFailures(PrintWriter out, JsonNode task) {
    for (JsonNode step : task.path("steps")) {
      JsonNode error = step.path("error");
      if (step.path("state").asText().equals("error") && error.isObject()) {
        out.printf(
            Locale.ROOT,
            "  %s failed: %s: %s%n",
            step.path("name").asText(),
            error.path("type").asText(),
            error.path("message").asText());
        error
            .path("backtrace")
            .asText()
            .lines()
            .limit(BACKTRACE_LINES)
            .forEach(line -> out.println("    " + line.strip()));
      }
    }
  }

  private static String outcome(JsonNode step) {
    JsonNode result = step.path("result");
    if (!result.isNull() && !result.isMissingNode()) {
      String text = result.toString();
      return text.length() <= RESULT_LENGTH ? text : text.substring(0, RESULT_LENGTH) + "...";
    }
    return step.path("error").path("message").asText();
  }
}
