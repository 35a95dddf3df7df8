package io.taskerbridge.core.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.taskerbridge.core.config.BridgeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who sends the telemetry. The command line is left out: it may hold secrets. */
final class TelemetryResource {
  private static final Path LINUX_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private TelemetryResource() {}

  static Resource of(BridgeConfig.Telemetry config) {
    AttributesBuilder attributes =
        Attributes.builder()
            .put(AttributeKey.stringKey("host.name"), hostName())
            .put(AttributeKey.longKey("process.pid"), ProcessHandle.current().pid());
    // what the configuration says wins over what was found out
    config.resourceAttributes().forEach(attributes::put);
    return Resource.getDefault()
        .merge(
            Resource.create(
                attributes
                    .put(AttributeKey.stringKey("service.name"), config.serviceName())
                    .put(AttributeKey.stringKey("service.version"), config.serviceVersion())
                    .put(
                        AttributeKey.stringKey("deployment.environment.name"), config.environment())
                    .build()));
  }

  /** Asks the system before the resolver, which may wait for a name server. */
  private static String hostName() {
    try {
      if (Files.isReadable(LINUX_HOST_NAME)) {
        return Files.readString(LINUX_HOST_NAME).strip();
      }
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    } catch (IOException e) {
      return "unknown";
    }
  }
}
