package io.taskerbridge.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Telemetry in files: one OTLP request in JSON a line. */
final class FileExportTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir private Path temporary;

  @Test
  void every_line_is_an_otlp_request() throws IOException {
    Path folder = temporary.resolve("made/on/the/way");
    Span parent;
    Span child;
    try (Telemetry telemetry = Telemetry.start(Configs.file(folder))) {
      Tracer tracer = telemetry.openTelemetry().getTracer("test");
      parent = tracer.spanBuilder("parent").setNoParent().startSpan();
      child = tracer.spanBuilder("child").setParent(Context.root().with(parent)).startSpan();
      child.setAttribute("whole", 1L << 60).setAttribute("text", "a\n\"b\" \u2028 \ud83d\ude00");
      child.end();
      parent.end();
      telemetry
          .openTelemetry()
          .getLogsBridge()
          .get("test")
          .logRecordBuilder()
          .setBody("told")
          .emit();
      telemetry.metrics().get("jobs.duration_seconds").record(0.5, "queue", "bulk");
      assertThat(telemetry.flush(LONG)).isTrue();
    }

    for (String line : lines(folder, "traces.jsonl")) {
      parse(line, ExportTraceServiceRequest.newBuilder());
    }
    for (String line : lines(folder, "logs.jsonl")) {
      parse(line, ExportLogsServiceRequest.newBuilder());
    }
    for (String line : lines(folder, "metrics.jsonl")) {
      parse(line, ExportMetricsServiceRequest.newBuilder());
    }
    JsonNode seen =
        spans(folder)
            .filter(span -> span.path("name").asText().equals("child"))
            .findFirst()
            .orElseThrow();
    assertThat(seen.path("traceId").asText()).isEqualTo(child.getSpanContext().getTraceId());
    assertThat(seen.path("spanId").asText()).isEqualTo(child.getSpanContext().getSpanId());
    assertThat(seen.path("parentSpanId").asText()).isEqualTo(parent.getSpanContext().getSpanId());
    assertThat(seen.path("startTimeUnixNano").isTextual()).isTrue();
    assertThat(seen.path("kind").isInt()).isTrue();
    assertThat(attribute(seen, "whole").path("intValue").asText()).isEqualTo("1152921504606846976");
    assertThat(attribute(seen, "whole").path("intValue").isTextual()).isTrue();
    assertThat(attribute(seen, "text").path("stringValue").asText())
        .isEqualTo("a\n\"b\" \u2028 \ud83d\ude00");
    assertThat(lines(folder, "logs.jsonl").get(0)).contains("\"told\"");
    assertThat(lines(folder, "metrics.jsonl").get(0)).contains("\"jobs.duration_seconds\"");
  }

  @Test
  void lines_are_appended_and_a_torn_one_is_the_only_loss() throws IOException {
    write("first");
    Path traces = temporary.resolve("traces.jsonl");
    Files.writeString(traces, "{\"resourceSpans\":[{\"res", StandardOpenOption.APPEND);

    write("second");

    List<String> lines = lines(temporary, "traces.jsonl");
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).contains("\"first\"");
    assertThat(lines.get(2)).contains("\"second\"");
    parse(lines.get(2), ExportTraceServiceRequest.newBuilder());
  }

  private void write(String name) {
    try (Telemetry telemetry = Telemetry.start(Configs.file(temporary))) {
      telemetry.openTelemetry().getTracer("test").spanBuilder(name).startSpan().end();
    }
  }

  @Test
  void spans_of_eight_threads_are_all_there_and_no_line_is_mixed() throws Exception {
    try (Telemetry telemetry = Telemetry.start(Configs.file(temporary));
        var threads = Executors.newFixedThreadPool(8)) {
      Tracer tracer = telemetry.openTelemetry().getTracer("test");
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 500; i++) {
                    tracer.spanBuilder("s").startSpan().end();
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }

    assertThat(spans(temporary).count()).isEqualTo(4000);
  }

  @Test
  void a_folder_that_cannot_be_is_refused_by_its_key() throws IOException {
    Path file = Files.createFile(temporary.resolve("a-file"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Telemetry.start(Configs.file(file.resolve("below"))))
        .withMessageStartingWith("telemetry.file.directory: ")
        .withMessageContaining("a-file");
  }

  @Test
  void a_start_that_fails_at_the_log_file_leaves_nothing_running() throws IOException {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    Path folder = temporary.resolve("telemetry");
    Path noFolder = Files.createFile(temporary.resolve("a-file"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Telemetry.start(Configs.file(folder, noFolder.resolve("app.log"))))
        .withMessageStartingWith("logging.file: ");

    awaitNoneSince(before);
    Path logFile = temporary.resolve("app.log");
    try (Telemetry telemetry = Telemetry.start(Configs.file(folder, logFile))) {
      telemetry.metrics().get("jobs.created_total").record(1);
      assertThat(telemetry.flush(LONG)).isTrue();
      assertThat(Files.readString(folder.resolve("metrics.jsonl"))).contains("jobs.created_total");
    }
  }

  @Test
  void a_start_that_fails_at_a_telemetry_file_leaves_nothing_running() throws IOException {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    Path traces = Files.createDirectory(temporary.resolve("traces.jsonl"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Telemetry.start(Configs.file(temporary)))
        .withMessageStartingWith("telemetry.file.directory: ")
        .withMessageContaining("traces.jsonl");

    awaitNoneSince(before);
    Files.delete(traces);
    write("now");
    assertThat(spans(temporary).map(span -> span.path("name").asText())).containsExactly("now");
  }

  /** Neither a thread that exports nor, where the system tells, an open file. */
  private void awaitNoneSince(Set<Thread> before) throws IOException {
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> !before.contains(thread))
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.matches("(PeriodicMetric|Batch|tasker-).*")));
    Path descriptors = Path.of("/proc/self/fd");
    if (Files.isDirectory(descriptors)) {
      try (Stream<Path> open = Files.list(descriptors)) {
        assertThat(open.filter(Files::exists).map(FileExportTest::target))
            .noneMatch(file -> file.startsWith(temporary));
      }
    }
  }

  private static Path target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor);
    } catch (IOException e) {
      // closed meanwhile
      return descriptor;
    }
  }

  private static Stream<JsonNode> spans(Path folder) throws IOException {
    return lines(folder, "traces.jsonl").stream()
        .map(FileExportTest::tree)
        .flatMap(request -> request.path("resourceSpans").valueStream())
        .flatMap(resource -> resource.path("scopeSpans").valueStream())
        .flatMap(scope -> scope.path("spans").valueStream());
  }

  private static JsonNode attribute(JsonNode span, String key) {
    return span.path("attributes")
        .valueStream()
        .filter(attribute -> attribute.path("key").asText().equals(key))
        .findFirst()
        .orElseThrow()
        .path("value");
  }

  private static List<String> lines(Path folder, String name) throws IOException {
    String text = Files.readString(folder.resolve(name));
    assertThat(text).endsWith("\n");
    return List.of(text.split("\n"));
  }

  private static JsonNode tree(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(line, e);
    }
  }

  /** Field by field: a name that OTLP does not know is an error. Hex IDs are read as Base64. */
  private static void parse(String line, Message.Builder request)
      throws InvalidProtocolBufferException {
    JsonFormat.parser().merge(line, request);
    assertThat(request.getAllFields()).isNotEmpty();
  }
}
