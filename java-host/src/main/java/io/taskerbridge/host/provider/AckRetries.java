package io.taskerbridge.host.provider;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does an acknowledgement again while the storage is away for a moment: after 100 ms, then doubled
 * up to 2 s, and for 30 s in all. What is acknowledged is applied once however often it is handed
 * in.
 */
final class AckRetries {
  private static final Logger LOG = LoggerFactory.getLogger(AckRetries.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
  private static final Duration IN_ALL = Duration.ofSeconds(30);

  private final LongSupplier nanoTime;
  private final Pause pause;

  /** Waits between two tries. */
  @FunctionalInterface
  interface Pause {
    /** Waits that long, at most; false when there is to be no further try. */
    boolean forThe(Duration time);
  }

  AckRetries(LongSupplier nanoTime, Pause pause) {
    this.nanoTime = nanoTime;
    this.pause = pause;
  }

  /**
   * The answer of the first try that succeeds.
   *
   * @param onRetry told before each further try
   * @throws ProviderException of the last try
   */
  <T> T run(Supplier<T> acknowledgement, Runnable onRetry) {
    long start = nanoTime.getAsLong();
    Duration wait = FIRST_PAUSE;
    while (true) {
      try {
        return acknowledgement.get();
      } catch (ProviderException e) {
        Duration left = IN_ALL.minusNanos(nanoTime.getAsLong() - start);
        if (!e.isTransient() || left.compareTo(wait) < 0 || !pause.forThe(wait)) {
          throw e;
        }
        LOG.warn("Trying again after {} ms: {}", wait.toMillis(), e.getMessage());
        onRetry.run();
      }
      Duration doubled = wait.multipliedBy(2);
      wait = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }
  }
}
