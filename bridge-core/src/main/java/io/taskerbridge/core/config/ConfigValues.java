package io.taskerbridge.core.config;

import io.taskerbridge.core.config.ConfigKey.Secrecy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The values of all keys while a configuration is being put together, and where each was said. A
 * later value replaces an earlier one; the entries of a table replace one another one by one.
 */
final class ConfigValues {
  private final Path folder;
  private final Map<ConfigKey<?>, Object> values = new HashMap<>();
  private final Map<String, Origin> origins = new HashMap<>();

  /** The defaults; relative paths are put under the folder. */
  ConfigValues(Path folder) {
    this.folder = folder;
    BridgeConfig defaults = BridgeConfig.defaults();
    ConfigKeys.all().forEach(key -> putDefault(key, defaults));
  }

  private <T> void putDefault(ConfigKey<T> key, BridgeConfig defaults) {
    put(key, key.inConfig().of(defaults), Origin.DEFAULT);
  }

  <T> void put(ConfigKey<T> key, @Nullable T value, Origin origin) {
    if (value instanceof Map<?, ?> entries) {
      values.putIfAbsent(key, Map.of());
      entries.forEach((name, text) -> putEntry(key, (String) name, (String) text, origin));
      return;
    }
    T placed = key.placed(value, folder);
    if (placed == null) {
      values.remove(key);
    } else {
      values.put(key, placed);
    }
    origins.put(key.path(), origin);
  }

  /** One entry of a table. */
  void putEntry(ConfigKey<?> key, String name, String text, Origin origin) {
    Map<String, String> entries = new LinkedHashMap<>(entries(key));
    entries.put(name, text);
    values.put(key, entries);
    origins.put(entryPath(key, name), origin);
  }

  /** The value of a key that always has one. */
  <T> T get(ConfigKey<T> key) {
    return Objects.requireNonNull(find(key), key.path());
  }

  /** The value of a key, or null if it is set to nothing. */
  @SuppressWarnings("unchecked") // put holds the types together
  <T> @Nullable T find(ConfigKey<T> key) {
    return (T) values.get(key);
  }

  Map<String, String> table(ConfigKey<Map<String, String>> key) {
    return Map.copyOf(entries(key));
  }

  Origin origin(ConfigKey<?> key) {
    return origins.getOrDefault(key.path(), Origin.DEFAULT);
  }

  /** What {@code config show} prints, secrets masked. */
  List<LoadedConfig.Setting> settings() {
    List<LoadedConfig.Setting> settings = new ArrayList<>();
    for (ConfigKey<?> key : ConfigKeys.all()) {
      if (entries(key).isEmpty()) {
        settings.add(new LoadedConfig.Setting(key.path(), shown(key), origin(key)));
      } else {
        entries(key).forEach((name, text) -> settings.add(entrySetting(key, name, text)));
      }
    }
    return List.copyOf(settings);
  }

  private LoadedConfig.Setting entrySetting(ConfigKey<?> key, String name, String text) {
    String shown = key.secrecy() == Secrecy.SECRET ? Secrets.MASK : text;
    String path = entryPath(key, name);
    return new LoadedConfig.Setting(
        path, ValueTypes.quote(shown), origins.getOrDefault(path, Origin.DEFAULT));
  }

  private <T> String shown(ConfigKey<T> key) {
    T value = find(key);
    if (value == null || value instanceof Map) {
      return key.toToml(value);
    }
    return switch (key.secrecy()) {
      case OPEN -> key.toToml(value);
      case URL_PASSWORD -> ValueTypes.quote(Secrets.withoutPassword(value.toString()));
      case SECRET -> ValueTypes.quote(Secrets.MASK);
    };
  }

  @SuppressWarnings("unchecked") // tables are all alike
  private Map<String, String> entries(ConfigKey<?> key) {
    return values.get(key) instanceof Map<?, ?> entries ? (Map<String, String>) entries : Map.of();
  }

  private static String entryPath(ConfigKey<?> key, String name) {
    return key.path() + "." + ValueTypes.keyPart(name);
  }
}
