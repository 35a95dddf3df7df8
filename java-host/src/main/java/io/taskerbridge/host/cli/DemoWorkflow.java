package io.taskerbridge.host.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A workflow that the demo runs.
 *
 * @param title what it shows
 * @param context its input
 * @param state the state that it must end in
 * @param attempts how often each step must have been tried, in their order
 */
record DemoWorkflow(
    String title,
    String namespace,
    String name,
    JsonNode context,
    String state,
    List<Integer> attempts) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FULFILLED = 60;
  private static final int SETTLED = 150;

  /** The three workflows with the data of that folder. */
  static List<DemoWorkflow> all(Path examples) {
    List<JsonNode> orders = orders(examples.resolve("data").resolve("orders.jsonl"));
    return List.of(
        new DemoWorkflow(
            "four Ruby steps in a row",
            "math",
            "mathematical_sequence",
            JSON.createObjectNode().put("terms", 28),
            "complete",
            List.of(1, 1, 1, 1)),
        new DemoWorkflow(
            "a diamond: Ruby, then Python and Ruby side by side, then Python",
            "orders",
            "order_fulfillment",
            batch(orders.subList(0, FULFILLED)),
            "complete",
            List.of(1, 1, 1, 1)),
        new DemoWorkflow(
            "retries in Python, then an order that Ruby refuses for good",
            "orders",
            "order_settlement",
            batch(orders.subList(SETTLED - FULFILLED, SETTLED)),
            "blocked_by_failures",
            List.of(3, 1, 0)));
  }

  private static JsonNode batch(List<JsonNode> orders) {
    ArrayNode list = JSON.createArrayNode().addAll(orders);
    return JSON.createObjectNode().set("orders", list);
  }

  private static List<JsonNode> orders(Path file) {
    List<JsonNode> orders = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        orders.add(JSON.readTree(line));
      }
    } catch (JsonProcessingException e) {
      throw new CommandFailure(file + " holds a line that is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new CommandFailure("the example data cannot be read: " + e.getMessage(), e);
    }
    return orders;
  }

  /** What is not as it should be with a task that ended; empty if nothing. */
  List<String> faults(JsonNode task) {
    List<String> faults = new ArrayList<>();
    String ended = task.path("state").asText();
    if (!ended.equals(state)) {
      faults.add("it ended as " + ended + ", not as " + state);
    }
    List<Integer> tried = new ArrayList<>();
    task.path("steps").forEach(step -> tried.add(step.path("attempts").asInt()));
    if (!tried.equals(attempts)) {
      faults.add("its steps were tried " + tried + " times, not " + attempts);
    }
    return faults;
  }
}
