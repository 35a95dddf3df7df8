package io.taskerbridge.host.provider;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.core.log.LifecycleLog;
import io.taskerbridge.core.telemetry.Telemetry;
import io.taskerbridge.host.execution.StepRunner;
import io.taskerbridge.host.orchestration.StepView;
import io.taskerbridge.host.orchestration.TaskRequest;
import io.taskerbridge.host.orchestration.TaskState;
import io.taskerbridge.host.orchestration.TaskView;
import io.taskerbridge.host.orchestration.TemplateCatalog;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.awaitility.Awaitility;

/** A worker on a database, with real telemetry and handlers written in Java. */
final class TestWorker implements AutoCloseable {
  private static final Set<TaskState> RESTING =
      Set.of(
          TaskState.COMPLETE,
          TaskState.ERROR,
          TaskState.BLOCKED_BY_FAILURES,
          TaskState.CANCELLED,
          TaskState.RESOLVED_MANUALLY);

  final InMemorySpanExporter spans = InMemorySpanExporter.create();
  final Telemetry telemetry;
  final Database database;
  final PostgresEngine engine;
  final BridgeConfig.Database where;

  private TestWorker(
      BridgeConfig.Database where,
      TemplateCatalog templates,
      List<String> namespaces,
      Function<StepCall, StepOutcome> handlers) {
    this.where = where;
    BridgeConfig config = config(where, namespaces);
    this.telemetry =
        Telemetry.builder(config)
            .addSpanExporter(spans)
            .console(OutputStream.nullOutputStream())
            .start();
    this.database = Database.open(where, telemetry.metrics());
    this.engine =
        PostgresEngine.create(
            database,
            templates,
            runner(handlers),
            telemetry.openTelemetry(),
            telemetry.metrics(),
            new LifecycleLog(telemetry.log(), telemetry.redactor()),
            config);
  }

  static TestWorker start(
      BridgeConfig.Database where, String yaml, Function<StepCall, StepOutcome> handlers) {
    TestWorker worker = created(where, yaml, handlers);
    worker.engine.begin();
    return worker;
  }

  /** A worker that was not told to begin. */
  static TestWorker created(
      BridgeConfig.Database where, String yaml, Function<StepCall, StepOutcome> handlers) {
    return new TestWorker(where, catalog(yaml), List.of(), handlers);
  }

  static TestWorker serving(
      BridgeConfig.Database where,
      String yaml,
      String namespace,
      Function<StepCall, StepOutcome> handlers) {
    TestWorker worker = new TestWorker(where, catalog(yaml), List.of(namespace), handlers);
    worker.engine.begin();
    return worker;
  }

  static BridgeConfig config(BridgeConfig.Database where, List<String> namespaces) {
    BridgeConfig d = BridgeConfig.defaults();
    return new BridgeConfig(
        d.telemetry(),
        d.logging(),
        d.redaction(),
        d.ruby(),
        d.python(),
        where,
        new BridgeConfig.Worker(
            namespaces,
            4,
            List.of(),
            Duration.ofSeconds(30),
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofSeconds(5)),
        d.admin());
  }

  /** The templates of YAML documents parted by {@code ---}; every handler is known. */
  static TemplateCatalog catalog(String yaml) {
    try {
      Path folder = Files.createTempDirectory("templates");
      int number = 0;
      for (String document : yaml.split("(?m)^---$", -1)) {
        Files.writeString(folder.resolve("template" + number++ + ".yaml"), document);
      }
      TemplateCatalog catalog = TemplateCatalog.load(List.of(folder), handler -> true);
      if (!catalog.problems().isEmpty()) {
        throw new IllegalArgumentException(catalog.problems().toString());
      }
      return catalog;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static StepOutcome success(String json) {
    return new StepOutcome.Success(json, "{}");
  }

  static StepOutcome failure(boolean retryable) {
    return new StepOutcome.Failure(
        new HandlerError("GatewayError", "the gateway is busy", "busy", "gateway.rb:7"),
        retryable,
        null,
        "{}");
  }

  TaskView submit(String namespace, String name) {
    return submit(namespace, name, "{}");
  }

  TaskView submit(String namespace, String name, String context) {
    return engine.tasks().submit(new TaskRequest(namespace, name, null, context, null, null));
  }

  TaskView run(String namespace, String name, String context) {
    return finished(submit(namespace, name, context).taskUuid());
  }

  /** The task when nothing of it runs any more and its spans are there. */
  TaskView finished(UUID task) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> RESTING.contains(view(task).state()));
    return view(task);
  }

  TaskView view(UUID task) {
    return engine.tasks().find(task).orElseThrow();
  }

  static StepView step(TaskView task, String name) {
    return task.steps().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  List<SpanData> named(String traceId, String name) {
    return spans.getFinishedSpanItems().stream()
        .filter(span -> span.getTraceId().equals(traceId) && span.getName().equals(name))
        .toList();
  }

  List<String> query(String sql, Object... parameters) throws SQLException {
    try (Connection connection = TestDatabase.connect(where);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      List<String> found = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
      return found;
    }
  }

  @Override
  public void close() {
    engine.close();
    database.close();
    telemetry.close();
  }

  /** Runs the handler in a {@code step.execute} span, as the executor does. */
  private StepRunner runner(Function<StepCall, StepOutcome> handlers) {
    var links =
        new Spans(
            telemetry.openTelemetry().getTracer("test"),
            telemetry.openTelemetry().getPropagators().getTextMapPropagator());
    return (step, submit) -> {
      var context = links.extract(step.carrier(), step.call().correlation());
      Span span =
          links
              .builder("step.execute", SpanKind.CONSUMER, step.call().correlation())
              .setParent(context)
              .startSpan();
      try {
        context.with(span).wrap(() -> submit.accept(handlers.apply(step.call()))).run();
      } finally {
        span.end();
      }
    };
  }
}
