package io.taskerbridge.host.cli;

import io.taskerbridge.host.StartProgress;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** Says how long each part of a start took. Safe for use by many threads. */
final class Progress implements StartProgress {
  private final PrintWriter out;
  private final long start = System.nanoTime();

  Progress(PrintWriter out) {
    this.out = out;
  }

  @Override
  public synchronized void ready(String part, Duration took, String detail) {
    out.printf(Locale.ROOT, "  %-9s %5.1f s  %s%n", part, took.toMillis() / 1000.0, detail);
    out.flush();
  }

  /** Since the beginning. */
  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
