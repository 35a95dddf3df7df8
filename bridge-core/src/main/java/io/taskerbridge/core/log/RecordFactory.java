package io.taskerbridge.core.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.handler.HandlerError;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Makes records of what guests and Java code log. Called on the caller's thread, whose context a
 * Java record gets. Immutable.
 */
final class RecordFactory {
  private static final String COMPONENT = "component";

  /** The components of Java code by its logger's prefix; anything else is {@code host}. */
  private static final List<Map.Entry<String, String>> COMPONENTS =
      List.of(
          Map.entry("io.taskerbridge.host.orchestration", "orchestration"),
          Map.entry("io.taskerbridge.host.execution", "worker"),
          Map.entry("io.taskerbridge.host.provider", "provider"),
          Map.entry("io.taskerbridge.host.admin", "admin"),
          Map.entry("io.taskerbridge.host.cli", "cli"));

  private final Redactor redactor;
  private final LogCounters counters;
  private final InstantSource clock;

  RecordFactory(Redactor redactor, LogCounters counters, InstantSource clock) {
    this.redactor = redactor;
    this.counters = counters;
    this.clock = clock;
  }

  LogRecord of(LogEntry entry) {
    PlainValues values = new PlainValues(redactor, counters);
    HandlerError error = entry.error();
    RecordFields fields = new RecordFields(values, error != null);
    entry.fields().forEach(fields::put);
    return new LogRecord(
        clock.instant(),
        entry.level(),
        values.text(entry.message()),
        PlainValues.name(entry.logger()),
        PlainValues.name(Thread.currentThread().getName()),
        entry.component(),
        entry.correlation(),
        entry.span(),
        fields.collect(),
        error == null ? null : shown(error, values));
  }

  LogRecord of(ILoggingEvent event) {
    PlainValues values = new PlainValues(redactor, counters);
    IThrowableProxy thrown = event.getThrowableProxy();
    RecordFields fields = new RecordFields(values, thrown != null);
    event
        .getMDCPropertyMap()
        .forEach(
            (key, value) -> {
              // what bridges put there repeats what the record says itself
              if (key != null && !RecordFields.isReserved(key)) {
                fields.put(key, value);
              }
            });
    String component = null;
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      for (KeyValuePair pair : pairs) {
        if (COMPONENT.equals(pair.key) && pair.value instanceof String given) {
          component = PlainValues.name(given);
        } else {
          fields.put(pair.key, pair.value);
        }
      }
    }
    Context context = Context.current();
    return new LogRecord(
        clock.instant(),
        RecordEvent.fromLogback(event.getLevel()),
        values.text(Objects.toString(event.getFormattedMessage(), "")),
        event.getLoggerName(),
        PlainValues.name(event.getThreadName()),
        component != null ? component : componentOf(event.getLoggerName()),
        Correlation.from(context),
        Span.fromContext(context).getSpanContext(),
        fields.collect(),
        thrown == null ? null : shown(toError(thrown), values));
  }

  private static HandlerError toError(IThrowableProxy thrown) {
    return new HandlerError(
        thrown.getClassName(),
        Objects.toString(thrown.getMessage(), ""),
        null,
        ThrowableProxyUtil.asString(thrown));
  }

  private static HandlerError shown(HandlerError error, PlainValues values) {
    String code = error.code();
    return new HandlerError(
        PlainValues.name(error.type()),
        values.text(error.message()),
        code == null ? null : values.text(code),
        values.text(error.backtrace()));
  }

  private static String componentOf(@Nullable String logger) {
    if (logger != null && logger.startsWith("io.taskerbridge.")) {
      for (Map.Entry<String, String> component : COMPONENTS) {
        String prefix = component.getKey();
        if (logger.startsWith(prefix)
            && (logger.length() == prefix.length() || logger.charAt(prefix.length()) == '.')) {
          return component.getValue();
        }
      }
    }
    return "host";
  }
}
