package io.taskerbridge.core.log;

/** Counts what the log loses or hides. Safe for use by many threads. */
public interface LogCounters {

  /** A record did not reach every sink. */
  void dropped();

  /** A value, or a part of a text, was replaced by {@link Redactor#REDACTED}. */
  void redacted();

  /** Counters that count nothing. */
  static LogCounters none() {
    return new LogCounters() {
      @Override
      public void dropped() {}

      @Override
      public void redacted() {}
    };
  }
}
