package io.taskerbridge.host.provider;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.core.log.LifecycleEvent;
import io.taskerbridge.core.metrics.Metrics;
import io.taskerbridge.host.orchestration.StepState;
import io.taskerbridge.host.orchestration.StepTemplate;
import io.taskerbridge.host.orchestration.StepView;
import io.taskerbridge.host.orchestration.TaskRequest;
import io.taskerbridge.host.orchestration.TaskRequestException;
import io.taskerbridge.host.orchestration.TaskService;
import io.taskerbridge.host.orchestration.TaskState;
import io.taskerbridge.host.orchestration.TaskTemplate;
import io.taskerbridge.host.orchestration.TaskView;
import io.taskerbridge.host.orchestration.TemplateCatalog;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Takes requests for tasks and tells how tasks stand. */
final class PostgresTaskService implements TaskService {
  private final TemplateCatalog templates;
  private final int maxContextBytes;
  private final WorkflowProvider provider;
  private final Orchestrator orchestrator;
  private final TaskViews views;
  private final Spans spans;
  private final Metrics metrics;
  private final Lifecycle lifecycle;

  PostgresTaskService(
      TemplateCatalog templates,
      int maxContextBytes,
      WorkflowProvider provider,
      Orchestrator orchestrator,
      TaskViews views,
      Spans spans,
      Metrics metrics,
      Lifecycle lifecycle) {
    this.templates = templates;
    this.maxContextBytes = maxContextBytes;
    this.provider = provider;
    this.orchestrator = orchestrator;
    this.views = views;
    this.spans = spans;
    this.metrics = metrics;
    this.lifecycle = lifecycle;
  }

  @Override
  public TaskView submit(TaskRequest request) {
    UUID correlationId =
        request.correlationId() == null ? CorrelationId.next() : request.correlationId();
    Correlation correlation =
        new Correlation(
            correlationId,
            request.parentCorrelationId(),
            CorrelationId.next(),
            null,
            request.namespace());
    return correlation
        .storeIn(Context.current())
        .wrapSupplier(
            () ->
                spans.in(
                    "task.initialize",
                    SpanKind.INTERNAL,
                    correlation,
                    () -> initialize(request, correlation)))
        .get();
  }

  @Override
  public Optional<TaskView> find(UUID taskUuid) {
    return views.one(taskUuid).stream().findFirst();
  }

  @Override
  public List<TaskView> recent(int limit) {
    return views.recent(limit);
  }

  private TaskView initialize(TaskRequest request, Correlation correlation) {
    long start = System.nanoTime();
    Instant createdAt = Instant.now();
    Map<String, String> carrier = spans.inject(Context.current());
    TaskTemplate template =
        spans.in("task.validate", SpanKind.INTERNAL, correlation, () -> validate(request));
    Span.current().setAttribute("tasker.task_name", template.name());
    metrics
        .get("tasker.tasks.requests.total")
        .record(1, "namespace", template.namespace(), "task_type", template.name());
    NewTask task = newTask(request, correlation, template, carrier);
    spans.in(
        "task.enqueue_initial_steps", SpanKind.INTERNAL, correlation, () -> enqueue(task, start));
    metrics
        .get("tasker.task.initialization.duration")
        .record(Sql.millisSince(start), "task_type", template.name());
    return view(task, createdAt);
  }

  private TaskTemplate validate(TaskRequest request) {
    try {
      return templates.resolve(request, maxContextBytes);
    } catch (TaskRequestException e) {
      // the caller's own words would make a series for each misspelling
      metrics
          .get("tasker.tasks.requests.total")
          .record(1, "namespace", "refused", "task_type", "refused");
      throw e;
    }
  }

  private NewTask newTask(
      TaskRequest request,
      Correlation correlation,
      TaskTemplate template,
      Map<String, String> carrier) {
    UUID taskUuid = correlation.taskUuid();
    if (taskUuid == null) {
      throw new IllegalStateException("a new task has a UUID");
    }
    Map<String, UUID> stepUuids = new HashMap<>();
    template.steps().forEach(step -> stepUuids.put(step.name(), CorrelationId.next()));
    return new NewTask(taskUuid, template, request.contextJson(), correlation, carrier, stepUuids);
  }

  private boolean enqueue(NewTask task, long start) {
    String queue = StepClaim.queue(task.template().namespace());
    try {
      provider.enqueueForOrchestrator(task);
    } catch (ProviderException e) {
      metrics
          .get("tasker.messages.send_failures.total")
          .record(1, "queue", queue, "error_type", e.errorType());
      throw e;
    }
    lifecycle.emit(
        LifecycleEvent.TASK_INITIALIZED,
        task.correlation(),
        "Task initialized",
        Map.of("task_name", task.template().name(), "step_count", task.stepUuids().size()));
    List<StepRef> first =
        task.template().steps().stream()
            .filter(step -> step.dependsOn().isEmpty())
            .map(step -> new StepRef(stepUuid(task, step), step.name()))
            .toList();
    orchestrator.enqueued(task.correlation(), first, start);
    return true;
  }

  private static TaskView view(NewTask task, Instant createdAt) {
    Correlation correlation = task.correlation();
    return new TaskView(
        task.taskUuid(),
        correlation.correlationId(),
        correlation.parentCorrelationId(),
        task.template().namespace(),
        task.template().name(),
        task.template().version(),
        TaskState.STEPS_IN_PROCESS,
        task.carrier().get("traceparent"),
        createdAt,
        null,
        task.template().steps().stream().map(step -> view(task, step)).toList());
  }

  private static StepView view(NewTask task, StepTemplate step) {
    return new StepView(
        stepUuid(task, step),
        step.name(),
        step.handler(),
        step.dependsOn(),
        step.dependsOn().isEmpty() ? StepState.ENQUEUED : StepState.PENDING,
        0,
        step.retry().maxAttempts(),
        null,
        null,
        null,
        null);
  }

  private static UUID stepUuid(NewTask task, StepTemplate step) {
    UUID uuid = task.stepUuids().get(step.name());
    if (uuid == null) {
      throw new IllegalStateException("step " + step.name() + " has no UUID");
    }
    return uuid;
  }
}
