package io.taskerbridge.host.cli;

import io.taskerbridge.core.config.ConfigLoader;
import io.taskerbridge.core.config.LoadedConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that every command has: they choose and change the configuration. */
final class CommonOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "One more TOML file, over those of the config folder.")
  private @Nullable Path file;

  @Option(
      names = "--env",
      paramLabel = "NAME",
      description = "The environment whose file is read; by default TASKER_ENV or development.")
  private @Nullable String environment;

  @Option(
      names = "--telemetry-dir",
      paramLabel = "DIR",
      description = "Also write traces.jsonl, logs.jsonl and metrics.jsonl (OTLP JSON) there.")
  private @Nullable Path telemetryDir;

  /** A loader with what the options and the process's environment say. */
  ConfigLoader loader() {
    ConfigLoader loader = ConfigLoader.in(ProjectFolder.find()).variables(System.getenv());
    if (environment != null) {
      loader.environment(environment);
    }
    if (file != null) {
      loader.file(file.toAbsolutePath());
    }
    if (telemetryDir != null) {
      loader.set("telemetry.file.directory", telemetryDir.toAbsolutePath().toString());
    }
    return loader;
  }

  /** The configuration. */
  LoadedConfig load() {
    return loader().load();
  }
}
