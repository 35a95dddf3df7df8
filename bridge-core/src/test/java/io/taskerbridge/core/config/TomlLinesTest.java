package io.taskerbridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines are found whatever way the TOML is written. */
class TomlLinesTest {
  private static final String TEXT =
      """
      # [not.a.table]
      top = "a # b" # x = 1

      [ one . "two words" ]
      plain = 1
      dotted.key = 'c:\\'
      "quoted = key" = true
      text = \"""
      fake = 1
      [fake]
      \\\"""
      \"""\"
      literal = '''
      fake2 = 2'''
      list = [
        "a", # ]
        { inner = 1,
          deep.er = [ 2 ] },
      ]
      inline = { x = 1, y = { z = "}" } }
      after = 1979-05-27 07:32:00
      [[many]]
      name = 1
      """;

  @ParameterizedTest(name = "{0} is on line {1}")
  @CsvSource({
    "top, 2",
    "one, 4",
    "one/two words, 4",
    "one/two words/plain, 5",
    "one/two words/dotted, 6",
    "one/two words/dotted/key, 6",
    "one/two words/quoted = key, 7",
    "one/two words/text, 8",
    "one/two words/literal, 13",
    "one/two words/list, 15",
    "one/two words/inline, 20",
    "one/two words/inline/y/z, 20",
    "one/two words/after, 21",
    "many, 22",
    "many/name, 23",
    "many/none, 22",
    "fake, 0",
    "fake2, 0",
    "x, 0"
  })
  void a_key_is_on_its_line(String path, int line) {
    assertThat(TomlLines.of(TEXT).line(List.of(path.split("/")))).isEqualTo(line);
    assertThat(TomlLines.of(TEXT.replace("\n", "\r\n")).line(List.of(path.split("/"))))
        .isEqualTo(line);
  }

  @Test
  void a_key_that_is_repeated_is_found() {
    assertThat(TomlLines.of("[a]\nx = 1\n[b]\nx = 1\n[c]\ny = 1\ny.z = 2\n y = 3").repeatedLine())
        .isEqualTo(8);
    assertThat(TomlLines.of(TEXT).repeatedLine()).isZero();
  }

  @ParameterizedTest(name = "[{0}]")
  @ValueSource(
      strings = {
        "",
        "[",
        "[[",
        "a",
        "a =",
        "a = [",
        "a = {",
        "a = {b",
        "= = =",
        "]]]",
        "}",
        "'",
        "\"\"\"x",
        "a = \"\\",
        "a = [[[,,,",
        ".....",
        "\u0000\u0001",
        "a.b.",
        "[a.b",
        "a = }",
        "a = ]"
      })
  void a_text_that_is_not_toml_is_scanned_to_its_end(String text) {
    assertThat(TomlLines.of(text + "\nlast = 1").line(List.of("none"))).isZero();
  }
}
