package io.taskerbridge.core.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.context.Context;
import io.taskerbridge.core.log.Redactor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** An event of a span, before it is added. Filled by one thread. */
public final class OpenEvent extends OpenRecord {
  private static final AttributeKey<String> EXCEPTION_TYPE =
      AttributeKey.stringKey("exception.type");
  private static final AttributeKey<String> EXCEPTION_MESSAGE =
      AttributeKey.stringKey("exception.message");
  private static final AttributeKey<String> EXCEPTION_STACKTRACE =
      AttributeKey.stringKey("exception.stacktrace");

  private final OpenSpan span;
  private final String name;
  private final Redactor redactor;
  private final AttributesBuilder attributes = Attributes.builder();
  private final AtomicBoolean ended = new AtomicBoolean();

  /** An event that will be added to the span. */
  public OpenEvent(OpenSpan span, String name, Redactor redactor) {
    this.span = span;
    this.name = name;
    this.redactor = redactor;
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
    if (value == null || ended.get()) {
      return;
    }
    if (key.sensitive()) {
      attributes.put(key.stringKey(), Redactor.REDACTED);
      return;
    }
    switch (value) {
      case String text -> attributes.put(key.stringKey(), redactor.redact(text));
      case Long number -> attributes.put(key.longKey(), number);
      case Double number -> attributes.put(key.doubleKey(), number);
      case Boolean flag -> attributes.put(key.booleanKey(), flag);
      default -> attributes.put(key.stringKey(), redactor.redact(value.toString()));
    }
  }

  @Override
  public void setJson(FieldKey key, String json) {
    if (!json.equals("null")) {
      set(key, json);
    }
  }

  @Override
  public void setError(String type, String message, String backtrace) {
    attributes.put(EXCEPTION_TYPE, type);
    attributes.put(EXCEPTION_MESSAGE, redactor.redact(message));
    attributes.put(EXCEPTION_STACKTRACE, redactor.redact(backtrace));
  }

  @Override
  public boolean end() {
    if (!ended.compareAndSet(false, true)) {
      return false;
    }
    span.addEvent(name, attributes.build());
    return true;
  }
}
