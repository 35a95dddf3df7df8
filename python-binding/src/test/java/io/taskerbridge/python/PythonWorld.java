package io.taskerbridge.python;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.core.guest.GuestBridge;
import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.core.log.Redactor;
import io.taskerbridge.core.telemetry.Telemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * One host with two Python contexts for all test classes, since booting takes seconds. Tests run
 * one after the other and look only at what they made.
 */
final class PythonWorld {
  static final Path TESTS =
      Path.of(System.getProperty("tasker.project.dir", "."), "python-binding", "src/test/python");
  static final int CONTEXTS = 2;

  final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  final RecordedMetrics metrics = new RecordedMetrics();
  final RecordedLog log = new RecordedLog();
  final GuestBridge bridge;
  final PythonRuntime runtime;
  private final Tracer tracer;

  private PythonWorld() {
    Telemetry telemetry =
        Telemetry.builder(config(CONTEXTS))
            .addSpanExporter(exporter)
            .addMetricReader(metrics.reader)
            .start();
    tracer = telemetry.openTelemetry().getTracer("test");
    bridge =
        GuestBridge.create(
            telemetry.openTelemetry(), telemetry.metrics(), log, Redactor.none(), LogLevel.INFO);
    runtime =
        new PythonRuntimeProvider()
            .open(bridge, config(CONTEXTS), List.of(TESTS.resolve("handlers")));
  }

  static PythonWorld get() {
    return Holder.WORLD;
  }

  static BridgeConfig config(int contexts) {
    BridgeConfig defaults = BridgeConfig.defaults();
    return new BridgeConfig(
        defaults.telemetry(),
        defaults.logging(),
        defaults.redaction(),
        defaults.ruby(),
        new BridgeConfig.Python(true, List.of(), contexts, null, false, false),
        defaults.database(),
        defaults.worker(),
        defaults.admin());
  }

  /** Forgets spans and log records. */
  void clear() {
    exporter.reset();
    log.clear();
  }

  static StepCall step(String handler, String input) {
    return StepCall.of(handler, correlation(), input);
  }

  static Correlation correlation() {
    return new Correlation(
        CorrelationId.next(), null, UUID.randomUUID(), UUID.randomUUID(), "orders");
  }

  /** Calls under a span of the host named {@code step.execute}. */
  StepOutcome call(StepCall step) {
    return call(step, new Cancellation());
  }

  StepOutcome call(StepCall step, Cancellation cancellation) {
    Span span = tracer.spanBuilder("step.execute").startSpan();
    try (var current = span.makeCurrent()) {
      java.util.Objects.requireNonNull(current);
      return runtime.call(step, cancellation);
    } finally {
      span.end();
    }
  }

  StepOutcome call(String handler) {
    return call(step(handler, "{}"));
  }

  StepOutcome call(String handler, String input) {
    return call(step(handler, input));
  }

  /** Calls, and cancels after that time. */
  StepOutcome callAndCancel(String handler, long millis, Cancellation.Reason reason) {
    Cancellation cancellation = new Cancellation();
    CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS)
        .execute(() -> cancellation.cancel(reason));
    return call(step(handler, "{}"), cancellation);
  }

  /** Waits until every context is there and free. */
  void awaitAllContexts() {
    await(() -> runtime.health().idle() == CONTEXTS);
  }

  void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
  }

  List<SpanData> spans() {
    return exporter.getFinishedSpanItems();
  }

  /** The one span of that name. */
  SpanData span(String name) {
    List<SpanData> found = spans().stream().filter(s -> s.getName().equals(name)).toList();
    if (found.size() != 1) {
      throw new AssertionError(
          found.size()
              + " spans are named "
              + name
              + " of "
              + spans().stream().map(SpanData::getName).toList());
    }
    return found.getFirst();
  }

  private static final class Holder {
    static final PythonWorld WORLD = new PythonWorld();
  }
}
