package io.taskerbridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskerbridge.core.config.ConfigKey.Variable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/configuration.md says what the list of the keys says. With {@code -Dtasker.docs.write=true}
 * its tables are written anew.
 */
class ConfigurationPageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("tasker.project.dir"), "docs", "configuration.md");
  private static final String BEGIN = "<!-- keys: written by ConfigurationPageTest -->\n";
  private static final String END = "<!-- end of keys -->\n";

  @TempDir Path folder;

  @Test
  void its_tables_match_the_keys() throws Exception {
    String page = Files.readString(PAGE);
    assertThat(page).contains(BEGIN, END);
    String expected =
        page.substring(0, page.indexOf(BEGIN) + BEGIN.length())
            + tables()
            + page.substring(page.indexOf(END));
    if (Boolean.getBoolean("tasker.docs.write")) {
      Files.writeString(PAGE, expected);
    }

    assertThat(Files.readString(PAGE))
        .as("run this test with -Dtasker.docs.write=true")
        .isEqualTo(expected);
  }

  @Test
  void its_examples_can_be_loaded() throws Exception {
    String examples =
        Pattern.compile("(?s)```toml\n(.*?)```")
            .matcher(Files.readString(PAGE))
            .results()
            .map(MatchResult::group)
            .map(block -> block.replaceAll("```(toml)?", ""))
            .collect(Collectors.joining("\n"));

    LoadedConfig loaded = new ConfigProject(folder).base(examples).load();

    assertThat(loaded.settings())
        .anySatisfy(setting -> assertThat(setting.origin().kind()).isEqualTo(Origin.Kind.FILE));
  }

  @Test
  void what_is_shown_is_a_file_that_says_the_same() throws Exception {
    ConfigProject project =
        new ConfigProject(folder)
            .variable("TASKER_WORKER_NAMESPACES", "a \"quoted\" one,b\\c")
            .variable("TASKER_TELEMETRY_RESOURCE_ATTRIBUTES", "team.name=orders,tier=1")
            .variable("OTEL_EXPORTER_OTLP_TIMEOUT", "1500");
    LoadedConfig shown = project.load();

    assertThat(shown.describe())
        .contains("timeout_seconds = 1.5")
        .contains("# variable OTEL_EXPORTER_OTLP_TIMEOUT\n");
    LoadedConfig again =
        new ConfigProject(folder)
            .write("shown.toml", shown.describe())
            .loader()
            .file(Path.of("shown.toml"))
            .load();
    assertThat(again.config()).isEqualTo(shown.config());
  }

  private static String tables() {
    StringBuilder text = new StringBuilder();
    for (String section : ConfigKeys.sections()) {
      text.append("\n### `[").append(section).append("]`\n\n");
      text.append("| key | type | default | variables, the strongest last | meaning |\n");
      text.append("|---|---|---|---|---|\n");
      ConfigKeys.all().stream()
          .filter(key -> key.section().equals(section))
          .forEach(key -> text.append(row(key)));
    }
    return text.append('\n').toString();
  }

  private static <T> String row(ConfigKey<T> key) {
    String variables =
        key.variables().stream()
            .map(Variable::name)
            .distinct()
            .map(name -> "`" + name + "`")
            .collect(Collectors.joining(", "));
    String standard = key.defaultNote() != null ? key.defaultNote() : "`" + key.defaultToml() + "`";
    String hidden = key.secrecy() == ConfigKey.Secrecy.SECRET ? " Never shown." : "";
    return "| `%s` | %s | %s | %s | %s%s |%n"
        .formatted(key.name(), key.type().expected(), standard, variables, key.meaning(), hidden)
        .replace("\r\n", "\n");
  }
}
