package io.taskerbridge.host.admin;

import com.sun.net.httpserver.Headers;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.taskerbridge.core.correlation.Correlation;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs a request inside a SERVER span whose parent the caller's headers name. */
final class RequestSpan {
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
  private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");
  private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
  private static final AttributeKey<String> CORRELATION_ID =
      AttributeKey.stringKey("tasker.correlation_id");
  private static final TextMapGetter<Headers> GETTER =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Headers headers) {
          return headers.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Headers headers, String key) {
          return headers == null ? null : headers.getFirst(key);
        }
      };

  private final Tracer tracer;
  private final TextMapPropagator propagator;

  RequestSpan(OpenTelemetry openTelemetry) {
    tracer = openTelemetry.getTracer("io.taskerbridge.host.admin");
    propagator = openTelemetry.getPropagators().getTextMapPropagator();
  }

  /** Answers; a {@link Problem} becomes its response inside the span. */
  Response answer(String route, Request request, Function<Request, Response> handler) {
    Context parent = propagator.extract(Context.current(), request.headers(), GETTER);
    Span span =
        tracer
            .spanBuilder(request.method() + " " + route)
            .setSpanKind(SpanKind.SERVER)
            .setParent(parent)
            .setAttribute(METHOD, request.method())
            .setAttribute(ROUTE, route)
            .setAttribute(PATH, request.path())
            .startSpan();
    try {
      Response response =
          parent.with(span).wrapSupplier(() -> correlated(span, request, handler)).get();
      span.setAttribute(STATUS, (long) response.status());
      if (response.status() >= 500) {
        span.setStatus(StatusCode.ERROR);
        span.setAttribute(ERROR_TYPE, Integer.toString(response.status()));
      }
      return response;
    } catch (Problem problem) {
      span.setAttribute(STATUS, (long) problem.status());
      return problem.response();
    } catch (RuntimeException e) {
      span.setStatus(StatusCode.ERROR);
      span.setAttribute(STATUS, 500L);
      span.setAttribute(ERROR_TYPE, e.getClass().getName());
      span.recordException(e);
      throw e;
    } finally {
      span.end();
    }
  }

  private static Response correlated(
      Span span, Request request, Function<Request, Response> handler) {
    UUID correlationId = TaskPages.correlationHeader(request);
    if (correlationId == null) {
      return handler.apply(request);
    }
    span.setAttribute(CORRELATION_ID, correlationId.toString());
    return Correlation.of(correlationId)
        .storeIn(Context.current())
        .wrapSupplier(() -> handler.apply(request))
        .get();
  }
}
