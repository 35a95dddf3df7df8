package io.taskerbridge.benchmarks;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.telemetry.Telemetry;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One telemetry operation from one language, with everything on that a worker has on: level filter,
 * redaction, ledger, context carrier, a batch processor whose exporter drops all. Guests repeat the
 * operation inside one handler call.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TelemetryOperations {
  static final int TIMES = 500;
  static final String HANDLERS = "tasker.benchmarks.handlers";

  /** What is done. */
  @Param({"span", "log", "disabled_log", "counter"})
  public String operation = "span";

  /** Who does it. */
  @Param({"java", "ruby", "python"})
  public String language = "java";

  private Telemetry telemetry = Telemetry.start(BridgeConfig.defaults());
  private Workload workload = times -> {};

  /** Boots the guest and checks that the operation works. */
  @Setup(Level.Trial)
  public void start() {
    telemetry.close();
    telemetry =
        Telemetry.builder(BridgeConfig.defaults())
            .console(OutputStream.nullOutputStream())
            .addSpanProcessor(BatchSpanProcessor.builder(new DroppingExporter()).build())
            .start();
    workload =
        language.equals("java")
            ? new JavaWorkload(telemetry, operation)
            : GuestWorkload.open(
                telemetry, language, operation, Path.of(System.getProperty(HANDLERS, "handlers")));
    workload.run(1);
  }

  /** Closes the guest. */
  @TearDown(Level.Trial)
  public void stop() {
    workload.close();
    telemetry.close();
  }

  /** The operation, {@value #TIMES} times, inside a recorded span. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public void repeated() {
    var span =
        telemetry
            .openTelemetry()
            .getTracer("benchmarks")
            .spanBuilder("step.execute")
            .setNoParent()
            .startSpan();
    try (var current = Context.root().with(span).makeCurrent()) {
      workload.run(TIMES);
    } finally {
      span.end();
    }
  }

  /** An operation that can be repeated. */
  interface Workload extends AutoCloseable {
    void run(int times);

    @Override
    default void close() {}
  }
}
