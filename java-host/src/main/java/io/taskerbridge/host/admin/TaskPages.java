package io.taskerbridge.host.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.opentelemetry.api.trace.Span;
import io.taskerbridge.host.RecentTraces;
import io.taskerbridge.host.orchestration.TaskRequest;
import io.taskerbridge.host.orchestration.TaskRequestException;
import io.taskerbridge.host.orchestration.TaskService;
import io.taskerbridge.host.orchestration.TaskView;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Answers what is asked of {@code /v1/tasks}. */
final class TaskPages {
  private static final int RECENT = 50;

  private final TaskService tasks;
  private final RecentTraces traces;

  TaskPages(TaskService tasks, RecentTraces traces) {
    this.tasks = tasks;
    this.traces = traces;
  }

  Response submit(Request request) {
    TaskRequest asked = TaskBody.read(request.body(), correlationHeader(request));
    TaskView task;
    try {
      task = tasks.submit(asked);
    } catch (TaskRequestException e) {
      throw Problem.of(422, e.field(), String.valueOf(e.getMessage()));
    }
    String address = "/v1/tasks/" + task.taskUuid();
    ObjectNode body = Views.summary(task);
    if (body.path("trace_id").isNull()) {
      body.put("trace_id", Span.current().getSpanContext().getTraceId());
    }
    return Response.json(202, body)
        .withHeaders(
            Map.of("Location", address, "X-Correlation-ID", task.correlationId().toString()));
  }

  /** The correlation ID that the headers bring, or null. */
  static @Nullable UUID correlationHeader(Request request) {
    for (String name : new String[] {"X-Correlation-ID", "X-Trace-ID"}) {
      String value = request.header(name);
      if (value != null) {
        return TaskBody.uuid(name, value);
      }
    }
    return null;
  }

  Response recent(Request request) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ArrayNode list = body.putArray("tasks");
    tasks.recent(RECENT).forEach(task -> list.add(Views.summary(task)));
    return Response.json(200, body);
  }

  Response show(Request request) {
    return Response.json(200, Views.task(find(request)));
  }

  Response trace(Request request) {
    TaskView task = find(request);
    String traceId = Views.traceId(task);
    if (traceId == null) {
      throw Problem.of(404, "id", "task " + task.taskUuid() + " has no trace");
    }
    return Response.json(200, Views.trace(traceId, traces.trace(traceId)));
  }

  private TaskView find(Request request) {
    UUID id = TaskBody.uuid("id", request.parameter("id"));
    return tasks.find(id).orElseThrow(() -> Problem.of(404, "id", "there is no task " + id));
  }
}
