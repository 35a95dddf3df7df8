package io.taskerbridge.core.log;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.handler.HandlerError;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells what happens to tasks and steps: each {@link LifecycleEvent} as a log record with {@code
 * event} set and as an event on the current span. Both bear the identity of the thread's context.
 * Never throws, safe for use by many threads.
 */
public final class LifecycleLog {
  private static final String LOGGER = "io.taskerbridge.lifecycle";

  private final LogWriter log;
  private final Redactor redactor;

  /**
   * A teller to that log.
   *
   * @param redactor for the attributes of span events; the log redacts its records itself
   */
  public LifecycleLog(LogWriter log, Redactor redactor) {
    this.log = log;
    this.redactor = redactor;
  }

  /**
   * Tells the event, of the task and step that the thread's context works for.
   *
   * @param component who speaks: {@code orchestration}, {@code worker}
   * @param fields what is worth knowing beside the identity, in order; kept with their types
   */
  public void emit(
      LifecycleEvent event,
      String component,
      String message,
      Map<String, ? extends @Nullable Object> fields) {
    emit(event, component, message, Correlation.from(Context.current()), fields, null);
  }

  /**
   * Tells the event, of the task and step that are named.
   *
   * @param component who speaks: {@code orchestration}, {@code worker}
   * @param fields what is worth knowing beside the identity, in order; kept with their types
   * @param error why, or null
   */
  public void emit(
      LifecycleEvent event,
      String component,
      String message,
      @Nullable Correlation correlation,
      Map<String, ? extends @Nullable Object> fields,
      @Nullable HandlerError error) {
    Span span = Span.current();
    if (span.isRecording()) {
      span.addEvent(event.eventName(), attributes(correlation, fields, error));
    }
    if (log.isEnabled(event.level())) {
      Map<String, @Nullable Object> all = LinkedHashMap.newLinkedHashMap(fields.size() + 1);
      all.put("event", event.eventName());
      all.putAll(fields);
      log.write(
          new LogEntry(
              event.level(),
              LOGGER,
              message,
              component,
              correlation,
              span.getSpanContext(),
              all,
              error));
    }
  }

  private Attributes attributes(
      @Nullable Correlation correlation,
      Map<String, ? extends @Nullable Object> fields,
      @Nullable HandlerError error) {
    AttributesBuilder attributes = Attributes.builder();
    PlainValues values = new PlainValues(redactor, LogCounters.none());
    fields.forEach((key, given) -> put(attributes, key, values.of(key, given)));
    if (error != null) {
      attributes.put("error.type", error.type());
    }
    if (correlation != null) {
      attributes.put("tasker.correlation_id", correlation.correlationId().toString());
      if (correlation.taskUuid() != null) {
        attributes.put("tasker.task_uuid", correlation.taskUuid().toString());
      }
      if (correlation.stepUuid() != null) {
        attributes.put("tasker.step_uuid", correlation.stepUuid().toString());
      }
    }
    return attributes.build();
  }

  private static void put(AttributesBuilder attributes, String key, @Nullable Object value) {
    switch (value) {
      case null -> {}
      case String text -> attributes.put(key, text);
      case Boolean flag -> attributes.put(key, flag);
      case Double fraction -> attributes.put(key, fraction);
      case Float fraction -> attributes.put(key, fraction.doubleValue());
      case Integer whole -> attributes.put(key, whole.longValue());
      case Long whole -> attributes.put(key, whole);
      default -> attributes.put(key, JsonValues.toJson(value));
    }
  }
}
