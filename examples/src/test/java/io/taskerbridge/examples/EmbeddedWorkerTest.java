package io.taskerbridge.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.core.telemetry.Telemetry;
import io.taskerbridge.host.BridgeHost;
import io.taskerbridge.host.RecentTraces;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the README shows: the embedded worker's results, and the trace that its handlers make. */
class EmbeddedWorkerTest {
  private static final Path PROJECT = Path.of(System.getProperty("tasker.project.dir"));
  private static final Path HANDLERS = PROJECT.resolve("examples/readme");
  private static final AttributeKey<String> LANGUAGE = AttributeKey.stringKey("tasker.language");

  @Test
  void run_gives_the_results_of_both_handlers() {
    assertThat(EmbeddedWorker.run(HANDLERS, "Ada"))
        .containsExactly(
            new StepOutcome.Success("\"Hello, Ada\"", "{}"),
            new StepOutcome.Success("\"ADA\"", "{}"));
  }

  @Test
  void the_trace_is_the_one_that_the_readme_shows() throws IOException {
    RecentTraces traces = new RecentTraces();
    String traceId;
    try (Telemetry telemetry =
            Telemetry.builder(BridgeConfig.defaults())
                .console(OutputStream.nullOutputStream())
                .addSpanProcessor(traces)
                .start();
        BridgeHost host = BridgeHost.builder().telemetry(telemetry).handlers(HANDLERS).open()) {
      Correlation request = Correlation.of(CorrelationId.next());
      Span caller =
          telemetry.openTelemetry().getTracer("caller").spanBuilder("request").startSpan();
      traceId = caller.getSpanContext().getTraceId();
      try (Scope scope = Context.root().with(caller).makeCurrent()) {
        host.execute(StepCall.of("Greet", request, "{\"name\": \"Ada\"}"));
        host.execute(StepCall.of("Shout", request, "{\"name\": \"Ada\"}"));
      } finally {
        caller.end();
      }
    }
    List<SpanData> spans = traces.trace(traceId);
    SpanData root =
        spans.stream()
            .filter(span -> span.getParentSpanId().equals(SpanId.getInvalid()))
            .findFirst()
            .orElseThrow();
    List<String> tree = new ArrayList<>();
    for (SpanData top : children(spans, root)) {
      draw(spans, top, "", "", tree);
    }

    assertThat(Files.readString(PROJECT.resolve("README.md")))
        .contains("```text\n" + String.join("\n", tree) + "\n```");
  }

  private static List<SpanData> children(List<SpanData> spans, SpanData parent) {
    return spans.stream()
        .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
        .toList();
  }

  private static void draw(
      List<SpanData> spans, SpanData span, String branch, String indent, List<String> tree) {
    String language = span.getAttributes().get(LANGUAGE);
    tree.add(branch + span.getName() + "  " + (language == null ? "java" : language));
    for (SpanData child : children(spans, span)) {
      draw(spans, child, indent + "└─ ", indent + "   ", tree);
    }
  }
}
