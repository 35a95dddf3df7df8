package io.taskerbridge.core.log;

import static io.taskerbridge.core.log.LogFixture.bare;
import static io.taskerbridge.core.log.LogFixture.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.trace.SpanContext;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.handler.HandlerError;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever callers pass, the line is one line of JSON, and bounded. */
class HostileValuesTest {
  private static final String NAME = HostileValuesTest.class.getName();

  private static final class Broken {
    @Override
    public String toString() {
      throw new IllegalStateException("no");
    }
  }

  private static final class Endless {
    @Override
    public String toString() {
      return "x" + this;
    }
  }

  private static final class BrokenMap extends AbstractMap<String, Object> {
    @Override
    public Set<Entry<String, Object>> entrySet() {
      throw new ConcurrentModificationException();
    }
  }

  static Stream<Arguments> values() {
    return Stream.of(
        argumentSet("newline", "a\nb\r\nc", "\"a\\nb\\r\\nc\""),
        argumentSet("control characters", "\u0000\u001b[31m\u007f", "\"\\u0000\\u001b[31m\u007f\""),
        argumentSet("lone high surrogate", "a\ud83d", "\"a\ufffd\""),
        argumentSet("lone low surrogate", "\ude00a", "\"\ufffda\""),
        argumentSet("pair", "\ud83d\ude00", "\"\ud83d\ude00\""),
        argumentSet("quotes", "\"}\\", "\"\\\"}\\\\\""),
        argumentSet("not a number", Double.NaN, "\"NaN\""),
        argumentSet("infinity", Float.NEGATIVE_INFINITY, "\"-Infinity\""),
        argumentSet("long", Long.MIN_VALUE, "-9223372036854775808"),
        argumentSet("short", (short) 3, "3"),
        argumentSet(
            "big",
            new BigInteger("123456789012345678901234567890"),
            "123456789012345678901234567890"),
        argumentSet("decimal", new BigDecimal("0.10"), "0.10"),
        argumentSet("huge exponent", new BigDecimal("1E+999999999"), "1E+999999999"),
        argumentSet(
            "huge number",
            BigInteger.ONE.shiftLeft(1_000_000),
            "\"[cut, a number of more than 1000 digits]\""),
        argumentSet("number of another kind", new AtomicLong(7), "\"7\""),
        argumentSet("character", 'x', "\"x\""),
        argumentSet("duration", Duration.ofSeconds(5), "\"PT5S\""),
        argumentSet("optional", Optional.of(5), "5"),
        argumentSet("int array", new int[] {1, 2}, "[1,2]"),
        argumentSet("object array", new Object[] {"a", null}, "[\"a\",null]"),
        argumentSet("bytes", new byte[10], "\"<10 bytes>\""),
        argumentSet("null key", new HashMap<>(Collections.singletonMap(null, 1)), "{\"null\":1}"),
        argumentSet("number key", Map.of(1, 2), "{\"1\":2}"),
        argumentSet("toString fails", new Broken(), "\"<unserializable: " + NAME + "$Broken>\""),
        argumentSet(
            "toString is endless", new Endless(), "\"<unserializable: " + NAME + "$Endless>\""),
        argumentSet("map fails", new BrokenMap(), "\"<unserializable: " + NAME + "$BrokenMap>\""),
        argumentSet(
            "one of many fails",
            Arrays.asList(1, new Broken(), 2),
            "[1,\"<unserializable: " + NAME + "$Broken>\",2]"),
        argumentSet(
            "JSON",
            new JsonText("{\"a\":[1,2.50,\"x\",null,true]}"),
            "{\"a\":[1,2.50,\"x\",null,true]}"),
        argumentSet("JSON null", new JsonText("null"), "null"),
        argumentSet("JSON of more lines", new JsonText("{\n\"a\":\n1}"), "{\"a\":1}"),
        argumentSet("JSON with a lone surrogate", new JsonText("[\"\\ud800\"]"), "[\"\ufffd\"]"),
        argumentSet("no JSON", new JsonText("{\"a\":"), "\"{\\\"a\\\":\""),
        argumentSet("JSON and more", new JsonText("{} {}"), "\"{} {}\""),
        argumentSet("empty JSON", new JsonText(""), "\"\""),
        argumentSet(
            "no JSON with a secret",
            new JsonText("{\"password\":\"p1\""),
            "\"{\\\"password\\\":\\\"[REDACTED]\\\"\""));
  }

  @ParameterizedTest
  @MethodSource("values")
  void value_becomes_json(Object value, String json) {
    try (LogFixture fixture = LogFixture.json()) {
      fixture.log.write(bare("x", Map.of("value", value)));

      assertThat(fixture.text()).hasLineCount(1);
      assertThat(fixture.onlyLine().get("value")).isEqualTo(parse("{\"v\":" + json + "}").get("v"));
      assertThat(fixture.dropped).hasValue(0);
    }
  }

