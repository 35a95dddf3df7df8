package io.taskerbridge.ruby;

import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.core.log.JsonText;
import io.taskerbridge.core.log.LogEntry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a Ruby handler's spans, events and log lines look like in the host. */
final class SpansTest {

  @BeforeEach
  void forget() {
    SharedRuby.HOST.reset();
  }

  private static String run(String what) {
    return SharedRuby.result(SharedRuby.call("Spans", "{\"what\":\"" + what + "\"}"));
  }

  private static SpanData span(String name) {
    return SharedRuby.HOST.spans().stream()
        .filter(span -> span.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " not in " + SharedRuby.HOST.spans()));
  }

  private static LogEntry log(String message) {
    return SharedRuby.HOST.logs.stream()
        .filter(entry -> entry.message().equals(message))
        .findFirst()
        .orElseThrow(() -> new AssertionError(message + " not in " + SharedRuby.HOST.logs));
  }

  @Test
  void spans_nest_under_the_hosts() {
    var parent = SharedRuby.hostSpan("step.execute");
    StepOutcome outcome =
        SharedRuby.callUnder(
            parent,
            StepCall.of("Spans", SharedRuby.correlation(), "{\"what\":\"nested\"}"),
            new Cancellation());
    assertThat(SharedRuby.result(outcome)).isEqualTo("{\"value\":\"from block\"}");
    SpanData execution = span("handler_execution");
    assertThat(execution.getParentSpanId()).isEqualTo(span("step.execute").getSpanId());
    assertThat(span("outer").getParentSpanId()).isEqualTo(execution.getSpanId());
    assertThat(span("inner").getParentSpanId()).isEqualTo(span("outer").getSpanId());
    assertThat(span("outer"))
        .hasAttribute(AttributeKey.longKey("order_id"), 7L)
        .hasAttribute(AttributeKey.booleanKey("done"), true)
        .hasAttribute(AttributeKey.stringKey("tasker.language"), "ruby")
        .hasInstrumentationScopeInfo(
            io.opentelemetry.sdk.common.InstrumentationScopeInfo.create("tasker_core.ruby"));
    EventData event = span("inner").getEvents().get(0);
    assertThat(event.getName()).isEqualTo("checked");
    assertThat(event.getAttributes().get(AttributeKey.longKey("count"))).isEqualTo(3);
  }

  @Test
  void attributes_keep_their_types() {
    run("types");
    assertThat(span("typed"))
        .hasAttribute(AttributeKey.longKey("int"), 42L)
        .hasAttribute(AttributeKey.stringKey("big"), "1208925819614629174706176")
        .hasAttribute(AttributeKey.doubleKey("float"), 1.5)
        .hasAttribute(AttributeKey.doubleKey("inf"), Double.POSITIVE_INFINITY)
        .hasAttribute(AttributeKey.booleanKey("yes"), true)
        .hasAttribute(AttributeKey.booleanKey("no"), false)
        .hasAttribute(AttributeKey.stringKey("text"), "héllo")
        .hasAttribute(AttributeKey.stringKey("sym"), "abc")
        .hasAttribute(AttributeKey.stringKey("bad"), "a\ufffdb")
        .hasAttribute(AttributeKey.stringKey("list"), "[1,\"two\",null,2.5]")
        .hasAttribute(AttributeKey.stringKey("map"), "{\"a\":{\"b\":[true]}}")
        .hasAttribute(AttributeKey.stringKey("error"), "ArgumentError: wrong")
        .hasAttribute(AttributeKey.stringKey("broken"), "<unserializable: Object>")
        .hasAttribute(AttributeKey.stringKey("string"), "key")
        .hasAttribute(AttributeKey.stringKey("binary"), "hé")
        .hasAttribute(AttributeKey.stringKey("range"), "1..3");
    assertThat(span("typed").getAttributes().get(AttributeKey.stringKey("cyclic")))
        .contains("nested too deeply");
    assertThat(span("typed").getAttributes().get(AttributeKey.stringKey("null"))).isNull();
  }

  @Test
  void log_fields_keep_their_types() {
    run("types");
    Map<String, ?> fields = log("typed").fields();
    assertThat(fields.get("int")).isEqualTo(42L);
    assertThat(fields.get("float")).isEqualTo(1.5);
    assertThat(fields.get("inf")).isEqualTo("Infinity");
    assertThat(fields.get("null")).isEqualTo(new JsonText("null"));
    assertThat(fields.get("list")).isEqualTo(new JsonText("[1,\"two\",null,2.5]"));
    assertThat(fields.get("more")).isEqualTo(1L);
    assertThat(fields.get("string")).isEqualTo("key");
  }

  @Test
  void a_span_below_the_level_is_passed_over() {
    assertThat(run("levels")).isEqualTo("{\"value\":false}");
    assertThat(SharedRuby.HOST.spans()).noneMatch(span -> span.getName().equals("hidden"));
    assertThat(span("shown").getParentSpanId()).isEqualTo(span("handler_execution").getSpanId());
  }

  @Test
  void an_unknown_level_is_info_and_told_once() {
    run("unknown_level");
    assertThat(SharedRuby.HOST.spans()).filteredOn(s -> s.getName().equals("loud")).hasSize(2);
    assertThat(SharedRuby.HOST.logs)
        .filteredOn(entry -> entry.message().contains("unknown level loud"))
        .singleElement()
        .satisfies(entry -> assertThat(entry.message()).contains("spans.rb:"));
    assertThat(span("string_level").hasEnded()).isTrue();
  }

  @Test
  void ids_can_be_read() {
    assertThat(run("ids"))
        .contains("\"same\":true", "\"correlation\":1", "\"current\":true")
        .contains(span("ids").getTraceId(), span("ids").getSpanId());
  }

  @Test
  void log_lines_bear_the_ids_of_their_span() {
    run("logs");
    LogEntry entry = log("order is valid");
    assertThat(entry.level()).isEqualTo(LogLevel.INFO);
    assertThat(entry.component()).isEqualTo("ruby_handler");
    assertThat(entry.span().getSpanId()).isEqualTo(span("logging").getSpanId());
    assertThat(entry.correlation()).isNotNull();
    assertThat(entry.fields().get("order_id")).isEqualTo(7L);
    assertThat(entry.fields().get("duration_ms")).isEqualTo(12.5);
    assertThat(log("with hash").level()).isEqualTo(LogLevel.WARN);
    assertThat(log("symbol").level()).isEqualTo(LogLevel.DEBUG);
    assertThat(log("ArgumentError: bad").error()).isNotNull();
    assertThat(log("failed").fields().get("error")).isEqualTo("ArgumentError: worse");
    assertThat(log("odd").fields().get("fields")).isEqualTo(42L);
    assertThat(SharedRuby.HOST.logs).hasSize(6);
  }

  @Test
  void what_a_handler_prints_becomes_log_lines() {
    run("printing");
    assertThat(SharedRuby.HOST.logs)
        .extracting(LogEntry::message)
        .containsExactly("one", "two", "half line", "careful", "3 left", "rest");
    assertThat(log("careful").level()).isEqualTo(LogLevel.WARN);
    assertThat(log("one").span().isValid()).isTrue();
  }

  @Test
  void what_threads_and_fibers_print_without_a_newline_is_not_lost() {
    run("printing_elsewhere");
    assertThat(SharedRuby.HOST.logs)
        .extracting(LogEntry::message)
        .containsExactly("whole", "from a thread", "half of a line", "rest of a thread");
    assertThat(log("rest of a thread").level()).isEqualTo(LogLevel.WARN);

    run("printing_late");
    assertThat(SharedRuby.HOST.logs).extracting(LogEntry::message).contains("after the call");
  }

  @ParameterizedTest
  @CsvSource({
    "leave_by_break, broken, 'after'",
    "leave_by_next, nexted, 5",
    "leave_by_throw, thrown, 6",
    "leave_by_return, returned, 7",
    "leave_by_exit, exited, 'stayed'",
  })
  void a_span_that_is_left_in_order_has_no_error(String how, String name, String value) {
    assertThat(run(how)).contains(value);
    assertThat(span(name)).hasStatus(io.opentelemetry.sdk.trace.data.StatusData.unset());
    assertThat(span(name).getEvents()).isEmpty();
  }

  @Test
  void a_killed_thread_leaves_its_span_cancelled() {
    run("leave_by_kill");
    assertThat(span("killed")).hasAttribute(AttributeKey.booleanKey("cancelled"), true);
    assertThat(span("killed").getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  @Test
  void an_exception_is_told_once_at_the_innermost_span() {
    run("leave_by_raise");
    assertThat(span("raised_inner").getEvents())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getAttributes().get(AttributeKey.stringKey("exception.type")))
                  .isEqualTo("ArgumentError");
              assertThat(event.getAttributes().get(AttributeKey.stringKey("exception.stacktrace")))
                  .contains("ArgumentError: told once", "handlers/spans.rb:")
                  .doesNotContain(".java:");
            });
    for (String name : List.of("raised_inner", "raised_outer")) {
      assertThat(span(name).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
      assertThat(span(name).getStatus().getDescription()).isEqualTo("told once");
    }
    assertThat(span("raised_outer").getEvents()).isEmpty();
    assertThat(span("handler_execution").getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  @Test
  void a_timeout_marks_its_span() {
    assertThat(run("leave_by_timeout")).contains("Timeout::Error");
    assertThat(span("timed").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
  }

  @Test
  void runaway_recursion_fails_the_step() {
    StepOutcome.Failure failure =
        SharedRuby.failure(SharedRuby.call("Spans", "{\"what\":\"leave_by_recursion\"}"));
    assertThat(failure.error().type()).isEqualTo("SystemStackError");
    assertThat(span("deep").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
  }

  @Test
  void java_errors_are_told_once() {
    assertThat(run("java_error")).contains("IndexOutOfBoundsException");
    assertThat(span("java_inner").getEvents()).hasSize(1);
    assertThat(span("java_outer").getEvents()).isEmpty();
    assertThat(span("java_outer").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "in_fiber",
        "in_thread",
        "in_enumerator",
        "in_lazy",
        "in_timeout",
        "in_worker",
        "after"
      })
  void the_parent_is_kept(String child) {
    run("children");
    assertThat(span(child).getParentSpanId()).isEqualTo(span("parent").getSpanId());
  }

  @Test
  void nothing_is_left_for_the_next_call() {
    run("nested");
    assertThat(run("carrier")).isEqualTo("{\"value\":[null,false]}");
    var context = SharedRuby.RUNTIME.inspectCarriers();
    assertThat(context).isEqualTo("nil nil");
  }

  @Test
  void a_forgotten_span_is_ended_and_counted() {
    run("leak");
    assertThat(span("leaked")).hasAttribute(AttributeKey.booleanKey("tasker.leaked"), true);
    assertThat(SharedRuby.HOST.metrics())
        .anySatisfy(metric -> assertThat(metric.getName()).isEqualTo("bridge.spans.leaked_total"));
  }

  @Test
  void a_span_can_be_finished_by_hand_on_any_thread() {
    run("manual");
    assertThat(span("manual").getEvents()).hasSize(1);
    assertThat(span("manual").getAttributes().get(AttributeKey.longKey("late"))).isNull();
    assertThat(span("under_manual").getParentSpanId()).isEqualTo(span("manual").getSpanId());
    assertThat(SharedRuby.HOST.logs)
        .filteredOn(entry -> entry.message().contains("span manual was finished before"))
        .singleElement()
        .satisfies(entry -> assertThat(entry.message()).contains("spans.rb:"));
  }

  @Test
  void wrong_arguments_raise_and_a_missing_name_is_told() {
    assertThat(run("misuse"))
        .isEqualTo("{\"value\":[\"ArgumentError\",\"ArgumentError\",\"ArgumentError\"]}");
    assertThat(SharedRuby.HOST.spans())
        .filteredOn(span -> span.getName().equals("unnamed"))
        .hasSize(2);
    assertThat(SharedRuby.HOST.logs)
        .anySatisfy(entry -> assertThat(entry.message()).contains("without a name", "spans.rb:"));
  }

  @Test
  void headers_carry_the_trace_both_ways() {
    assertThat(run("propagate"))
        .isEqualTo("{\"value\":[true,\"0af7651916cd43dd8448eb211c80319c\"]}");
    assertThat(span("receiver").getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(span("receiver").getParentSpanId()).isEqualTo("b7ad6b7169203331");
    assertThat(span("without_headers").getParentSpanId()).isEqualTo(span("sender").getSpanId());
  }

  @Test
  void an_exception_can_be_told_without_raising_it() {
    run("recorded");
    assertThat(span("recorder").getEvents()).hasSize(1);
    assertThat(span("recorder").getStatus().getDescription()).isEqualTo("kept");
  }

  @Test
  void a_trace_that_is_not_sampled_keeps_its_log_lines() {
    String traceId = "0af7651916cd43dd8448eb211c80319c";
    Span parent =
        Span.wrap(
            SpanContext.create(
                traceId, "b7ad6b7169203331", TraceFlags.getDefault(), TraceState.getDefault()));
    StepOutcome outcome =
        SharedRuby.callUnder(
            parent,
            StepCall.of("Spans", SharedRuby.correlation(), "{\"what\":\"unsampled\"}"),
            new Cancellation());
    assertThat(SharedRuby.result(outcome)).isEqualTo("{\"value\":[false,\"" + traceId + "\"]}");
    assertThat(SharedRuby.HOST.spans()).isEmpty();
    assertThat(log("still logged").span().getTraceId()).isEqualTo(traceId);
  }
}
