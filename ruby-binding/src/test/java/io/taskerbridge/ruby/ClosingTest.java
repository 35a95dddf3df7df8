package io.taskerbridge.ruby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.HandlerRuntime;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a runtime, found and opened as the host does it. */
@Timeout(60)
final class ClosingTest {

  @Test
  void closing_stops_what_runs() throws Exception {
    HandlerRuntime.Provider provider =
        ServiceLoader.load(HandlerRuntime.Provider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.language().equals("ruby"))
            .findFirst()
            .orElseThrow();
    HandlerRuntime runtime =
        provider.open(
            SharedRuby.HOST.bridge,
            BridgeConfig.defaults(),
            List.of(SharedRuby.SOURCES.resolve("handlers")));
    StepCall call = StepCall.of("Stubborn", SharedRuby.correlation(), "{\"what\":\"sleeping\"}");
    CompletableFuture<StepOutcome> running =
        CompletableFuture.supplyAsync(() -> runtime.call(call, new Cancellation()));
    StoppingTest.awaitReady();
    assertThat(runtime.health().busy()).isEqualTo(1);

    runtime.close();

    assertThat(running.get(1, TimeUnit.SECONDS)).isInstanceOf(StepOutcome.Cancelled.class);
    assertThat(runtime.health().usable()).isFalse();
    assertThatIllegalStateException()
        .isThrownBy(() -> runtime.call(call, new Cancellation()))
        .withMessageContaining("closed");
  }
}
