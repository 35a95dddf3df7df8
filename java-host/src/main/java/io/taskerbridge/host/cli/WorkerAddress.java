package io.taskerbridge.host.cli;

import io.taskerbridge.core.config.BridgeConfig;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which worker a command talks to. */
final class WorkerAddress {
  /** The variable that holds what a worker open to other machines wants to be shown. */
  static final String TOKEN = "TASKER_ADMIN_TOKEN";

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Address of the worker; by default that of [admin].")
  private @Nullable URI url;

  WorkerClient client() {
    URI address = url != null ? url : configured();
    if (address.getHost() == null) {
      throw new CommandFailure(
          "--url is no address of a worker; it looks like http://127.0.0.1:9464");
    }
    return new WorkerClient(address, System.getenv(TOKEN));
  }

  private URI configured() {
    BridgeConfig.Admin admin = common.load().config().admin();
    if (admin.port() == 0) {
      throw new CommandFailure("[admin] port is 0, any free one: give the worker's with --url");
    }
    return URI.create("http://" + admin.host() + ":" + admin.port());
  }
}
