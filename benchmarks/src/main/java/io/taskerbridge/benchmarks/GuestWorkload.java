package io.taskerbridge.benchmarks;

import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.config.ConfigLoader;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.HandlerRuntime;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.core.telemetry.Telemetry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** The operations as a handler of a guest language does them. */
final class GuestWorkload implements TelemetryOperations.Workload {
  private static final Map<String, String> HANDLERS =
      Map.of("ruby", "BenchOperations", "python", "BenchPythonOperations");

  private final HandlerRuntime runtime;
  private final String handler;
  private final String operation;
  private final Correlation correlation = Correlation.of(CorrelationId.next());

  private GuestWorkload(HandlerRuntime runtime, String handler, String operation) {
    this.runtime = runtime;
    this.handler = handler;
    this.operation = operation;
  }

  static GuestWorkload open(Telemetry telemetry, String language, String operation, Path folder) {
    for (HandlerRuntime.Provider provider : ServiceLoader.load(HandlerRuntime.Provider.class)) {
      if (provider.language().equals(language)) {
        HandlerRuntime runtime =
            provider.open(
                telemetry.guestBridge().forLanguage(language), oneContext(folder), List.of(folder));
        if (!runtime.problems().isEmpty()) {
          throw new IllegalStateException("handlers: " + runtime.problems());
        }
        String handler = HANDLERS.get(language);
        return new GuestWorkload(runtime, handler == null ? language : handler, operation);
      }
    }
    throw new IllegalArgumentException("language: there is no runtime for " + language);
  }

  /** With several, each would warm up by itself. */
  private static BridgeConfig oneContext(Path folder) {
    return ConfigLoader.in(folder).set("python.contexts", "1").load().config();
  }

  @Override
  public void run(int times) {
    String config = "{\"operation\":\"" + operation + "\",\"times\":" + times + "}";
    StepCall call =
        new StepCall(handler, "bench", correlation, 1, 1, "{}", config, "{}", null, null);
    StepOutcome outcome = runtime.call(call, new Cancellation());
    if (!(outcome instanceof StepOutcome.Success)) {
      throw new IllegalStateException("the handler failed: " + outcome);
    }
  }

  @Override
  public void close() {
    runtime.close();
  }
}
