package io.taskerbridge.host.provider;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.taskerbridge.core.correlation.Correlation;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The spans of orchestration: names, attributes and the headers that carry them on. */
final class Spans {
  static final AttributeKey<String> TASK = AttributeKey.stringKey("tasker.task_uuid");
  static final AttributeKey<String> STEP = AttributeKey.stringKey("tasker.step_uuid");
  static final AttributeKey<String> STEP_NAME = AttributeKey.stringKey("tasker.step_name");
  static final AttributeKey<String> NAMESPACE = AttributeKey.stringKey("tasker.namespace");
  static final AttributeKey<String> CORRELATION = AttributeKey.stringKey("tasker.correlation_id");
  static final AttributeKey<String> PARENT_CORRELATION =
      AttributeKey.stringKey("tasker.parent_correlation_id");
  static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

  private static final TextMapGetter<Map<String, String>> GETTER =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, String> carrier) {
          return carrier.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
          return carrier == null ? null : carrier.get(key);
        }
      };

  private final Tracer tracer;
  private final TextMapPropagator propagator;

  Spans(Tracer tracer, TextMapPropagator propagator) {
    this.tracer = tracer;
    this.propagator = propagator;
  }

  /** Runs the work in a span that is a child of the current one, and ends it. */
  <T> T in(String name, SpanKind kind, @Nullable Correlation correlation, Supplier<T> work) {
    Span span = builder(name, kind, correlation).startSpan();
    try {
      return Context.current().with(span).wrapSupplier(work).get();
    } catch (RuntimeException e) {
      fail(span, e);
      throw e;
    } finally {
      span.end();
    }
  }

  SpanBuilder builder(String name, SpanKind kind, @Nullable Correlation correlation) {
    SpanBuilder builder = tracer.spanBuilder(name).setSpanKind(kind);
    if (correlation != null) {
      builder.setAttribute(CORRELATION, correlation.correlationId().toString());
      attribute(builder, PARENT_CORRELATION, correlation.parentCorrelationId());
      attribute(builder, TASK, correlation.taskUuid());
      attribute(builder, STEP, correlation.stepUuid());
      attribute(builder, NAMESPACE, correlation.namespace());
    }
    return builder;
  }

  /** The context that the headers tell, with the correlation in it. */
  Context extract(Map<String, String> carrier, Correlation correlation) {
    return correlation.storeIn(propagator.extract(Context.root(), carrier, GETTER));
  }

  Map<String, String> inject(Context context) {
    Map<String, String> carrier = new TreeMap<>();
    propagator.inject(
        context,
        carrier,
        (headers, key, value) -> {
          if (headers != null) {
            headers.put(key, value);
          }
        });
    return carrier;
  }

  /** The span of a traceparent, for a link; invalid when there is none. */
  Span remote(String traceparent) {
    return Span.fromContext(
        propagator.extract(Context.root(), Map.of("traceparent", traceparent), GETTER));
  }

  static void fail(Span span, Throwable error) {
    span.setStatus(StatusCode.ERROR, String.valueOf(error.getMessage()));
    span.setAttribute(ERROR, error.getClass().getName());
    span.recordException(error);
  }

  private static void attribute(
      SpanBuilder builder, AttributeKey<String> key, @Nullable Object value) {
    if (value != null) {
      builder.setAttribute(key, value.toString());
    }
  }
}
