package io.taskerbridge.host.admin;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.host.orchestration.StepState;
import io.taskerbridge.host.orchestration.StepView;
import io.taskerbridge.host.orchestration.TaskRequest;
import io.taskerbridge.host.orchestration.TaskRequestException;
import io.taskerbridge.host.orchestration.TaskService;
import io.taskerbridge.host.orchestration.TaskState;
import io.taskerbridge.host.orchestration.TaskView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Tasks of one template, {@code math/sequence}, whose only step failed at once. */
final class MemoryTasks implements TaskService {
  private final Map<UUID, TaskView> tasks = new ConcurrentHashMap<>();
  private final OpenTelemetry openTelemetry;
  volatile String lastInput = "";

  MemoryTasks(OpenTelemetry openTelemetry) {
    this.openTelemetry = openTelemetry;
  }

  @Override
  public TaskView submit(TaskRequest request) {
    if (request.name().equals("broken")) {
      throw new IllegalStateException("the database is away");
    }
    if (!request.name().equals("sequence")) {
      throw new TaskRequestException(
          "name", "there is no template math/" + request.name() + ", did you mean math/sequence?");
    }
    lastInput = request.contextJson();
    Span span = openTelemetry.getTracer("test").spanBuilder("task.initialize").startSpan();
    var context = span.getSpanContext();
    span.end();
    UUID correlationId = request.correlationId();
    TaskView task =
        new TaskView(
            CorrelationId.next(),
            correlationId == null ? CorrelationId.next() : correlationId,
            request.parentCorrelationId(),
            request.namespace(),
            request.name(),
            "1.0.0",
            TaskState.BLOCKED_BY_FAILURES,
            "00-" + context.getTraceId() + "-" + context.getSpanId() + "-01",
            Instant.parse("2026-01-05T06:00:00Z"),
            null,
            List.of(
                new StepView(
                    CorrelationId.next(),
                    "sum",
                    "sequence.sum",
                    List.of(),
                    StepState.ERROR,
                    2,
                    3,
                    "{\"total\":12}",
                    "TypeError",
                    "no number",
                    "sum.rb:4:in 'call'")));
    tasks.put(task.taskUuid(), task);
    return task;
  }

  @Override
  public Optional<TaskView> find(UUID taskUuid) {
    return Optional.ofNullable(tasks.get(taskUuid));
  }

  @Override
  public List<TaskView> recent(int limit) {
    return tasks.values().stream().limit(limit).toList();
  }
}
