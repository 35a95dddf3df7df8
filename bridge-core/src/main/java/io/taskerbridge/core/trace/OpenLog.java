package io.taskerbridge.core.trace;

import io.opentelemetry.context.Context;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.log.JsonText;
import io.taskerbridge.core.log.LogEntry;
import io.taskerbridge.core.log.LogWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A log record of a guest, before it is written. Filled by one thread. */
public final class OpenLog extends OpenRecord {
  private final OpenSpan span;
  private final LogWriter writer;
  private final LogLevel level;
  private final String logger;
  private final String message;
  private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private @Nullable HandlerError error;

  /** A record that the writer will get, with the span's identity. */
  public OpenLog(OpenSpan span, LogWriter writer, LogLevel level, String logger, String message) {
    this.span = span;
    this.writer = writer;
    this.level = level;
    this.logger = logger;
    this.message = message;
  }

  @Override
  boolean isEnded() {
    return ended.get();
  }

  @Override
  public OpenSpan span() {
    return span;
  }

  @Override
  public Context context() {
    return span.context();
  }

  @Override
  public void set(FieldKey key, @Nullable Object value) {
    if (!ended.get()) {
      fields.put(key.name(), value);
    }
  }

  @Override
  public void setJson(FieldKey key, String json) {
    if (!ended.get()) {
      fields.put(key.name(), new JsonText(json));
    }
  }

  @Override
  public void setError(String type, String text, String backtrace) {
    error = new HandlerError(type, text, null, backtrace);
  }

  @Override
  public boolean end() {
    if (!ended.compareAndSet(false, true)) {
      return false;
    }
    CallScope scope = span.scope();
    writer.write(
        new LogEntry(
            level,
            logger,
            message,
            scope.language() + "_handler",
            scope.correlation(),
            span.spanContext(),
            fields,
            error));
    return true;
  }
}
