package io.taskerbridge.python;

import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Spans of Python handlers as the exporter gets them. */
final class TracingTest {
  private final PythonWorld world = PythonWorld.get();

  @BeforeEach
  void clear() {
    world.clear();
  }

  @Test
  void spans_nest_under_the_hosts_span() {
    StepCall step = PythonWorld.step("NestedSpans", "{\"order_id\": 17}");
    StepOutcome outcome = world.call(step);

    SpanData host = world.span("step.execute");
    SpanData execution = world.span("handler_execution");
    SpanData outer = world.span("outer");
    SpanData inner = world.span("inner");
    assertThat(execution.getParentSpanId()).isEqualTo(host.getSpanId());
    assertThat(outer.getParentSpanId()).isEqualTo(execution.getSpanId());
    assertThat(inner.getParentSpanId()).isEqualTo(outer.getSpanId());
    assertThat(world.spans()).allMatch(span -> span.getTraceId().equals(host.getTraceId()));
    assertThat(world.spans()).noneMatch(span -> span.getName().equals("hidden"));
    assertThat(outer.getInstrumentationScopeInfo().getName()).isEqualTo("tasker_core.python");
    assertThat(outer.getAttributes().get(stringKey("tasker.language"))).isEqualTo("python");
    assertThat(outer.getAttributes().get(longKey("order_id"))).isEqualTo(17);
    assertThat(inner.getAttributes().get(stringKey("deep")))
        .isEqualTo("{\"a\": [1, 2.5, null, true]}");
    assertThat(outer.getEvents()).extracting(EventData::getName).containsExactly("checked");
    assertThat(((StepOutcome.Success) outcome).resultJson())
        .contains("\"trace_id\":\"" + host.getTraceId() + '"')
        .contains("\"span_id\":\"" + execution.getSpanId() + '"')
        .contains(step.correlation().correlationId().toString())
        .contains("00-" + host.getTraceId() + '-' + execution.getSpanId() + "-");
  }

  @Test
  void attributes_keep_their_types() {
    world.call("AttributeTypes");
    var attributes = world.span("types").getAttributes();
    assertThat(attributes.get(stringKey("text"))).isEqualTo("t");
    assertThat(attributes.get(longKey("whole"))).isEqualTo(7);
    assertThat(attributes.get(doubleKey("fraction"))).isEqualTo(2.5);
    assertThat(attributes.get(booleanKey("flag"))).isTrue();
    assertThat(attributes.get(stringKey("huge"))).isEqualTo("1208925819614629174706176");
    assertThat(attributes.get(stringKey("nested"))).isEqualTo("{\"b\": [1, \"x\"], \"3\": null}");
    assertThat(attributes.get(stringKey("error"))).isEqualTo("ValueError: odd");
    assertThat(attributes.get(stringKey("unprintable")))
        .isEqualTo("<unserializable: _Unprintable>");
    assertThat(attributes.get(stringKey("subclass"))).isEqualTo("sub");
    assertThat(attributes.get(stringKey("cycle"))).isEqualTo("[\"<cycle>\"]");
    assertThat(attributes.get(stringKey("deep"))).contains("<nested deeper than 8>");
    assertThat(attributes.get(stringKey("lone"))).isEqualTo("\ufffd!");
    assertThat(attributes.get(stringKey("data"))).isEqualTo("b'ab'");
    assertThat(attributes.get(longKey("\ufffdkey"))).isEqualTo(1);
    assertThat(attributes.get(stringKey("12"))).isEqualTo("number as key");
  }

