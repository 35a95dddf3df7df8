package io.taskerbridge.ruby;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers that do not stop by themselves. */
@Timeout(60)
public final class StoppingTest {
  private static final Duration BOUND = Duration.ofSeconds(3);
  private static final SynchronousQueue<Boolean> READY = new SynchronousQueue<>();
  private static final CountDownLatch RELEASED = new CountDownLatch(1);

  /** Called by a handler once it runs. */
  public static void ready() throws InterruptedException {
    READY.put(true);
  }

  static void awaitReady() throws InterruptedException {
    READY.take();
  }

  /** Called by a handler: waits in Java, deaf to Ruby. */
  public static void block() {
    boolean released = false;
    while (!released) {
      try {
        released = RELEASED.await(30, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        // deaf on purpose
      }
    }
  }

  @BeforeEach
  void forget() {
    SharedRuby.HOST.reset();
  }

  private static StepOutcome stop(String what, Cancellation.Reason reason)
      throws InterruptedException, ExecutionException, TimeoutException {
    Cancellation cancellation = new Cancellation();
    StepCall call =
        StepCall.of("Stubborn", SharedRuby.correlation(), "{\"what\":\"" + what + "\"}");
    CompletableFuture<StepOutcome> outcome =
        CompletableFuture.supplyAsync(() -> SharedRuby.RUNTIME.call(call, cancellation));
    awaitReady();
    cancellation.cancel(reason);
    return outcome.get(BOUND.toMillis(), TimeUnit.MILLISECONDS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"looping", "sleeping", "rescuing", "regexp"})
  void a_handler_past_its_deadline_is_stopped(String what) throws Exception {
    StepOutcome outcome = stop(what, Cancellation.Reason.TIMEOUT);
    assertThat(outcome).isInstanceOf(StepOutcome.TimedOut.class);
    StepOutcome.TimedOut timedOut = (StepOutcome.TimedOut) outcome;
    assertThat(timedOut.error().message()).contains("Stubborn", "past its deadline");
    assertThat(timedOut.error().backtrace()).contains("stubborn.rb:");
    assertThat(timedOut.after()).isPositive();
    assertThat(SharedRuby.RUNTIME.health().broken()).isZero();
    assertThat(SharedRuby.HOST.spans()).anyMatch(span -> span.getName().equals("stubborn"));
    assertThat(SharedRuby.result(SharedRuby.call("Outcomes", "{\"what\":\"scalar\"}")))
        .isEqualTo("5");
  }

  @Test
  void a_cancelled_handler_says_so() throws Exception {
    StepOutcome outcome = stop("sleeping", Cancellation.Reason.CANCELLED);
    assertThat(outcome).isInstanceOf(StepOutcome.Cancelled.class);
  }

  @Test
  void a_handler_that_cannot_be_stopped_is_left_behind() throws Exception {
    StepOutcome outcome = stop("blocked", Cancellation.Reason.TIMEOUT);
    assertThat(outcome).isInstanceOf(StepOutcome.TimedOut.class);
    assertThat(SharedRuby.RUNTIME.health().broken()).isEqualTo(1);
    assertThat(SharedRuby.RUNTIME.health().usable()).isTrue();
    RELEASED.countDown();
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> SharedRuby.RUNTIME.health().broken() == 0);
  }

  @Test
  void a_cancellation_that_comes_too_late_changes_nothing() {
    Cancellation cancellation = new Cancellation();
    StepOutcome outcome =
        SharedRuby.RUNTIME.call(
            StepCall.of("Outcomes", SharedRuby.correlation(), "{\"what\":\"scalar\"}"),
            cancellation);
    cancellation.cancel(Cancellation.Reason.TIMEOUT);
    assertThat(outcome).isEqualTo(new StepOutcome.Success("5", "{}"));
    assertThat(SharedRuby.call("Outcomes", "{\"what\":\"scalar\"}")).isEqualTo(outcome);
  }
}
