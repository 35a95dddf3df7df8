package io.taskerbridge.python;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskerbridge.core.handler.StepOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** More threads than contexts. */
final class ConcurrencyTest {
  private static final int THREADS = 4;
  private static final int CALLS = 200;

  @Test
  void no_span_has_a_wrong_parent() throws Exception {
    PythonWorld world = PythonWorld.get();
    world.clear();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Callable<Void>> work = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int first = thread * CALLS;
        work.add(
            () -> {
              for (int n = first; n < first + CALLS; n++) {
                StepOutcome outcome = world.call("Concurrent", "{\"n\": " + n + "}");
                assertThat(((StepOutcome.Success) outcome).resultJson())
                    .startsWith("{\"n\":" + n + ",");
              }
              return null;
            });
      }
      for (Future<Void> done : threads.invokeAll(work)) {
        done.get();
      }
    }
    Map<String, SpanData> byId =
        world.spans().stream().collect(Collectors.toMap(SpanData::getSpanId, span -> span));
    assertThat(byId).hasSize(4 * THREADS * CALLS);
    for (SpanData span : byId.values()) {
      if (span.getName().equals("part")) {
        SpanData work = Objects.requireNonNull(byId.get(span.getParentSpanId()));
        SpanData execution = Objects.requireNonNull(byId.get(work.getParentSpanId()));
        SpanData step = Objects.requireNonNull(byId.get(execution.getParentSpanId()));
        assertThat(work.getAttributes().get(longKey("number")))
            .isEqualTo(span.getAttributes().get(longKey("number")));
        assertThat(execution.getName()).isEqualTo("handler_execution");
        assertThat(step.getName()).isEqualTo("step.execute");
        assertThat(span.getTraceId()).isEqualTo(step.getTraceId());
      }
    }
  }
}
