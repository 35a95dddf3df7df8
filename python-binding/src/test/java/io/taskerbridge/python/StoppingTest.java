package io.taskerbridge.python;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.core.log.LogEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers that do not come back, and calls that find no free context. */
final class StoppingTest {
  private final PythonWorld world = PythonWorld.get();

  @BeforeEach
  void clear() {
    world.clear();
    world.awaitAllContexts();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"Spin", "Sleep", "Stubborn", "SlowFinally"})
  void a_call_past_its_deadline_is_stopped_and_python_goes_on(String handler) {
    long start = System.nanoTime();
    StepOutcome outcome = world.callAndCancel(handler, 200, Cancellation.Reason.TIMEOUT);
    Duration took = Duration.ofNanos(System.nanoTime() - start);

    assertThat(took).isLessThan(Duration.ofMillis(3500));
    StepOutcome.TimedOut timedOut = (StepOutcome.TimedOut) outcome;
    assertThat(timedOut.after()).isGreaterThanOrEqualTo(Duration.ofMillis(150));
    assertThat(timedOut.error().message())
        .contains("stopped at its deadline")
        .contains("outcome_handlers.py");
    assertThat(world.span("handler_execution").getStatus().getDescription())
        .contains("stopped at its deadline");
    world.awaitAllContexts();
    for (int i = 0; i < PythonWorld.CONTEXTS; i++) {
      assertThat(world.call("Slots")).isEqualTo(new StepOutcome.Success("{\"seen\":1}", "{}"));
    }
  }

  @Test
  void a_cancelled_call_is_stopped_and_counted() {
    double before = interrupts();
    StepOutcome outcome = world.callAndCancel("Spin", 100, Cancellation.Reason.CANCELLED);
    assertThat(outcome).isInstanceOf(StepOutcome.Cancelled.class);
    assertThat(interrupts()).isEqualTo(before + 1);
  }

  @Test
  void the_last_counts_told_are_those_that_hold() {
    List<CompletableFuture<Void>> callers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      callers.add(
          CompletableFuture.runAsync(
              () -> {
                for (int n = 0; n < 10; n++) {
                  world.call("Slots");
                }
              },
              task -> Thread.ofPlatform().start(task)));
    }
    callers.forEach(CompletableFuture::join);
    assertThat(contexts("idle")).isEqualTo(PythonWorld.CONTEXTS);
    assertThat(contexts("busy")).isZero();
  }

  private double contexts(String state) {
    return world.metrics.value("bridge.guest.contexts", "language", "python", "state", state);
  }

  @Test
  void a_modules_thread_pool_works_after_a_call_was_stopped() {
    world.callAndCancel("UsesPoolThenSleeps", 1500, Cancellation.Reason.TIMEOUT);
    world.awaitAllContexts();
    for (int i = 0; i < 2 * PythonWorld.CONTEXTS; i++) {
      assertThat(world.call("UsesPool")).isEqualTo(new StepOutcome.Success("7", "{}"));
    }
  }

  @Test
  void what_a_stopped_call_printed_has_its_own_ids() {
    StepCall stopped = PythonWorld.step("PrintsThenSpins", "{}");
    Cancellation cancellation = new Cancellation();
    CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS)
        .execute(() -> cancellation.cancel(Cancellation.Reason.TIMEOUT));
    assertThat(world.call(stopped, cancellation)).isInstanceOf(StepOutcome.TimedOut.class);
    world.awaitAllContexts();
    List<StepCall> next = new ArrayList<>();
    for (int i = 0; i < PythonWorld.CONTEXTS; i++) {
      StepCall step = PythonWorld.step("PrintsPart", "{}");
      world.call(step);
      next.add(step);
    }
    assertThat(world.log.withMessage("left unended").correlation())
        .isEqualTo(stopped.correlation());
    assertThat(world.log.entries().stream().filter(e -> e.message().equals("of my own")))
        .extracting(LogEntry::correlation)
        .containsExactlyElementsOf(next.stream().map(StepCall::correlation).toList());
  }

  private double interrupts() {
    return world.metrics.value(
        "bridge.guest.interrupts_total", "language", "python", "reason", "cancelled");
  }

  @Test
  void a_call_cancelled_before_it_starts_does_not_run_on() {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel(Cancellation.Reason.CANCELLED);
    assertThat(world.call(PythonWorld.step("Spin", "{}"), cancellation))
        .isInstanceOf(StepOutcome.Cancelled.class);
  }

  @Test
  void a_call_that_finds_no_free_context_in_time_says_so() throws Exception {
    List<CompletableFuture<StepOutcome>> sleepers = new ArrayList<>();
    Cancellation wake = new Cancellation();
    for (int i = 0; i < PythonWorld.CONTEXTS; i++) {
      sleepers.add(
          CompletableFuture.supplyAsync(
              () -> world.call(PythonWorld.step("Sleep", "{}"), wake),
              task -> Thread.ofPlatform().start(task)));
    }
    world.await(() -> world.runtime.health().busy() == PythonWorld.CONTEXTS);

    StepOutcome late =
        world.call(PythonWorld.step("Slots", "{}").withDeadline(Instant.now().plusMillis(100)));
    assertThat(((StepOutcome.TimedOut) late).error().message())
        .contains("no Python context was free")
        .contains("[python] contexts");
    StepOutcome cancelled = world.callAndCancel("Slots", 50, Cancellation.Reason.CANCELLED);
    assertThat(cancelled).isInstanceOf(StepOutcome.Cancelled.class);

    wake.cancel(Cancellation.Reason.CANCELLED);
    for (CompletableFuture<StepOutcome> sleeper : sleepers) {
      assertThat(sleeper.get()).isInstanceOf(StepOutcome.Cancelled.class);
    }
    assertThat(world.metrics.value("bridge.guest.wait.duration", "language", "python"))
        .isPositive();
  }
}
