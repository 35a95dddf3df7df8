package io.taskerbridge.python;

import io.taskerbridge.core.guest.GuestMetrics;
import java.time.Duration;

/** What the pool says about itself, in the catalog's instruments. */
final class PoolMetrics {
  private static final String SEPARATOR = GuestMetrics.SEPARATOR;

  private final GuestMetrics metrics;
  private final int idle;
  private final int busy;
  private final int broken;
  private final int wait;
  private final int interrupts;

  PoolMetrics(GuestMetrics metrics) {
    this.metrics = metrics;
    int contexts =
        metrics.define(
            "gauge",
            "bridge.guest.contexts",
            "Guest contexts by state",
            "",
            labels("language", "state"),
            "");
    idle = metrics.bind(contexts, labels("language", "python", "state", "idle"));
    busy = metrics.bind(contexts, labels("language", "python", "state", "busy"));
    broken = metrics.bind(contexts, labels("language", "python", "state", "broken"));
    int duration =
        metrics.define(
            "histogram",
            "bridge.guest.wait.duration",
            "Wait for a free guest context",
            "ms",
            "language",
            "");
    wait = metrics.bind(duration, labels("language", "python"));
    interrupts =
        metrics.define(
            "counter",
            "bridge.guest.interrupts_total",
            "Guest calls that were stopped",
            "",
            labels("language", "reason"),
            "");
  }

  void changed(ContextPool.Counts counts) {
    metrics.record(idle, counts.idle());
    metrics.record(busy, counts.busy());
    metrics.record(broken, counts.broken());
  }

  void waited(Duration duration) {
    metrics.record(wait, duration.toNanos() / 1e6);
  }

  void interrupted(String reason) {
    metrics.record(metrics.bind(interrupts, labels("language", "python", "reason", reason)), 1);
  }

  private static String labels(String... parts) {
    return String.join(SEPARATOR, parts);
  }
}
