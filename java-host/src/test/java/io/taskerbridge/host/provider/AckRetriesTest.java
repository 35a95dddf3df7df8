package io.taskerbridge.host.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How often and how long an acknowledgement is tried again. */
class AckRetriesTest {
  private final AtomicLong now = new AtomicLong();
  private final List<Long> pauses = new ArrayList<>();
  private final AtomicInteger told = new AtomicInteger();
  private final AtomicInteger tries = new AtomicInteger();
  private final AckRetries retries = new AckRetries(now::get, this::pause);

  @ParameterizedTest
  @ValueSource(strings = {"08006", "57P01", "40001", "40P01", "55P03"})
  void transient_errors_are_tried_again_with_growing_pauses(String state) {
    assertThat(retries.run(() -> failUntil(8, state), told::incrementAndGet)).isEqualTo("applied");

    assertThat(pauses).containsExactly(100L, 200L, 400L, 800L, 1600L, 2000L, 2000L);
    assertThat(told).hasValue(7);
  }

  @Test
  void thirty_seconds_are_the_longest() {
    assertThatThrownBy(() -> retries.run(() -> failUntil(1000, "08006"), told::incrementAndGet))
        .isInstanceOf(ProviderException.class);

    assertThat(now.get()).isBetween(28_000_000_000L, 30_000_000_000L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"22P02", "23505", "42601", "TB001"})
  void errors_that_stay_are_not_tried_again(String state) {
    assertThatThrownBy(() -> retries.run(() -> failUntil(2, state), told::incrementAndGet))
        .isInstanceOf(ProviderException.class);

    assertThat(tries).hasValue(1);
    assertThat(pauses).isEmpty();
  }

  @Test
  void engine_that_closes_ends_the_tries() {
    AckRetries closing = new AckRetries(now::get, time -> tries.get() < 2 && pause(time));

    assertThatThrownBy(() -> closing.run(() -> failUntil(9, "08006"), told::incrementAndGet))
        .isInstanceOf(ProviderException.class);

    assertThat(tries).hasValue(2);
  }

  private boolean pause(Duration time) {
    pauses.add(time.toMillis());
    now.addAndGet(time.toNanos());
    return true;
  }

  private String failUntil(int success, String state) {
    if (tries.incrementAndGet() < success) {
      throw new ProviderException("store", new SQLException("no", state));
    }
    return "applied";
  }
}
