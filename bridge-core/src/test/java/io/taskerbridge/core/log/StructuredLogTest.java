package io.taskerbridge.core.log;

import static io.taskerbridge.core.log.LogFixture.bare;
import static io.taskerbridge.core.log.LogFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.taskerbridge.core.config.BridgeConfig.LogFormat;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.handler.HandlerError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One record, one line in each sink, whatever happens. */
class StructuredLogTest {
  private static final Logger JAVA = LoggerFactory.getLogger("org.example.Java");
  private static final int THREADS = 8;
  private static final int LINES = 2000;

  @Test
  void levels_below_the_configured_one_are_not_written() {
    try (LogFixture fixture = LogFixture.at(LogLevel.WARN)) {
      assertThat(fixture.log.isEnabled(LogLevel.INFO)).isFalse();
      assertThat(fixture.log.isEnabled(LogLevel.WARN)).isTrue();
      for (LogLevel level : LogLevel.values()) {
        fixture.log.write(entry(level, level.name(), Map.of(), null));
      }

      assertThat(fixture.lines())
          .extracting(line -> line.get("message").asText())
          .containsExactly("WARN", "ERROR");
    }
  }

  @Test
  void secrets_are_hidden_wherever_they_are() {
    Map<String, Object> nested = new HashMap<>();
    nested.put("apiKey", List.of("k1", "k2"));
    nested.put("plain", List.of("Bearer abc123", Map.of("cvv", 123)));
    HandlerError error =
        new HandlerError("E", "password=m1", "token=c1", "at https://a:b1@host/x\npwd=b2");
    try (LogFixture fixture = LogFixture.json()) {
      fixture.log.write(
          entry(
              LogLevel.INFO,
              "message with token=t1",
              Map.of(
                  "customer_password",
                  "p1",
                  "url",
                  "https://s3/x?X-Amz-Signature=s1&a=1",
                  "data",
                  new JsonText("{\"secret\":{\"a\":1},\"text\":\"ssn=n1\",\"tokens_counted\":5}"),
                  "nested",
                  nested,
                  "level",
                  "api_key=l1"),
              error));

      JsonNode line = fixture.onlyLine();
      assertThat(line.get("message").asText()).isEqualTo("message with token=[REDACTED]");
      assertThat(line.get("customer_password").asText()).isEqualTo("[REDACTED]");
      assertThat(line.get("url").asText()).isEqualTo("https://s3/x?X-Amz-Signature=[REDACTED]&a=1");
      assertThat(line.get("data"))
          .isEqualTo(
              LogFixture.parse(
                  "{\"secret\":\"[REDACTED]\",\"text\":\"ssn=[REDACTED]\",\"tokens_counted\":5}"));
      assertThat(line.get("nested"))
          .isEqualTo(
              LogFixture.parse(
                  "{\"apiKey\":\"[REDACTED]\","
                      + "\"plain\":[\"Bearer [REDACTED]\",{\"cvv\":\"[REDACTED]\"}]}"));
      assertThat(line.get("fields").get("level").asText()).isEqualTo("api_key=[REDACTED]");
      assertThat(line.get("error_message").asText()).isEqualTo("password=[REDACTED]");
      assertThat(line.get("error_code").asText()).isEqualTo("token=[REDACTED]");
      assertThat(line.get("stack_trace").asText())
          .isEqualTo("at https://[REDACTED]@host/x\npwd=[REDACTED]");
      assertThat(fixture.redacted).hasValue(12);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "timestamp",
        "level",
        "message",
        "logger",
        "thread",
        "service",
        "component",
        "correlation_id",
        "parent_correlation_id",
        "trace_id",
        "span_id",
        "trace_flags",
        "task_uuid",
        "step_uuid",
        "namespace",
        "fields"
      })
  void reserved_name_goes_under_fields(String name) {
    try (LogFixture fixture = LogFixture.json()) {
      fixture.log.write(entry(LogLevel.INFO, "with context", Map.of(name, 7, "own", 8), null));
      fixture.log.write(bare("without", Map.of(name, 7, "own", 8)));

      for (JsonNode line : fixture.lines()) {
        assertThat(line.get("fields")).isEqualTo(LogFixture.parse("{\"" + name + "\":7}"));
        assertThat(line.get("own").asInt()).isEqualTo(8);
      }
      assertThat(fixture.text()).hasLineCount(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"error_type", "error_message", "stack_trace"})
  void name_of_an_error_is_the_callers_unless_the_record_has_one(String name) {
    HandlerError error = new HandlerError("E", "m", null, "b");
    try (LogFixture fixture = LogFixture.json()) {
      fixture.log.write(entry(LogLevel.INFO, "x", Map.of(name, "mine"), null));
      fixture.log.write(entry(LogLevel.INFO, "x", Map.of(name, "mine"), error));

      assertThat(fixture.lines().getFirst().get(name).asText()).isEqualTo("mine");
      assertThat(fixture.lines().getLast().get(name).asText()).isNotEqualTo("mine");
      assertThat(fixture.lines().getLast().get("fields").get(name).asText()).isEqualTo("mine");
    }
  }

  @Test
  void guests_and_java_code_keep_their_order() {
    try (LogFixture fixture = LogFixture.json()) {
      for (int i = 0; i < 10; i += 2) {
        fixture.log.write(bare("" + i, Map.of()));
        JAVA.info("{}", i + 1);
      }

      assertThat(fixture.lines())
          .extracting(line -> line.get("message").asInt())
          .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }
  }

  @Test
  void many_threads_lose_and_double_nothing(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("worker.log");
    LogFixture fixture = LogFixture.file(LogFormat.JSON, file, 100 << 20);
    CyclicBarrier start = new CyclicBarrier(THREADS);
    try (fixture;
        ExecutorService pool = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> done = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int number = thread;
        done.add(pool.submit(() -> logAll(fixture, start, number)));
      }
      for (Future<?> each : done) {
        each.get();
      }
    }

    assertEachOnceAndInOrder(fixture.text().lines().toList());
    assertEachOnceAndInOrder(Files.readAllLines(file));
    assertThat(fixture.dropped).hasValue(0);
  }

