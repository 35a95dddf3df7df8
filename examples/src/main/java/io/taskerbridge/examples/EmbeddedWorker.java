package io.taskerbridge.examples;

import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.host.BridgeHost;
import java.nio.file.Path;
import java.util.List;

/** A worker process of one's own, with a Ruby and a Python handler in it. */
public final class EmbeddedWorker {
  private EmbeddedWorker() {}

  /** Runs both handlers for the name given, from the folder given. */
  public static void main(String[] args) {
    run(Path.of(args[0]), args[1]).forEach(System.out::println);
  }

  static List<StepOutcome> run(Path handlers, String name) {
    String input = "{\"name\": \"" + name + "\"}";
    // region readme-java
    try (BridgeHost host = BridgeHost.builder().handlers(handlers).open()) {
      Correlation request = Correlation.of(CorrelationId.next());
      StepOutcome greeted = host.execute(StepCall.of("Greet", request, input));
      StepOutcome shouted = host.execute(StepCall.of("Shout", request, input));
      return List.of(greeted, shouted);
    }
    // endregion
  }
}
