package io.taskerbridge.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.junit.jupiter.api.Test;

class RecentTracesTest {

  @Test
  void the_oldest_trace_goes_when_there_are_too_many_spans() {
    RecentTraces traces = new RecentTraces(4, 3);
    try (SdkTracerProvider provider =
        SdkTracerProvider.builder().addSpanProcessor(traces).build()) {
      Tracer tracer = provider.get("test");
      String first = traceOf(tracer, 2);
      String second = traceOf(tracer, 2);
      String third = traceOf(tracer, 1);

      assertThat(traces.trace(first)).isEmpty();
      assertThat(traces.trace(second)).hasSize(2);
      assertThat(traces.trace(third)).extracting("name").containsExactly("span 0");
    }
  }

  @Test
  void a_trace_keeps_its_first_spans_by_their_start() {
    RecentTraces traces = new RecentTraces(10, 3);
    try (SdkTracerProvider provider =
        SdkTracerProvider.builder().addSpanProcessor(traces).build()) {
      String trace = traceOf(provider.get("test"), 5);

      assertThat(traces.trace(trace))
          .extracting("name")
          .containsExactly("span 2", "span 3", "span 4");
    }
  }

  /** One trace of nested spans, the innermost ended first. */
  private static String traceOf(Tracer tracer, int spans) {
    Span[] nested = new Span[spans];
    for (int i = 0; i < spans; i++) {
      Context parent = i == 0 ? Context.root() : Context.root().with(nested[i - 1]);
      nested[i] = tracer.spanBuilder("span " + i).setParent(parent).startSpan();
    }
    for (int i = spans - 1; i >= 0; i--) {
      nested[i].end();
    }
    return nested[0].getSpanContext().getTraceId();
  }

  @Test
  void bounds_that_make_no_sense_are_refused() {
    assertThatThrownBy(() -> new RecentTraces(0, 1)).hasMessageContaining("spanLimit");
    assertThatThrownBy(() -> new RecentTraces(5, 6)).hasMessageContaining("spansOfATrace");
  }
}
