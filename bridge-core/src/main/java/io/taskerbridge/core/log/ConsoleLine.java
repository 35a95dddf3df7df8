package io.taskerbridge.core.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.handler.HandlerError;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A short line for people: time, level, component, message, fields, trace. An error's backtrace
 * follows, indented. Control characters are shown as escapes, so that no text of a caller can steer
 * the terminal or pass for a line of its own.
 */
final class ConsoleLine extends EncoderBase<ILoggingEvent> {
  private static final String RESET = "\u001b[0m";
  private static final String DIM = "\u001b[2m";
  private static final byte[] NOTHING = {};

  private final boolean colour;
  private final DateTimeFormatter clock;

  ConsoleLine(boolean colour, ZoneId zone) {
    this.colour = colour;
    this.clock = DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(zone);
  }

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    LogRecord entry = ((RecordEvent) event).entry();
    StringBuilder line = new StringBuilder(160);
    paint(line, DIM, clock.format(entry.time()));
    line.append(' ');
    paint(line, colourOf(entry.level()), entry.level().name());
    line.append(" ".repeat(6 - entry.level().name().length()));
    paint(line, DIM, plain(entry.component()));
    line.append("  ").append(plain(entry.message()));
    entry.fields().forEach((key, value) -> appendField(line, key, value));
    Correlation correlation = entry.correlation();
    if (correlation != null) {
      appendField(line, "correlation_id", correlation.correlationId());
    }
    if (entry.span().isValid()) {
      appendField(line, "trace_id", entry.span().getTraceId());
    }
    line.append('\n');
    if (entry.error() != null) {
      appendError(line, entry.error());
    }
    return line.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void appendField(StringBuilder line, String key, @Nullable Object value) {
    line.append("  ");
    paint(line, DIM, plain(key) + '=');
    if (value instanceof Map || value instanceof Iterable) {
      line.append(plain(JsonValues.toJson(value)));
    } else {
      line.append(plain(String.valueOf(value)));
    }
  }

  private void appendError(StringBuilder line, HandlerError error) {
    String title = error.type() + ": " + error.message();
    boolean told = error.backtrace().startsWith(title);
    if (!told) {
      line.append("    ");
      paint(line, colourOf(LogLevel.ERROR), plain(title));
      line.append('\n');
    }
    error
        .backtrace()
        .lines()
        .forEach(text -> line.append(told ? "    " : "      ").append(plain(text)).append('\n'));
  }

  private void paint(StringBuilder line, String sequence, String text) {
    if (colour) {
      line.append(sequence).append(text).append(RESET);
    } else {
      line.append(text);
    }
  }

  private static String colourOf(LogLevel level) {
    return switch (level) {
      case ERROR -> "\u001b[31m";
      case WARN -> "\u001b[33m";
      case INFO -> "\u001b[32m";
      case DEBUG -> "\u001b[36m";
      case TRACE -> DIM;
    };
  }

  /** The text with its control characters as escapes, a tab as itself. */
  private static String plain(String text) {
    int i = 0;
    while (i < text.length() && !mustEscape(text.charAt(i))) {
      i++;
    }
    if (i == text.length()) {
      return text;
    }
    StringBuilder result = new StringBuilder(text.length() + 16);
    for (i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!mustEscape(c)) {
        result.append(c);
      } else if (c == '\n') {
        result.append("\\n");
      } else {
        result.append("\\u%04x".formatted((int) c));
      }
    }
    return result.toString();
  }

  private static boolean mustEscape(char c) {
    return c != '\t' && (Character.isISOControl(c) || c == '\u2028' || c == '\u2029');
  }
}
