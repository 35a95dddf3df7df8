package io.taskerbridge.host;

import java.time.Duration;

/** Is told what takes long while a host or a worker starts. Called from several threads. */
@FunctionalInterface
public interface StartProgress {

  /**
   * A part is ready.
   *
   * @param part {@code database}, {@code ruby}, {@code python}, ...
   * @param took how long it took
   * @param detail a few words for people
   */
  void ready(String part, Duration took, String detail);

  /** Tells nobody. */
  static StartProgress silent() {
    return (part, took, detail) -> {};
  }
}
