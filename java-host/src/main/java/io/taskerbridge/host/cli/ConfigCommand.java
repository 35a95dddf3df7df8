package io.taskerbridge.host.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows the configuration. */
@Command(name = "config", description = "Show the configuration.")
final class ConfigCommand {
  @Spec private @Nullable CommandSpec spec;

  @Command(
      name = "show",
      description = "Print every key with its value and where it was said; secrets are masked.")
  void show(@Mixin CommonOptions common) {
    CommandOutput.of(spec).print(common.load().describe());
  }
}
