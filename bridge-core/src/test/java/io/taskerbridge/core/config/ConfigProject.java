package io.taskerbridge.core.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A project folder whose configuration a test writes. */
final class ConfigProject {
  static final String BASE = "config/base/telemetry.toml";

  final Path folder;
  private final Map<String, String> variables = new TreeMap<>();

  ConfigProject(Path folder) {
    this.folder = folder;
  }

  ConfigProject base(String toml) throws IOException {
    return write(BASE, toml);
  }

  ConfigProject environment(String name, String toml) throws IOException {
    return write("config/environments/" + name + "/telemetry.toml", toml);
  }

  ConfigProject write(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return this;
  }

  ConfigProject variable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  ConfigLoader loader() {
    return ConfigLoader.in(folder).variables(variables);
  }

  LoadedConfig load() {
    return loader().load();
  }

  /** What the loader has against it. */
  ConfigException refusal() {
    return refusal(loader());
  }

  static ConfigException refusal(ConfigLoader loader) {
    ConfigException refusal = catchThrowableOfType(ConfigException.class, loader::load);
    if (refusal == null) {
      throw new AssertionError("the configuration was accepted");
    }
    return refusal;
  }

  static LoadedConfig.Setting setting(LoadedConfig loaded, String key) {
    return loaded.settings().stream()
        .filter(setting -> setting.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no setting " + key));
  }
}