  @Test
  void number_is_written_as_it_is() {
    List<Object> numbers =
        List.of(
            new BigDecimal("0.10"),
            new BigDecimal("1E+999999999"),
            new JsonText("2.50"),
            new BigInteger("123456789012345678901234567890"),
            12.0,
            12);
    try (LogFixture fixture = LogFixture.json()) {
      fixture.log.write(bare("x", Map.of("value", numbers)));

      assertThat(fixture.text())
          .contains("\"value\":[0.10,1E+999999999,2.50,123456789012345678901234567890,12.0,12]");
    }
  }

  @Test
  void names_and_texts_of_the_record() {
    try (LogFixture fixture = LogFixture.json()) {
      Map<String, @Nullable Object> fields = new HashMap<>();
      fields.put("", 1);
      fields.put("a\ud800\n", 2);
      fields.put("k".repeat(1000), 3);
      fixture.log.write(
          new LogEntry(
              LogLevel.INFO,
              "log\nger\udfff",
              "line one\nline two\ud83d",
              "ruby_handler",
              null,
              SpanContext.getInvalid(),
              fields,
              new HandlerError("", "\ud800", null, "")));

      JsonNode line = fixture.onlyLine();
      assertThat(fixture.text()).hasLineCount(1);
      assertThat(line.get("message").asText()).isEqualTo("line one\nline two\ufffd");
      assertThat(line.get("logger").asText()).isEqualTo("log\nger\ufffd");
      assertThat(line.get("unnamed").asInt()).isEqualTo(1);
      assertThat(line.get("a\ufffd\n").asInt()).isEqualTo(2);
      assertThat(line.get("k".repeat(256)).asInt()).isEqualTo(3);
      assertThat(line.get("error_message").asText()).isEqualTo("\ufffd");
      assertThat(line.has("stack_trace")).isFalse();
    }
  }

  @Test
  void long_text_is_cut() {
    try (LogFixture fixture = LogFixture.json()) {
      fixture.log.write(bare("m".repeat(10_000_000), Map.of("text", "t".repeat(40_000))));

      JsonNode line = fixture.onlyLine();
      assertThat(line.get("message").asText())
          .hasSizeLessThan(33_000)
          .endsWith("... [cut, 10000000 characters]");
      assertThat(line.get("text").asText())
          .startsWith("t".repeat(32 * 1024) + "... [cut, 40000 characters]");
    }
  }

  @Test
  void secret_at_the_cut_is_not_shown() {
    String text = "a".repeat(32 * 1024 - 12) + " password=" + "qz".repeat(50);
    try (LogFixture fixture = LogFixture.json()) {
      fixture.log.write(bare(text, Map.of()));

      assertThat(fixture.text()).doesNotContain("qz").contains("password=");
    }
  }

  @Test
  void nested_data_is_cut() {
    List<Object> deep = new ArrayList<>();
    List<Object> cyclic = new ArrayList<>();
    cyclic.add(cyclic);
    for (int i = 0; i < 100; i++) {
      deep = new ArrayList<>(List.of(deep));
    }
    List<Integer> wide = IntStream.range(0, 1000).boxed().toList();
    try (LogFixture fixture = LogFixture.json()) {
      fixture.log.write(
          bare(
              "x",
              Map.of(
                  "deep",
                  deep,
                  "cyclic",
                  cyclic,
                  "wide",
                  wide,
                  "map",
                  new JsonText(
                      "{"
                          + String.join(",", wide.stream().map(i -> "\"k" + i + "\":1").toList())
                          + "}"),
                  "json",
                  new JsonText("[".repeat(500) + "]".repeat(500)))));

      JsonNode line = fixture.onlyLine();
      assertThat(line.get("deep").toString()).contains("[cut, deeper than 16]");
      assertThat(line.get("cyclic").toString()).contains("[cut, deeper than 16]");
      assertThat(line.get("json").toString()).contains("[cut, deeper than 16]");
      assertThat(line.get("wide")).hasSize(257);
      assertThat(line.get("wide").get(256).asText()).isEqualTo("[cut] of 1000");
      assertThat(line.get("map")).hasSize(257);
      assertThat(line.get("map").get("...").asText()).isEqualTo("[cut] of 1000");
    }
  }

  @Test
  void record_is_bounded_as_a_whole() {
    List<String> texts = Collections.nCopies(200, "x".repeat(30_000));
    List<List<Integer>> grid = Collections.nCopies(250, Collections.nCopies(250, 1));
    try (LogFixture fixture = LogFixture.json()) {
      fixture.log.write(bare("x", Map.of("texts", texts, "grid", List.of(grid, grid, grid, grid))));
      fixture.log.write(
          bare("y", Map.of("json", new JsonText("\"" + "x".repeat(9_000_000) + "\""))));

      assertThat(fixture.lines()).hasSize(2);
      assertThat(fixture.text()).hasSizeLessThan(500_000);
    }
  }
}
