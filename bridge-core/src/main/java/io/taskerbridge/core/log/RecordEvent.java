package io.taskerbridge.core.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import io.taskerbridge.core.config.LogLevel;
import org.jspecify.annotations.Nullable;

/** A record on its way through logback's encoders and appenders. Confined to one thread. */
final class RecordEvent extends LoggingEvent {
  private final LogRecord entry;
  private byte @Nullable [] line;
  private @Nullable Encoder<ILoggingEvent> writer;

  RecordEvent(LogRecord entry) {
    this.entry = entry;
    setInstant(entry.time());
  }

  LogRecord entry() {
    return entry;
  }

  /**
   * The record as a line, encoded once for all sinks that share the encoder.
   *
   * @throws IllegalStateException if the encoder fails
   */
  byte[] line(Encoder<ILoggingEvent> encoder) {
    byte[] known = line;
    if (known != null && writer == encoder) {
      return known;
    }
    byte[] encoded = encoder.encode(this);
    if (encoded.length == 0) {
      throw new IllegalStateException("the record could not be encoded");
    }
    line = encoded;
    writer = encoder;
    return encoded;
  }

  @Override
  public Level getLevel() {
    return toLogback(entry.level());
  }

  /** Everything is resolved when the event is made. */
  @Override
  public void prepareForDeferredProcessing() {}

  static Level toLogback(LogLevel level) {
    return switch (level) {
      case TRACE -> Level.TRACE;
      case DEBUG -> Level.DEBUG;
      case INFO -> Level.INFO;
      case WARN -> Level.WARN;
      case ERROR -> Level.ERROR;
    };
  }

  static LogLevel fromLogback(Level level) {
    return switch (level.toInt()) {
      case Level.ERROR_INT -> LogLevel.ERROR;
      case Level.WARN_INT -> LogLevel.WARN;
      case Level.INFO_INT -> LogLevel.INFO;
      case Level.DEBUG_INT -> LogLevel.DEBUG;
      default -> LogLevel.TRACE;
    };
  }
}
