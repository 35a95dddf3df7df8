package io.taskerbridge.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TraceTreeTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ArrayNode spans = JSON.createArrayNode();

  private ObjectNode span(String id, @Nullable String parent, String name, String language) {
    ObjectNode span = spans.addObject();
    span.put("span_id", id).put("parent_span_id", parent).put("name", name);
    span.put("language", language).put("duration_ms", 1.25).put("status", "unset");
    span.putObject("attributes");
    return span;
  }

  @Test
  void spans_hang_under_their_parents_with_language_and_duration() {
    span("a", null, "POST /v1/tasks", "java");
    span("b", "a", "task.initialize", "java");
    ObjectNode step = span("c", "b", "step.execute", "java");
    step.withObject("/attributes").put("tasker.handler", "PriceOrders").put("tasker.attempt", 2);
    span("d", "c", "handler_execution", "python");
    span("e", "b", "task.finalize", "java");

    assertThat(new TraceTree(spans).render().lines())
        .containsExactly(
            "POST /v1/tasks                                                java         1.3 ms",
            "└─ task.initialize                                            java         1.3 ms",
            "   ├─ step.execute PriceOrders, attempt 2                     java         1.3 ms",
            "   │  └─ handler_execution                                    python       1.3 ms",
            "   └─ task.finalize                                           java         1.3 ms");
    assertThat(new TraceTree(spans).faults()).isEmpty();
    assertThat(new TraceTree(spans).languages()).isEqualTo("java 4, python 1");
  }

  @Test
  void many_equal_leaves_in_a_row_are_one_line_and_a_failure_is_told() {
    span("a", null, "step.execute", "java");
    for (int i = 0; i < 4; i++) {
      span("p" + i, "a", "price_order", "python");
    }
    ObjectNode last = span("z", "a", "price_order", "python").put("status", "error");
    last.withObject("/attributes").put("error.type", "KeyError");

    assertThat(new TraceTree(spans).render().lines().skip(1))
        .containsExactly(
            "├─ price_order × 4                                            python       5.0 ms",
            "└─ price_order                                                python       1.3 ms"
                + "  failed: KeyError");
  }

  @Test
  void a_second_root_and_a_guest_span_outside_a_step_are_faults() {
    span("a", null, "task.initialize", "java");
    span("b", "a", "stray", "ruby");
    span("c", "gone", "orphan", "java");

    assertThat(new TraceTree(spans).faults())
        .containsExactly(
            "the trace has 2 roots: [task.initialize, orphan]",
            "the ruby span stray is under no step.execute");
  }
}
