package io.taskerbridge.core.config;

/** How much a record or a span matters, the least first. Guests name a level by its number. */
public enum LogLevel {
  /** Entry and exit of hot paths. */
  TRACE(0),
  /** Diagnostics and parameter values. */
  DEBUG(1),
  /** Life cycle and state transitions. */
  INFO(2),
  /** Degraded or retryable. */
  WARN(3),
  /** Unrecoverable; needs a person. */
  ERROR(4);

  private static final LogLevel[] BY_NUMBER = values();
  private final int number;

  LogLevel(int number) {
    this.number = number;
  }

  /** 0 for {@link #TRACE} to 4 for {@link #ERROR}. */
  public int number() {
    return number;
  }

  /** The level of that number; {@link #INFO} for any number that is none. */
  public static LogLevel of(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : INFO;
  }
}
