package io.taskerbridge.core.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.config.BridgeConfig.SamplingStrategy;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.core.telemetry.Configs;
import io.taskerbridge.core.telemetry.PrometheusText;
import io.taskerbridge.core.telemetry.Telemetry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a guest makes through the contract, as it comes out of the real telemetry. */
final class GuestBridgeTest {
  private static final int INFO = LogLevel.INFO.number();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final StepOutcome DONE = new StepOutcome.Success("null", "{}");

  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final ByteArrayOutputStream console = new ByteArrayOutputStream();
  private final Correlation correlation =
      new Correlation(
          CorrelationId.next(),
          CorrelationId.next(),
          CorrelationId.next(),
          UUID.randomUUID(),
          "shop");
  private Telemetry telemetry = start(Configs.defaults());
  private GuestBridge bridge = telemetry.guestBridge().forLanguage("ruby");

  private Telemetry start(BridgeConfig config) {
    return Telemetry.builder(config).addSpanExporter(spans).console(console).start();
  }

  private void restart(BridgeConfig config) {
    telemetry.close();
    spans.reset();
    telemetry = start(config);
    bridge = telemetry.guestBridge().forLanguage("ruby");
  }

  @AfterEach
  void close() {
    telemetry.close();
  }

  private long begin() {
    return bridge.beginCall(StepCall.of("validate_order", correlation, "{}"));
  }