  @Test
  void an_exception_is_told_once_at_the_innermost_span() {
    world.call("RaiseInSpan");
    EventData event = world.span("inner").getEvents().getFirst();
    assertThat(event.getAttributes().get(stringKey("exception.type"))).isEqualTo("KeyError");
    assertThat(event.getAttributes().get(stringKey("exception.message"))).isEqualTo("'missing'");
    assertThat(event.getAttributes().get(stringKey("exception.stacktrace")))
        .contains("tracing_handlers.py\", line ")
        .contains("raise KeyError(\"missing\")")
        .doesNotContain("_dispatch.py");
    assertThat(world.span("outer").getEvents()).isEmpty();
    assertThat(world.span("handler_execution").getEvents()).isEmpty();
    assertThat(world.span("outer").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(world.span("handler_execution").getStatus().getStatusCode())
        .isEqualTo(StatusCode.ERROR);
  }

  @Test
  void an_exception_raised_again_in_another_span_is_told_there_too() {
    world.call("RaiseSameTwice");
    assertThat(world.span("first").getEvents()).hasSize(1);
    assertThat(world.span("second").getEvents()).hasSize(1);
  }

  @Test
  void what_only_ends_a_block_is_no_error() {
    world.call("NoErrors");
    for (String name : new String[] {"closed", "exit", "cancelled"}) {
      assertThat(world.span(name).getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
      assertThat(world.span(name).getEvents()).isEmpty();
    }
  }

  @Test
  void a_recorded_exception_fails_the_span_and_not_the_call() {
    world.call("RecordException");
    SpanData span = world.span("tolerant");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(world.span("handler_execution").getStatus().getStatusCode())
        .isEqualTo(StatusCode.UNSET);
    assertThat(span.getEvents().getFirst().getAttributes().get(stringKey("exception.type")))
        .isEqualTo("OSError");
  }

  @Test
  void threads_and_pools_inherit_the_span() {
    world.call("Threads");
    String starter = world.span("starter").getSpanId();
    assertThat(world.span("in_thread").getParentSpanId()).isEqualTo(starter);
    assertThat(world.spans().stream().filter(span -> span.getName().equals("in_pool")))
        .hasSize(3)
        .allMatch(span -> span.getParentSpanId().equals(starter));
  }

  @Test
  void a_pools_old_thread_serves_the_call_that_submits() {
    for (int i = 0; i < 2 * PythonWorld.CONTEXTS; i++) {
      world.clear();
      assertThat(world.call("SharedPool"))
          .isEqualTo(new StepOutcome.Success("{\"same\":true}", "{}"));
      assertThat(world.span("pooled").getParentSpanId())
          .isEqualTo(world.span("handler_execution").getSpanId());
    }
  }

  @Test
  void interleaved_tasks_keep_their_own_spans() {
    assertThat(world.call("AsyncGather"))
        .isEqualTo(new StepOutcome.Success("{\"done\":true}", "{}"));
    for (String name : new String[] {"a", "b"}) {
      SpanData branch = world.span(name);
      assertThat(branch.getParentSpanId()).isEqualTo(world.span("all").getSpanId());
      assertThat(world.spans().stream().filter(span -> span.getName().equals(name + ".child")))
          .hasSize(3)
          .allMatch(span -> span.getParentSpanId().equals(branch.getSpanId()));
    }
  }

  @Test
  void a_generator_broken_off_leaves_no_span_current() {
    assertThat(world.call("BrokenOffGenerators")).isInstanceOf(StepOutcome.Success.class);
    String execution = world.span("handler_execution").getSpanId();
    for (String name : new String[] {"decorated", "plain", "after_plain", "sync"}) {
      assertThat(world.span(name).getParentSpanId()).as(name).isEqualTo(execution);
    }
    assertThat(world.log.entries()).noneMatch(entry -> entry.message().contains("detach"));
  }

  @Test
  void a_span_left_open_is_swept_and_counted() {
    double before = leaked();
    world.call("LeakSpan");
    for (String name : new String[] {"leaked", "entered_never_left"}) {
      assertThat(world.span(name).getAttributes().get(booleanKey("tasker.leaked"))).isTrue();
    }
    assertThat(leaked()).isEqualTo(before + 2);
  }

  private double leaked() {
    return world.metrics.value("bridge.spans.leaked_total", "language", "python");
  }

  @Test
  void nothing_of_a_call_is_left_for_the_next() {
    for (int i = 0; i < 2 * PythonWorld.CONTEXTS; i++) {
      world.call("LeakSpan");
      world.clear();
      StepCall step = PythonWorld.step("WhatIsCurrent", "{}");
      String result = ((StepOutcome.Success) world.call(step)).resultJson();
      assertThat(result)
          .contains(world.span("handler_execution").getSpanId())
          .contains(Objects.requireNonNull(step.correlation().correlationId()).toString());
    }
  }

  @Test
  void spans_ended_elsewhere_or_out_of_order_are_tolerated() {
    assertThat(world.call("EndElsewhere")).isInstanceOf(StepOutcome.Success.class);
    assertThat(world.span("elsewhere").getAttributes().get(longKey("late"))).isNull();
    assertThat(world.span("inner").getParentSpanId()).isEqualTo(world.span("outer").getSpanId());
  }

  @Test
  void headers_of_another_process_name_the_parent() {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    world.call("Remote", "{\"traceparent\": \"00-" + trace + "-b7ad6b7169203331-01\"}");
    assertThat(world.span("answer").getTraceId()).isEqualTo(trace);
    assertThat(world.span("answer").getParentSpanId()).isEqualTo("b7ad6b7169203331");
    assertThat(world.span("local").getParentSpanId())
        .isEqualTo(world.span("handler_execution").getSpanId());
  }
}
