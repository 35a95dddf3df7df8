package io.taskerbridge.core.log;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.logs.LoggerProvider;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.handler.HandlerError;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Emits records through OpenTelemetry. The scope of a guest's record is that of its language's
 * spans, the scope of a Java record its logger.
 */
final class OtelSink implements Sink {
  private static final String HANDLER = "_handler";

  /** Its own troubles would make new records out of records that cannot be exported. */
  private static final String EXPORTER = "io.opentelemetry.";

  private static final AttributeKey<String> LOGGER = AttributeKey.stringKey("tasker.logger");
  private static final AttributeKey<String> COMPONENT = AttributeKey.stringKey("tasker.component");
  private static final AttributeKey<String> THREAD = AttributeKey.stringKey("thread.name");
  private static final AttributeKey<String> CORRELATION_ID =
      AttributeKey.stringKey("tasker.correlation_id");
  private static final AttributeKey<String> PARENT_CORRELATION_ID =
      AttributeKey.stringKey("tasker.parent_correlation_id");
  private static final AttributeKey<String> TASK_UUID = AttributeKey.stringKey("tasker.task_uuid");
  private static final AttributeKey<String> STEP_UUID = AttributeKey.stringKey("tasker.step_uuid");
  private static final AttributeKey<String> NAMESPACE = AttributeKey.stringKey("tasker.namespace");
  private static final AttributeKey<String> ERROR_CODE =
      AttributeKey.stringKey("tasker.error_code");
  private static final AttributeKey<String> EXCEPTION_TYPE =
      AttributeKey.stringKey("exception.type");
  private static final AttributeKey<String> EXCEPTION_MESSAGE =
      AttributeKey.stringKey("exception.message");
  private static final AttributeKey<String> EXCEPTION_STACKTRACE =
      AttributeKey.stringKey("exception.stacktrace");

  private final LoggerProvider loggers;

  OtelSink(LoggerProvider loggers) {
    this.loggers = loggers;
  }

  @Override
  public void write(RecordEvent event) {
    LogRecord entry = event.entry();
    if (entry.logger().startsWith(EXPORTER)) {
      return;
    }
    LogRecordBuilder builder = loggers.loggerBuilder(scopeOf(entry)).build().logRecordBuilder();
    builder
        .setTimestamp(entry.time())
        .setContext(Context.root().with(Span.wrap(entry.span())))
        .setSeverity(severity(entry.level()))
        .setSeverityText(entry.level().name())
        .setBody(entry.message())
        .setAttribute(LOGGER, entry.logger())
        .setAttribute(THREAD, entry.thread())
        .setAttribute(COMPONENT, entry.component());
    if (entry.correlation() != null) {
      setCorrelation(builder, entry.correlation());
    }
    HandlerError error = entry.error();
    if (error != null) {
      builder.setAttribute(EXCEPTION_TYPE, error.type());
      builder.setAttribute(EXCEPTION_MESSAGE, error.message());
      setIfPresent(builder, EXCEPTION_STACKTRACE, error.backtrace());
      setIfPresent(builder, ERROR_CODE, error.code());
    }
    entry.fields().forEach((key, value) -> setField(builder, key, value));
    if (entry.fields().get("event") instanceof String name) {
      builder.setEventName(name);
    }
    builder.emit();
  }

  @Override
  public void close() {}

  private static String scopeOf(LogRecord entry) {
    String component = entry.component();
    return component.endsWith(HANDLER)
        ? "tasker_core." + component.substring(0, component.length() - HANDLER.length())
        : entry.logger();
  }

  private static void setCorrelation(LogRecordBuilder builder, Correlation correlation) {
    setIfPresent(builder, CORRELATION_ID, correlation.correlationId());
    setIfPresent(builder, PARENT_CORRELATION_ID, correlation.parentCorrelationId());
    setIfPresent(builder, TASK_UUID, correlation.taskUuid());
    setIfPresent(builder, STEP_UUID, correlation.stepUuid());
    setIfPresent(builder, NAMESPACE, correlation.namespace());
  }

  private static void setIfPresent(
      LogRecordBuilder builder, AttributeKey<String> key, @Nullable Object value) {
    String text = value == null ? "" : value.toString();
    if (!text.isEmpty()) {
      builder.setAttribute(key, text);
    }
  }

  private static void setField(LogRecordBuilder builder, String key, @Nullable Object value) {
    switch (value) {
      case String text -> builder.setAttribute(key, text);
      case Boolean flag -> builder.setAttribute(key, flag);
      case Long whole -> builder.setAttribute(key, whole);
      case Integer whole -> builder.setAttribute(key, whole.longValue());
      case Double fraction -> builder.setAttribute(key, fraction);
      case null -> builder.setAttribute(key, Value.empty());
      default -> builder.setAttribute(key, toValue(value));
    }
  }

  private static Value<?> toValue(@Nullable Object value) {
    return switch (value) {
      case null -> Value.empty();
      case Boolean flag -> Value.of(flag);
      case BigInteger whole ->
          whole.bitLength() < Long.SIZE ? Value.of(whole.longValue()) : Value.of(whole.toString());
      case BigDecimal decimal -> Value.of(decimal.doubleValue());
      case Double fraction -> Value.of(fraction);
      case Float fraction -> Value.of(fraction.doubleValue());
      case Number whole -> Value.of(whole.longValue());
      case Map<?, ?> map -> {
        Map<String, Value<?>> entries = new LinkedHashMap<>();
        map.forEach((key, nested) -> entries.put(String.valueOf(key), toValue(nested)));
        yield Value.of(entries);
      }
      case List<?> list -> {
        List<Value<?>> elements = new ArrayList<>();
        for (Object element : list) {
          elements.add(toValue(element));
        }
        yield Value.of(elements);
      }
      default -> Value.of(value.toString());
    };
  }

  private static Severity severity(LogLevel level) {
    return switch (level) {
      case TRACE -> Severity.TRACE;
      case DEBUG -> Severity.DEBUG;
      case INFO -> Severity.INFO;
      case WARN -> Severity.WARN;
      case ERROR -> Severity.ERROR;
    };
  }
}