  private static void assertEachOnceAndInOrder(List<String> lines) {
    Map<Integer, List<Integer>> byThread = new HashMap<>();
    for (String line : lines) {
      JsonNode node = LogFixture.parse(line);
      byThread
          .computeIfAbsent(node.get("number").intValue(), key -> new ArrayList<>())
          .add(node.get("i").intValue());
    }
    List<Integer> all = IntStream.range(0, LINES).boxed().toList();
    assertThat(byThread).hasSize(THREADS);
    assertThat(byThread.values()).allSatisfy(seen -> assertThat(seen).isEqualTo(all));
  }

  private static Void logAll(LogFixture fixture, CyclicBarrier start, int number) throws Exception {
    start.await();
    for (int i = 0; i < LINES; i++) {
      if (i % 2 == 0) {
        fixture.log.write(bare("guest\nline", Map.of("number", number, "i", i)));
      } else {
        JAVA.atInfo().addKeyValue("number", number).addKeyValue("i", i).log("java");
      }
    }
    return null;
  }

  @Test
  void file_is_rolled_by_size_and_kept(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("logs").resolve("an (odd) one.log");
    try (LogFixture fixture = LogFixture.file(LogFormat.JSON, file, 2000)) {
      for (int i = 0; i < 40; i++) {
        fixture.log.write(bare("x".repeat(500), Map.of("i", i)));
      }
    }

    List<Integer> numbers = new ArrayList<>();
    try (Stream<Path> files = Files.list(file.getParent())) {
      List<Path> all = files.toList();
      assertThat(all).contains(file).hasSizeGreaterThan(1);
      assertThat(all)
          .filteredOn(path -> !path.equals(file))
          .allSatisfy(
              path ->
                  assertThat(path.getFileName().toString())
                      .matches("an \\(odd\\) one\\.log\\.\\d{4}-\\d\\d-\\d\\d\\.\\d+"));
      for (Path path : all) {
        Files.readAllLines(path)
            .forEach(line -> numbers.add(LogFixture.parse(line).get("i").intValue()));
      }
    }
    assertThat(numbers)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 40).boxed().toList());
  }

  @Test
  void file_of_people_format_is_json_and_is_appended_to(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("worker.log");
    for (String message : List.of("first", "second")) {
      try (LogFixture fixture = LogFixture.file(LogFormat.CONSOLE, file, 1 << 20)) {
        fixture.log.write(bare(message, Map.of()));

        assertThat(fixture.text()).startsWith("05:06:07.000 INFO");
      }
    }

    assertThat(Files.readAllLines(file))
        .extracting(line -> LogFixture.parse(line).get("message").asText())
        .containsExactly("first", "second");
  }

  @Test
  void open_file_that_cannot_be_written(@TempDir Path folder) {
    assertThatThrownBy(() -> LogFixture.file(LogFormat.JSON, folder, 1 << 20).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("logging.file")
        .hasMessageContaining(folder.toString());
    assertThatThrownBy(() -> LogFixture.file(LogFormat.JSON, Path.of("a%d.log"), 1 << 20).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("logging.file: a%d.log");
  }

  @Test
  void sink_that_fails_costs_no_other_sink_its_record() {
    StringBuilder seen = new StringBuilder();
    Sink failing =
        sink(
            event -> {
              throw new IOException("disk full");
            });
    Sink deep =
        sink(
            event -> {
              throw new StackOverflowError();
            });
    Sink working = sink(event -> seen.append(event.entry().message()));
    try (LogFixture fixture = LogFixture.with(failing, deep, working)) {
      String standardError =
          standardErrorOf(
              () -> {
                fixture.log.write(bare("guest", Map.of("password", "p1")));
                JAVA.info("java");
              });

      assertThat(fixture.lines()).hasSize(2);
      assertThat(seen).hasToString("guestjava");
      assertThat(fixture.dropped).hasValue(2);
      assertThat(standardError.lines())
          .hasSize(2)
          .first()
          .asString()
          .contains("\"message\":\"guest\"", "[REDACTED]")
          .doesNotContain("p1");
    }
  }

  @Test
  void console_that_is_closed_shows_on_standard_error() {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("broken pipe");
          }
        };
    for (OutputStream out : List.of(broken, new PrintStream(broken))) {
      Sink console =
          sink(
              event -> {
                StreamSink sink = new StreamSink(out, new ConsoleLine(false, ZoneOffset.UTC));
                sink.write(event);
              });
      try (LogFixture fixture = LogFixture.with(console)) {
        String standardError = standardErrorOf(() -> fixture.log.write(bare("guest", Map.of())));

        assertThat(standardError).contains("\"message\":\"guest\"").hasLineCount(1);
        assertThat(fixture.dropped).hasValue(1);
      }
    }
  }

  @Test
  void sink_that_logs_does_not_recurse() {
    List<StructuredLog> self = new ArrayList<>();
    Sink talkative =
        sink(
            event -> {
              JAVA.info("from inside");
              self.getFirst().write(bare("from inside too", Map.of()));
            });
    try (LogFixture fixture = LogFixture.with(talkative)) {
      self.add(fixture.log);

      fixture.log.write(bare("guest", Map.of()));
      JAVA.info("java");

      assertThat(fixture.lines())
          .extracting(line -> line.get("message").asText())
          .containsExactly("guest", "java");
      assertThat(fixture.dropped).hasValue(4);
    }
  }

  @Test
  void write_after_close_is_ignored() {
    LogFixture fixture = LogFixture.json();
    fixture.close();

    fixture.log.write(bare("late", Map.of()));
    fixture.close();

    assertThat(fixture.log.isEnabled(LogLevel.ERROR)).isFalse();
    assertThat(fixture.text()).isEmpty();
  }

  private interface Write {
    void to(RecordEvent event) throws Exception;
  }

  private static Sink sink(Write write) {
    return new Sink() {
      @Override
      public void write(RecordEvent event) throws Exception {
        write.to(event);
      }

      @Override
      public void close() {}
    };
  }

  private static String standardErrorOf(Runnable action) {
    PrintStream before = System.err;
    var caught = new ByteArrayOutputStream();
    System.setErr(new PrintStream(caught, true, StandardCharsets.UTF_8));
    try {
      action.run();
    } finally {
      System.setErr(before);
    }
    return caught.toString(StandardCharsets.UTF_8);
  }
}
