package io.taskerbridge.host.provider;

import io.opentelemetry.context.Context;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.log.LifecycleEvent;
import io.taskerbridge.core.log.LifecycleLog;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells what happens to tasks and steps, in the words of orchestration. */
final class Lifecycle {
  private static final String COMPONENT = "orchestration";
  private final LifecycleLog log;

  Lifecycle(LifecycleLog log) {
    this.log = log;
  }

  /** Tells the event of the task or step that the correlation names. */
  void emit(
      LifecycleEvent event,
      Correlation correlation,
      String message,
      Map<String, ? extends Object> fields) {
    correlation
        .storeIn(Context.current())
        .wrap(() -> log.emit(event, COMPONENT, message, fields))
        .run();
  }

  /** Tells the event with the error that led to it. */
  void emit(
      LifecycleEvent event,
      Correlation correlation,
      String message,
      Map<String, ? extends Object> fields,
      @Nullable HandlerError error) {
    if (error == null) {
      emit(event, correlation, message, fields);
      return;
    }
    Map<String, Object> all = new LinkedHashMap<>(fields);
    all.put("handler_error_type", error.type());
    all.put("handler_error_message", error.message());
    emit(event, correlation, message, all);
  }
}
