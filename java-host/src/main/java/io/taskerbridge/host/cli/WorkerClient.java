package io.taskerbridge.host.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Talks to a running worker's admin server. For one thread. */
final class WorkerClient implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(200);
  private static final Set<String> SETTLED =
      Set.of("complete", "error", "cancelled", "resolved_manually", "blocked_by_failures");

  private final URI url;
  private final @Nullable String token;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();

  /**
   * A client of the worker at that address.
   *
   * @param token what the worker wants to see, or null
   */
  WorkerClient(URI url, @Nullable String token) {
    this.url = url;
    this.token = token;
  }

  /** Asks for a task; the answer has its IDs. */
  JsonNode submit(String namespace, String name, JsonNode context, @Nullable UUID correlationId) {
    ObjectNode body = JSON.createObjectNode().put("namespace", namespace).put("name", name);
    body.set("context", context);
    if (correlationId != null) {
      body.put("correlation_id", correlationId.toString());
    }
    return ask(
        request("/v1/tasks")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build());
  }

  /** The task as it is now. */
  JsonNode task(UUID id) {
    return ask(request("/v1/tasks/" + id).GET().build());
  }

  /** The spans of the task's trace that have ended. */
  JsonNode trace(UUID id) {
    return ask(request("/v1/tasks/" + id + "/trace").GET().build());
  }

  /** The task when nothing more happens to it of its own accord. */
  JsonNode awaitSettled(UUID id, Duration timeout) {
    long start = System.nanoTime();
    while (true) {
      JsonNode task = task(id);
      if (SETTLED.contains(task.path("state").asText())) {
        return task;
      }
      if (System.nanoTime() - start > timeout.toNanos()) {
        throw new CommandFailure(
            "task "
                + id
                + " is still "
                + task.path("state").asText()
                + " after "
                + timeout.toSeconds()
                + " s");
      }
      pause();
    }
  }

  /** Waits the time between two questions. */
  static void pause() {
    try {
      Thread.sleep(POLL_INTERVAL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(url.resolve(path)).timeout(ANSWER_TIMEOUT);
    if (token != null) {
      builder.header("Authorization", "Bearer " + token);
    }
    return builder;
  }

  private JsonNode ask(HttpRequest request) {
    HttpResponse<String> answer;
    try {
      answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new CommandFailure(
          "no worker answers at "
              + url
              + ": start one with `bin/tasker-bridge worker`, or give its address with --url",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
    JsonNode body = read(answer.body());
    if (answer.statusCode() >= 400) {
      String field = body.path("field").asText();
      throw new CommandFailure(
          "the worker refused ("
              + answer.statusCode()
              + "): "
              + (field.isEmpty() ? "" : field + ": ")
              + body.path("detail").asText("no reason given"));
    }
    return body;
  }

  private JsonNode read(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new CommandFailure("what answers at " + url + " is no worker of Tasker Bridge", e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