  @Test
  void a_call_is_a_span_that_says_who_it_works_for() {
    long call = begin();
    bridge.endCall(call, DONE);

    SpanData span = span("handler_execution");
    assertThat(call).isPositive();
    assertThat(span.getInstrumentationScopeInfo().getName()).isEqualTo("tasker_core.ruby");
    assertThat(text(span, "tasker.language")).isEqualTo("ruby");
    assertThat(text(span, "handler")).isEqualTo("validate_order");
    assertThat(text(span, "correlation_id")).isEqualTo(correlation.correlationId().toString());
    assertThat(text(span, "task_uuid")).isEqualTo(String.valueOf(correlation.taskUuid()));
    assertThat(text(span, "step_uuid")).isEqualTo(String.valueOf(correlation.stepUuid()));
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  @Test
  void a_call_is_a_child_of_the_hosts_current_span() {
    Span host = telemetry.openTelemetry().getTracer("host").spanBuilder("step.execute").startSpan();
    Context.current().with(host).wrap(() -> bridge.endCall(begin(), DONE)).run();
    host.end();

    assertThat(span("handler_execution").getParentSpanId())
        .isEqualTo(host.getSpanContext().getSpanId());
  }

  @Test
  void a_span_keeps_its_attributes_with_their_types() {
    long call = begin();
    long span = bridge.startSpan(call, INFO, "validate");
    bridge.setString(span, "name", "Zo\u00eb");
    bridge.setLong(span, "lines", Long.MAX_VALUE);
    bridge.setDouble(span, "total", 12.5);
    bridge.setBoolean(span, "valid", true);
    bridge.setJson(span, "items", "[1,2]");
    bridge.setJson(span, "nothing", "null");
    bridge.setString(span, "password", "hunter2");
    assertThat(bridge.end(span)).isTrue();
    bridge.endCall(call, DONE);

    SpanData seen = span("validate");
    assertThat(text(seen, "name")).isEqualTo("Zo\u00eb");
    assertThat(seen.getAttributes().get(AttributeKey.longKey("lines"))).isEqualTo(Long.MAX_VALUE);
    assertThat(seen.getAttributes().get(AttributeKey.doubleKey("total"))).isEqualTo(12.5);
    assertThat(seen.getAttributes().get(AttributeKey.booleanKey("valid"))).isTrue();
    assertThat(text(seen, "items")).isEqualTo("[1,2]");
    assertThat(text(seen, "nothing")).isNull();
    assertThat(text(seen, "password")).isEqualTo("[REDACTED]");
    assertThat(seen.getParentSpanId()).isEqualTo(span("handler_execution").getSpanId());
  }

  @Test
  void an_event_is_on_its_span_with_its_fields() {
    long call = begin();
    long event = bridge.startEvent(call, INFO, "lines_checked");
    bridge.setLong(event, "count", 3);
    bridge.setString(event, "api_key", "k");
    bridge.end(event);
    bridge.endCall(call, DONE);

    var seen = span("handler_execution").getEvents().get(0);
    assertThat(seen.getName()).isEqualTo("lines_checked");
    assertThat(seen.getAttributes().get(AttributeKey.longKey("count"))).isEqualTo(3);
    assertThat(seen.getAttributes().get(AttributeKey.stringKey("api_key"))).isEqualTo("[REDACTED]");
  }

  @Test
  void a_log_record_has_the_identity_of_its_span_and_typed_fields() throws IOException {
    long call = begin();
    long span = bridge.startSpan(call, INFO, "validate");
    long log = bridge.startLog(span, INFO, "orders", "order is valid");
    bridge.setLong(log, "lines", 3);
    bridge.setJson(log, "items", "{\"a\":[1]}");
    bridge.end(log);
    String spanId = bridge.read(span, "span_id");
    bridge.end(span);
    bridge.endCall(call, DONE);

    JsonNode line = line("order is valid");
    assertThat(line.path("level").asText()).isEqualTo("INFO");
    assertThat(line.path("logger").asText()).isEqualTo("orders");
    assertThat(line.path("component").asText()).isEqualTo("ruby_handler");
    assertThat(line.path("correlation_id").asText())
        .isEqualTo(correlation.correlationId().toString());
    assertThat(line.path("trace_id").asText()).isEqualTo(span("validate").getTraceId());
    assertThat(line.path("span_id").asText()).isEqualTo(spanId);
    assertThat(line.path("lines").isInt()).isTrue();
    assertThat(line.path("items").path("a").path(0).asInt()).isEqualTo(1);
  }

  @Test
  void an_error_is_told_once_at_the_innermost_span() {
    long call = begin();
    long span = bridge.startSpan(call, INFO, "validate");
    bridge.setError(span, "ArgumentError", "bad order", "order.rb:3:in 'check'");
    bridge.end(span);
    HandlerError error = new HandlerError("ArgumentError", "bad order", null, "order.rb:3");
    bridge.endCall(call, new StepOutcome.Failure(error, true, null, "{}"));

    SpanData inner = span("validate");
    assertThat(inner.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(text(inner, "error.type")).isEqualTo("ArgumentError");
    assertThat(inner.getEvents()).hasSize(1);
    assertThat(
            inner
                .getEvents()
                .get(0)
                .getAttributes()
                .get(AttributeKey.stringKey("exception.stacktrace")))
        .isEqualTo("order.rb:3:in 'check'");
    SpanData outer = span("handler_execution");
    assertThat(outer.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(outer.getEvents()).isEmpty();
  }

  @Test
  void an_error_that_no_span_tells_is_on_the_calls_span() {
    HandlerError error = new HandlerError("KeyError", "no key", null, "order.py:1");
    bridge.endCall(begin(), new StepOutcome.Failure(error, true, null, "{}"));

    assertThat(span("handler_execution").getEvents()).hasSize(1);
  }

  @Test
  void spans_left_open_are_ended_marked_and_counted() {
    long call = begin();
    long first = bridge.startSpan(call, INFO, "forgotten");
    bridge.startSpan(first, INFO, "forgotten too");
    bridge.endCall(call, DONE);

    assertThat(spans.getFinishedSpanItems()).hasSize(3);
    assertThat(span("forgotten").getAttributes().get(AttributeKey.booleanKey("tasker.leaked")))
        .isTrue();
    assertThat(
            PrometheusText.parse(telemetry.scrape(null))
                .value("bridge_spans_leaked_total", "language", "ruby"))
        .isEqualTo(2);
    assertThat(bridge.end(first)).isFalse();
  }

  @Test
  void a_second_end_does_nothing_and_what_comes_after_the_end_is_dropped() {
    long call = begin();
    long span = bridge.startSpan(call, INFO, "validate");
    assertThat(bridge.end(span)).isTrue();
    assertThat(bridge.end(span)).isFalse();
    bridge.setString(span, "late", "x");
    bridge.setError(span, "Late", "late", "late");
    bridge.endCall(call, DONE);

    assertThat(text(span("validate"), "late")).isNull();
    assertThat(span("validate").getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  @Test
  void a_late_child_of_an_ended_span_keeps_its_parent() {
    long call = begin();
    long parent = bridge.startSpan(call, INFO, "parent");
    bridge.end(parent);
    bridge.endCall(call, DONE);
    long late = bridge.startSpan(parent, INFO, "late");
    bridge.end(late);

    assertThat(span("late").getParentSpanId()).isEqualTo(span("parent").getSpanId());
    assertThat(span("late").getTraceId()).isEqualTo(span("parent").getTraceId());
    assertThat(bridge.read(parent, "correlation_id"))
        .isEqualTo(correlation.correlationId().toString());
  }

  @Test
  void an_unsampled_call_has_a_negative_handle_makes_no_spans_and_logs_with_its_ids()
      throws IOException {
    restart(Configs.sampling(SamplingStrategy.ALWAYS_OFF, 0));
    long call = begin();
    assertThat(call).isNegative();
    assertThat(bridge.startSpan(call, INFO, "none")).isZero();
    assertThat(bridge.startEvent(call, INFO, "none")).isZero();
    assertThat(isSampled(bridge.read(call, "trace_flags"))).isFalse();
    String traceId = bridge.read(call, "trace_id");
    assertThat(bridge.inject(call)).contains(traceId + "-" + bridge.read(call, "span_id") + "-0");
    bridge.end(bridge.startLog(call, INFO, "orders", "told all the same"));
    bridge.endCall(call, DONE);

    assertThat(spans.getFinishedSpanItems()).isEmpty();
    assertThat(traceId).matches("[0-9a-f]{32}").isNotEqualTo("0".repeat(32));
    assertThat(line("told all the same").path("trace_id").asText()).isEqualTo(traceId);
    assertThat(line("told all the same").path("correlation_id").asText())
        .isEqualTo(correlation.correlationId().toString());
  }

  @Test
  void with_telemetry_off_a_call_works_and_logs() throws IOException {
    restart(Configs.disabled());
    long call = begin();
    assertThat(bridge.startSpan(call, INFO, "none")).isZero();
    bridge.end(bridge.startLog(call, INFO, "orders", "still told"));
    bridge.endCall(call, DONE);

    assertThat(line("still told").path("correlation_id").asText())
        .isEqualTo(correlation.correlationId().toString());
  }

  @Test
  void spans_and_events_below_the_level_are_not_recorded_and_children_go_to_the_call() {
    long call = begin();
    assertThat(bridge.startSpan(call, LogLevel.DEBUG.number(), "quiet")).isZero();
    assertThat(bridge.startEvent(call, LogLevel.DEBUG.number(), "quiet")).isZero();
    assertThat(bridge.startLog(call, LogLevel.DEBUG.number(), "l", "quiet")).isZero();
    assertThat(bridge.spanThreshold()).isEqualTo(INFO);
    bridge.endCall(call, DONE);

    assertThat(spans.getFinishedSpanItems()).hasSize(1);
  }

  @Test
  void handles_that_name_nothing_are_ignored() {
    for (long handle : new long[] {0, 1, -1, 999_999, Long.MIN_VALUE, Long.MAX_VALUE}) {
      bridge.setString(handle, "a", "b");
      bridge.setJson(handle, "a", "not json");
      bridge.setError(handle, "E", "m", "b");
      bridge.endCall(handle, DONE);
      assertThat(bridge.end(handle)).isFalse();
      assertThat(bridge.startSpan(handle, INFO, "orphan")).isZero();
      assertThat(bridge.startEvent(handle, INFO, "orphan")).isZero();
      assertThat(bridge.read(handle, "trace_id")).isEmpty();
      assertThat(bridge.extract(handle, "{}")).isEqualTo(handle);
    }
    assertThat(spans.getFinishedSpanItems()).isEmpty();
  }

  @Test
  void a_span_without_a_handle_is_a_child_of_the_threads_current_span() {
    Span host = telemetry.openTelemetry().getTracer("host").spanBuilder("host").startSpan();
    Context context = correlation.storeIn(Context.root()).with(host);
    long[] span = new long[1];
    context
        .wrap(
            () -> {
              span[0] = bridge.startSpan(0, INFO, "free");
            })
        .run();
    assertThat(bridge.read(span[0], "correlation_id"))
        .isEqualTo(correlation.correlationId().toString());
    bridge.end(span[0]);
    host.end();

    assertThat(span("free").getParentSpanId()).isEqualTo(host.getSpanContext().getSpanId());
  }

  @Test
  void who_the_call_works_for_can_be_read() {
    long call = begin();
    assertThat(bridge.read(call, "correlation_id"))
        .isEqualTo(correlation.correlationId().toString());
    assertThat(bridge.read(call, "parent_correlation_id"))
        .isEqualTo(String.valueOf(correlation.parentCorrelationId()));
    assertThat(bridge.read(call, "task_uuid")).isEqualTo(String.valueOf(correlation.taskUuid()));
    assertThat(bridge.read(call, "step_uuid")).isEqualTo(String.valueOf(correlation.stepUuid()));
    assertThat(bridge.read(call, "namespace")).isEqualTo("shop");
    assertThat(bridge.read(call, "shoe_size")).isEmpty();
    bridge.endCall(call, DONE);
  }

  @Test
  void context_goes_out_in_headers_and_comes_in_again() throws IOException {
    long call = begin();
    JsonNode headers = JSON.readTree(bridge.inject(call));
    String flags = bridge.read(call, "trace_flags");
    assertThat(isSampled(flags)).isTrue();
    assertThat(headers.path("traceparent").asText())
        .isEqualTo(
            String.join(
                "-", "00", bridge.read(call, "trace_id"), bridge.read(call, "span_id"), flags));

    String remote = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    long parent = bridge.extract(call, "{\"TraceParent\":\"" + remote + "\"}");
    long child = bridge.startSpan(parent, INFO, "continued");
    bridge.end(child);
    assertThat(bridge.extract(call, "{\"traceparent\":\"nonsense\"}")).isEqualTo(call);
    assertThat(bridge.extract(call, "not json")).isEqualTo(call);
    assertThat(bridge.extract(call, "{}")).isEqualTo(call);
    assertThat(bridge.extract(call, "{\"a\":{\"b\":1}}")).isEqualTo(call);
    for (String broken : new String[] {"null", "", "3", "[1]", "{\"traceparent\":3}"}) {
      assertThat(bridge.extract(call, broken)).as(broken).isEqualTo(call);
    }
    assertThat(bridge.extract(call, "{\"traceparent\":null}")).isEqualTo(call);
    bridge.endCall(call, DONE);

    assertThat(span("continued").getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(span("continued").getParentSpanId()).isEqualTo("b7ad6b7169203331");
    assertThat(bridge.read(child, "correlation_id"))
        .isEqualTo(correlation.correlationId().toString());
  }

  @Test
  void baggage_and_correlation_go_out_with_the_context() {
    String[] headers = new String[1];
    correlation
        .storeIn(Context.root())
        .wrap(
            () -> {
              long call = begin();
              headers[0] = bridge.inject(call);
              bridge.endCall(call, DONE);
            })
        .run();

    assertThat(headers[0]).contains("correlation_id=" + correlation.correlationId());
  }

  @Test
  void an_unsampled_parent_from_elsewhere_makes_no_spans() {
    long call = begin();
    String remote = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    long parent = bridge.extract(call, "{\"traceparent\":\"" + remote + "\"}");

    assertThat(parent).isNegative();
    assertThat(bridge.startSpan(parent, INFO, "none")).isZero();
    assertThat(bridge.read(parent, "trace_id")).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    bridge.endCall(call, DONE);
  }

  @Test
  void a_parent_from_elsewhere_outlives_all_other_records_of_its_call() {
    long call = begin();
    String remote = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    long parent =
        bridge.extract(call, "{\"traceparent\":\"" + remote + "\",\"baggage\":\"tenant=acme\"}");
    for (int i = 0; i < 20_000; i++) {
      bridge.end(bridge.startEvent(call, INFO, "tick"));
    }

    assertThat(bridge.end(parent)).isFalse();
    long child = bridge.startSpan(parent, INFO, "late");
    assertThat(bridge.inject(child)).contains("tenant=acme");
    assertThat(bridge.inject(parent)).contains("tenant=acme").contains(remote);
    bridge.end(child);
    bridge.endCall(call, DONE);

    assertThat(span("late").getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(span("late").getParentSpanId()).isEqualTo("b7ad6b7169203331");
    assertThat(PrometheusText.parse(telemetry.scrape(null)).sampleNames())
        .doesNotContain("bridge_spans_leaked_total");
  }

  @Test
  void a_parent_from_elsewhere_that_finds_no_place_leaves_the_call_as_parent() {
    long call = begin();
    int open = 0;
    while (bridge.startSpan(call, INFO, "open") != 0) {
      open++;
    }

    String remote = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    assertThat(bridge.extract(call, "{\"traceparent\":\"" + remote + "\"}")).isEqualTo(call);
    bridge.endCall(call, DONE);

    assertThat(open).isGreaterThan(10_000);
  }

  @Test
  void the_context_of_a_span_is_for_java_code_that_a_guest_calls() {
    long call = begin();
    try (Scope scope = bridge.context(call).makeCurrent()) {
      assertThat(scope).isNotNull();
      telemetry.openTelemetry().getTracer("lib").spanBuilder("inside").startSpan().end();
    }
    bridge.endCall(call, DONE);

    assertThat(span("inside").getParentSpanId()).isEqualTo(span("handler_execution").getSpanId());
  }

  @Test
  void metrics_cross_as_numbers() {
    String separator = GuestMetrics.SEPARATOR;
    GuestMetrics metrics = bridge.metrics();
    int counter =
        metrics.define("counter", "orders_total", "Orders", "", "region" + separator + "kind", "");
    int same =
        metrics.define("counter", "orders_total", "Orders", "", "kind" + separator + "region", "");
    int series = metrics.bind(counter, "region" + separator + "eu");
    metrics.record(series, 2);
    int gauge = metrics.define("gauge", "level", "Level", "", "", "");
    metrics.adjust(metrics.bind(gauge, ""), 3);

    assertThat(same).isEqualTo(counter);
    assertThat(metrics.bind(counter, "region" + separator + "eu")).isEqualTo(series);
    PrometheusText text = PrometheusText.parse(telemetry.scrape(null));
    assertThat(text.value("orders_total", "region", "eu")).isEqualTo(2);
    assertThat(text.value("level")).isEqualTo(3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> metrics.define("meter", "x", "", "", "", ""))
        .withMessage("kind: meter is none; use counter, up_down_counter, histogram or gauge");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> metrics.define("histogram", "x", "", "", "", "wide"))
        .withMessage("buckets: \"wide\" of the metric x is not a number");
    metrics.record(99_999, 1);
    metrics.adjust(-1, 1);
  }

  @Test
  void eight_threads_of_nested_spans_give_no_wrong_parent() throws Exception {
    int threadCount = 8;
    int perThread = 5000;
    Map<String, String> expectedParents = new HashMap<>();
    List<Future<Map<String, String>>> all = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(threadCount)) {
      for (int t = 0; t < threadCount; t++) {
        all.add(threads.submit(() -> nest(perThread)));
      }
      for (Future<Map<String, String>> one : all) {
        expectedParents.putAll(one.get());
      }
    }

    List<SpanData> seen = spans.getFinishedSpanItems();
    assertThat(expectedParents).hasSize(threadCount * perThread);
    assertThat(seen.stream().filter(span -> span.getName().equals("nested")))
        .hasSize(threadCount * perThread)
        .allSatisfy(
            span ->
                assertThat(span.getParentSpanId())
                    .isEqualTo(expectedParents.get(span.getSpanId())));
    assertThat(seen.stream().filter(span -> !span.getParentSpanContext().isValid()))
        .allSatisfy(root -> assertThat(root.getName()).isEqualTo("handler_execution"));
  }

  /** Calls with spans nested ten deep; gives the parent that each must have. */
  private Map<String, String> nest(int count) {
    Map<String, String> parents = new HashMap<>();
    while (parents.size() < count) {
      long call = begin();
      List<Long> open = new ArrayList<>(List.of(call));
      for (int depth = 0; depth < 10; depth++) {
        long parent = open.get(open.size() - 1);
        long span = bridge.startSpan(parent, INFO, "nested");
        bridge.setLong(span, "depth", depth);
        parents.put(bridge.read(span, "span_id"), bridge.read(parent, "span_id"));
        open.add(span);
      }
      for (int i = open.size() - 1; i > 0; i--) {
        assertThat(bridge.end(open.get(i))).isTrue();
      }
      bridge.endCall(call, DONE);
    }
    return parents;
  }

  /** The other bits say nothing about sampling; the second one says that the ID is random. */
  private static boolean isSampled(String flags) {
    return (Integer.parseInt(flags, 16) & 1) == 1;
  }

  private SpanData span(String name) {
    return spans.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals(name))
        .reduce(
            (one, other) -> {
              throw new IllegalStateException("two spans are called " + name);
            })
        .orElseThrow(() -> new IllegalStateException("no span is called " + name));
  }

  private static String text(SpanData span, String key) {
    return span.getAttributes().get(AttributeKey.stringKey(key));
  }

  private JsonNode line(String message) throws IOException {
    List<String> lines =
        console
            .toString(StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.contains(message))
            .toList();
    assertThat(lines).hasSize(1);
    return JSON.readTree(lines.get(0));
  }
}
