package io.taskerbridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The list of the keys fits the records, and each key reaches its place in them. */
class ConfigKeysTest {
  @TempDir Path folder;

  static List<ConfigKey<?>> keys() {
    return ConfigKeys.all();
  }

  @Test
  void every_component_of_the_records_has_its_key_and_no_key_is_without() {
    Set<String> paths = new TreeSet<>();
    collect("", BridgeConfig.class, paths);

    assertThat(ConfigKeys.all().stream().map(ConfigKey::path))
        .containsExactlyInAnyOrderElementsOf(paths);
  }

  private static void collect(String prefix, Class<?> type, Set<String> paths) {
    for (RecordComponent component : type.getRecordComponents()) {
      String path = prefix + keyName(component);
      if (component.getType().isRecord()) {
        collect(path + ".", component.getType(), paths);
      } else {
        paths.add(path);
      }
    }
  }

  /** Snake case, and the unit of a duration. */
  private static String keyName(RecordComponent component) {
    String name = component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    if (name.equals("native_modules")) {
      return "native";
    }
    if (component.getType() != Duration.class) {
      return name;
    }
    return name.equals("poll_interval") ? name + "_ms" : name + "_seconds";
  }

  @Test
  void no_variable_of_ours_is_for_two_keys() {
    assertThat(ConfigKeys.all().stream().map(key -> ConfigKey.variableFor(key.path())))
        .doesNotHaveDuplicates()
        .noneMatch(name -> name.startsWith("TASKER_BRIDGE_"))
        .doesNotContain("TASKER_ENV", "TASKER_HOME");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("keys")
  <T> void a_key_set_in_a_file_or_by_a_variable_reaches_its_place(ConfigKey<T> key)
      throws Exception {
    String toml = another(key);
    JsonNode node = new TomlMapper().readTree("x = " + toml).get("x");
    T expected = key.placed(key.type().fromToml().read(node), folder);
    assertThat(expected).isNotEqualTo(key.inConfig().of(BridgeConfig.defaults()));

    BridgeConfig fromFile =
        new ConfigProject(folder.resolve("file"))
            .base(key.path() + " = " + toml + "\n")
            .load()
            .config();
    BridgeConfig fromVariable =
        new ConfigProject(folder)
            .variable(ConfigKey.variableFor(key.path()), asVariable(node))
            .load()
            .config();

    assertThat(key.inConfig().of(fromFile))
        .isEqualTo(key.placed(key.type().fromToml().read(node), folder.resolve("file")));
    assertThat(key.inConfig().of(fromVariable)).isEqualTo(expected);
  }

  /** A value other than the default. */
  private static String another(ConfigKey<?> key) {
    return switch (key.type().name()) {
      case "boolean" -> key.defaultToml().equals("true") ? "false" : "true";
      case "integer", "seconds", "milliseconds" ->
          key.path().endsWith("queue_size") ? "777" : key.defaultToml().equals("7") ? "9" : "7";
      case "ratio" -> "0.5";
      case "choice" ->
          switch (key.path()) {
            case "telemetry.otlp.protocol" -> "\"http/protobuf\"";
            case "telemetry.sampling.strategy" -> "\"always_off\"";
            case "logging.format" -> "\"ecs\"";
            default -> "\"error\"";
          };
      case "URL" ->
          key.path().startsWith("database") ? "\"postgres://h/d\"" : "\"http://collector:4317\"";
      case "text", "path" -> "\"another\"";
      case "list of texts", "list of paths" -> "[\"one\", \"two\"]";
      case "table of texts" -> "{ a = \"x\", b = \"y\" }";
      default -> throw new AssertionError("a new type: " + key.type().name());
    };
  }

  private static String asVariable(JsonNode node) {
    if (node.isArray()) {
      return node.valueStream().map(JsonNode::asText).collect(Collectors.joining(","));
    }
    if (node.isObject()) {
      return node.propertyStream()
          .map(entry -> entry.getKey() + "=" + entry.getValue().asText())
          .collect(Collectors.joining(","));
    }
    return node.asText();
  }
}
