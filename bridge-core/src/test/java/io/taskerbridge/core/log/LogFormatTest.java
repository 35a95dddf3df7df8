package io.taskerbridge.core.log;

import static io.taskerbridge.core.log.LogFixture.bare;
import static io.taskerbridge.core.log.LogFixture.entry;
import static io.taskerbridge.core.log.LogFixture.parse;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskerbridge.core.config.BridgeConfig.LogFormat;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.handler.HandlerError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The three formats, whole. */
class LogFormatTest {
  private static final HandlerError ERROR =
      new HandlerError(
          "Orders::InvalidTotal",
          "total is negative",
          "E42",
          "handlers/validate.rb:12:in 'call'\nhandlers/validate.rb:3:in 'run'");

  private final String threadName = Thread.currentThread().getName();
  private final Map<String, Object> fields = new LinkedHashMap<>();

  @BeforeEach
  void prepare() {
    Thread.currentThread().setName("step-1");
    fields.put("event", "step.failed");
    fields.put("operation", "step_execution");
    fields.put("duration_ms", 12.5);
    fields.put("user", "ann");
    fields.put("order_id", 42L);
    fields.put("vip", true);
    fields.put("note", null);
    fields.put("items", new JsonText("[{\"sku\":\"a\",\"price\":1.50},null,3]"));
    fields.put("level", "gold");
  }

  @AfterEach
  void restore() {
    Thread.currentThread().setName(threadName);
  }

  /** A code block of docs/logging.md. */
  private static String document(String language, int index) {
    try {
      String page =
          Files.readString(Path.of(System.getProperty("tasker.project.dir"), "docs", "logging.md"));
      return Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
          .matcher(page)
          .results()
          .skip(index)
          .findFirst()
          .orElseThrow()
          .group(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void json_every_field() {
    try (LogFixture fixture = LogFixture.json()) {
      fixture.log.write(entry(LogLevel.ERROR, "step failed", fields, ERROR));

      assertThat(fixture.text()).endsWith("}\n").doesNotContain("\r").hasLineCount(1);
      assertThat(fixture.text()).contains("\"price\":1.50");
      assertThat(fixture.onlyLine()).isEqualTo(parse(document("json", 0)));
    }
  }

  @Test
  void json_nothing_but_what_is_always_there() {
    try (LogFixture fixture = LogFixture.json()) {
      fixture.log.write(bare("hello", Map.of()));

      assertThat(fixture.onlyLine())
          .isEqualTo(
              parse(
                  """
                  {
                    "timestamp": "2026-03-04T05:06:07.000089Z",
                    "level": "INFO",
                    "message": "hello",
                    "logger": "script",
                    "thread": "step-1",
                    "service": "tasker-bridge",
                    "component": "python_handler"
                  }
                  """));
    }
  }

  @Test
  void ecs_every_field() {
    try (LogFixture fixture = LogFixture.format(LogFormat.ECS, false)) {
      fixture.log.write(entry(LogLevel.ERROR, "step failed", fields, ERROR));

      assertThat(fixture.text())
          .startsWith(
              "{\"@timestamp\":\"2026-03-04T05:06:07.000089Z\",\"log.level\":\"ERROR\","
                  + "\"message\":\"step failed\",\"ecs.version\":")
          .hasLineCount(1);
      assertThat(fixture.onlyLine()).isEqualTo(parse(document("json", 1)));
    }
  }

  @Test
  void console_plain() {
    try (LogFixture fixture = LogFixture.format(LogFormat.CONSOLE, false)) {
      fixture.log.write(entry(LogLevel.ERROR, "step failed", Map.of("order_id", 42), ERROR));

      assertThat(fixture.text()).isEqualTo(document("text", 0));
    }
  }

  @Test
  void console_control_characters() {
    try (LogFixture fixture = LogFixture.format(LogFormat.CONSOLE, false)) {
      fixture.log.write(bare("two\nlines \u001b[31mred\tend", Map.of("a\n", "\r\u2028")));

      assertThat(fixture.text())
          .isEqualTo(
              "05:06:07.000 INFO  python_handler  two\\nlines \\u001b[31mred\tend"
                  + "  a\\n=\\u000d\\u2028\n");
    }
  }

  @Test
  void console_coloured() {
    try (LogFixture fixture = LogFixture.format(LogFormat.CONSOLE, true)) {
      fixture.log.write(bare("hello", Map.of("list", new JsonText("[1, {\"a\":null}]"))));

      assertThat(fixture.text())
          .isEqualTo(
              "\u001b[2m05:06:07.000\u001b[0m \u001b[32mINFO\u001b[0m  "
                  + "\u001b[2mpython_handler\u001b[0m  hello  "
                  + "\u001b[2mlist=\u001b[0m[1,{\"a\":null}]\n");
    }
  }

  @Test
  void console_error_whose_backtrace_starts_with_its_title() {
    try (LogFixture fixture = LogFixture.format(LogFormat.CONSOLE, false)) {
      HandlerError error = new HandlerError("A", "b", null, "A: b\n\tat C.java:1\n");
      fixture.log.write(entry(LogLevel.WARN, "x", Map.of(), error));

      assertThat(fixture.text().lines().skip(1)).containsExactly("    A: b", "    \tat C.java:1");
    }
  }
}
