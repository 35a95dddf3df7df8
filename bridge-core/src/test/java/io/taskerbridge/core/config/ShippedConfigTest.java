package io.taskerbridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskerbridge.core.config.BridgeConfig.LogFormat;
import io.taskerbridge.core.config.BridgeConfig.SamplingStrategy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files in the project's config folder. */
class ShippedConfigTest {
  private static final Path PROJECT = Path.of(System.getProperty("tasker.project.dir"));

  @TempDir Path folder;

  @Test
  void development_records_everything() {
    LoadedConfig loaded = load("development");

    assertThat(loaded.config().telemetry().spans().level()).isEqualTo(LogLevel.DEBUG);
    assertThat(loaded.config().logging().level()).isEqualTo(LogLevel.DEBUG);
    assertThat(loaded.config().telemetry().environment()).isEqualTo("development");
  }

  @Test
  void test_listens_on_a_free_port_and_sends_nothing() {
    LoadedConfig loaded = load("test");

    assertThat(loaded.config().admin().port()).isZero();
    assertThat(loaded.config().telemetry().otlp().endpoint()).isNull();
    assertThat(loaded.config().logging().otlp()).isFalse();
  }

  @Test
  void production_records_one_trace_in_ten() {
    LoadedConfig loaded = load("production");

    assertThat(loaded.config().telemetry().sampling())
        .isEqualTo(new BridgeConfig.Sampling(SamplingStrategy.PARENT_BASED_TRACE_ID_RATIO, 0.1));
    assertThat(loaded.config().logging().format()).isEqualTo(LogFormat.JSON);
    assertThat(loaded.files())
        .containsExactly(
            PROJECT.resolve("config/base/telemetry.toml"),
            PROJECT.resolve("config/environments/production/telemetry.toml"));
  }

  @Test
  void the_base_file_shows_every_key_with_its_default() throws Exception {
    String text = Files.readString(PROJECT.resolve("config/base/telemetry.toml"));
    String allKeys = text.replaceAll("(?m)^# (\\w+ = )", "$1");
    LoadedConfig loaded = new ConfigProject(folder).base(allKeys).load();
    LoadedConfig defaults = new ConfigProject(folder.resolve("empty")).load();

    assertThat(loaded.settings())
        .filteredOn(setting -> !setting.value().equals("{}"))
        .allSatisfy(
            setting ->
                assertThat(setting.origin().kind()).as(setting.key()).isEqualTo(Origin.Kind.FILE));
    assertThat(text).contains("\nresource_attributes = {}", "\nheaders = {}");
    for (LoadedConfig.Setting setting : loaded.settings()) {
      ConfigKey<?> key = ConfigKeys.find(setting.key());
      if (key != null && key.defaultNote() == null && !key.path().equals("database.directory")) {
        assertThat(setting.value())
            .as(setting.key())
            .isEqualTo(ConfigProject.setting(defaults, setting.key()).value());
      }
    }
    assertThat(loaded.config().database().directory())
        .isEqualTo(folder.resolve(".tasker/postgres"));
  }

  private static LoadedConfig load(String environment) {
    return ConfigLoader.in(PROJECT).variables(Map.of("TASKER_ENV", environment)).load();
  }
}
