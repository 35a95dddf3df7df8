package io.taskerbridge.host.orchestration;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often a step is tried and how long it waits in between: the backoff doubles with each attempt
 * up to its maximum, and a random share is taken off so that failed steps do not return together.
 *
 * @param maxAttempts in all, at least 1
 * @param backoff before the second attempt
 * @param maxBackoff the longest wait
 * @param jitter the largest share taken off, 0 to 1
 */
public record RetryPolicy(int maxAttempts, Duration backoff, Duration maxBackoff, double jitter) {
  private static final int MAX_DOUBLINGS = 30;

  /** Three attempts, one second doubled up to a minute, a fifth of jitter. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(3, Duration.ofSeconds(1), Duration.ofMinutes(1), 0.2);

  /** How long to wait after that attempt, 1 for the first. */
  public Duration delayAfter(int attempt, RandomGenerator random) {
    long doubled = backoff.toMillis() << Math.min(Math.max(attempt - 1, 0), MAX_DOUBLINGS);
    long capped = doubled < 0 ? maxBackoff.toMillis() : Math.min(doubled, maxBackoff.toMillis());
    return Duration.ofMillis(Math.round(capped * (1 - jitter * random.nextDouble())));
  }
}
