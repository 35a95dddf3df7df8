package io.taskerbridge.python;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.StepOutcome;
import io.taskerbridge.core.telemetry.Telemetry;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Python on the host's whole telemetry: catalog, redaction, scrape, console. */
final class PipelineTest {

  @Test
  void a_handlers_telemetry_goes_through_the_pipeline_of_the_process() {
    InMemorySpanExporter spans = InMemorySpanExporter.create();
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    try (Telemetry telemetry =
            Telemetry.builder(PythonWorld.config(1))
                .addSpanExporter(spans)
                .console(console)
                .start();
        PythonRuntime runtime =
            new PythonRuntimeProvider()
                .open(
                    telemetry.guestBridge(),
                    PythonWorld.config(1),
                    List.of(PythonWorld.TESTS.resolve("handlers")))) {
      StepOutcome outcome = runtime.call(PythonWorld.step("RunsJob", "{}"), new Cancellation());
      assertThat(outcome).isEqualTo(new StepOutcome.Success("{}", "{}"));
      assertThat(spans.getFinishedSpanItems())
          .extracting(SpanData::getName)
          .containsExactly("job.execute", "handler_execution");
      assertThat(new String(telemetry.scrape(null).body(), UTF_8))
          .contains("bridge_guest_contexts{language=\"python\",")
          .contains("bridge_guest_wait_duration_milliseconds_count")
          .contains("jobs_enqueued_total{")
          .contains("jobs_completed_total{")
          .contains("jobs_duration_seconds_bucket{")
          .contains("status=\"success\"")
          .contains("queue_depth{");
    }
    assertThat(console.toString(UTF_8))
        .contains("python ready")
        .contains("\"message\":\"rebuilding\"")
        .contains("\"component\":\"python_handler\"")
        .doesNotContain("hunter2");
  }
}
