package io.taskerbridge.ruby;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Many calls at once, none of which sees another's spans. */
final class ConcurrencyTest {
  private static final int THREADS = 8;
  private static final int CALLS = 200;

  @Test
  void no_span_gets_the_wrong_parent() throws Exception {
    SharedRuby.HOST.reset();
    List<Future<Integer>> callers = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      for (int i = 0; i < THREADS; i++) {
        callers.add(executor.submit(ConcurrencyTest::callMany));
      }
      for (Future<Integer> caller : callers) {
        assertThat(caller.get()).isEqualTo(CALLS);
      }
    }
    Map<String, SpanData> byId =
        SharedRuby.HOST.spans().stream()
            .collect(Collectors.toMap(SpanData::getSpanId, Function.identity()));
    assertThat(byId).hasSize(THREADS * CALLS * 4);
    assertThat(byId.values()).allSatisfy(span -> assertParent(byId, span));
  }

  private static int callMany() {
    int succeeded = 0;
    for (int i = 0; i < CALLS; i++) {
      StepCall call = StepCall.of("Spans", SharedRuby.correlation(), "{\"what\":\"nested\"}");
      Span parent = SharedRuby.hostSpan("step.execute");
      parent.setAttribute("correlation_id", call.correlation().correlationId().toString());
      if (SharedRuby.callUnder(parent, call, new Cancellation()) instanceof StepOutcome.Success) {
        succeeded++;
      }
    }
    return succeeded;
  }

  private static void assertParent(Map<String, SpanData> byId, SpanData span) {
    String expected =
        switch (span.getName()) {
          case "inner" -> "outer";
          case "outer" -> "handler_execution";
          case "handler_execution" -> "step.execute";
          default -> "";
        };
    if (expected.isEmpty()) {
      assertThat(span.getParentSpanContext().isValid()).isFalse();
      return;
    }
    SpanData parent = Objects.requireNonNull(byId.get(span.getParentSpanId()));
    assertThat(parent.getName()).isEqualTo(expected);
    assertThat(parent.getTraceId()).isEqualTo(span.getTraceId());
    if (span.getName().equals("handler_execution")) {
      AttributeKey<String> id = AttributeKey.stringKey("correlation_id");
      assertThat(span.getAttributes().get(id)).isEqualTo(parent.getAttributes().get(id));
    }
  }
}
