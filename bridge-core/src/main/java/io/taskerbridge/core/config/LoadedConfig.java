package io.taskerbridge.core.config;

import java.nio.file.Path;
import java.util.List;

/**
 * A configuration and where each part of it comes from. Immutable.
 *
 * @param environment whose overlay holds, such as {@code production}
 * @param files that were read, the weakest first
 * @param settings the value of every key, in the order of the reference
 */
public record LoadedConfig(
    BridgeConfig config, String environment, List<Path> files, List<Setting> settings) {

  /**
   * One key and what holds for it.
   *
   * @param key the full path, such as {@code worker.threads}; an entry of a table has its own
   * @param value in TOML, {@code ""} for nothing, with {@code [REDACTED]} in place of a secret
   * @param origin where it was said
   */
  public record Setting(String key, String value, Origin origin) {}

  /**
   * All settings as TOML, the origin of each in a comment behind it: what {@code config show}
   * prints.
   */
  public String describe() {
    StringBuilder text = new StringBuilder("# environment: " + environment + "\n");
    for (String section : ConfigKeys.sections()) {
      List<Setting> members =
          settings.stream().filter(setting -> section(setting).equals(section)).toList();
      text.append("\n[").append(section).append("]\n");
      int width =
          members.stream().mapToInt(setting -> line(section, setting).length()).max().orElse(0);
      for (Setting setting : members) {
        String line = line(section, setting);
        text.append(line).append(" ".repeat(width - line.length())).append("  # ");
        text.append(setting.origin()).append('\n');
      }
    }
    return text.toString();
  }

  private static String line(String section, Setting setting) {
    return setting.key().substring(section.length() + 1) + " = " + setting.value();
  }

  /** The section of the key, or of the table that the entry belongs to. */
  private static String section(Setting setting) {
    return ConfigKeys.all().stream()
        .filter(
            key -> setting.key().equals(key.path()) || setting.key().startsWith(key.path() + "."))
        .map(ConfigKey::section)
        .findFirst()
        .orElseThrow();
  }
}
