package io.taskerbridge.core.telemetry;

import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.config.BridgeConfig.OtlpProtocol;
import io.taskerbridge.core.config.BridgeConfig.Sampling;
import io.taskerbridge.core.config.BridgeConfig.SamplingStrategy;
import io.taskerbridge.core.config.BridgeConfig.Spans;
import io.taskerbridge.core.config.LogLevel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Configurations for tests, each the defaults with one thing changed. */
public final class Configs {
  private Configs() {}

  /** The defaults. */
  public static BridgeConfig defaults() {
    return BridgeConfig.defaults();
  }

  /** Nothing is recorded. */
  public static BridgeConfig disabled() {
    return with(
        old ->
            new BridgeConfig.Telemetry(
                false,
                old.serviceName(),
                old.serviceVersion(),
                old.environment(),
                old.resourceAttributes(),
                old.otlp(),
                old.sampling(),
                old.spans(),
                old.metrics(),
                old.file()));
  }

  /** Exports to a collector; a batch holds eight, the queue a hundred. */
  public static BridgeConfig otlp(String endpoint, OtlpProtocol protocol) {
    return with(
        old ->
            new BridgeConfig.Telemetry(
                true,
                "test-service",
                "9.8.7",
                "test",
                Map.of("team", "orders", "service.name", "not this one"),
                new BridgeConfig.Otlp(
                    endpoint, protocol, Duration.ofSeconds(2), 8, 100, Map.of("x-tenant", "acme")),
                old.sampling(),
                old.spans(),
                old.metrics(),
                old.file()));
  }

  /** Writes to files in the folder. */
  public static BridgeConfig file(@Nullable Path directory) {
    return with(
        old ->
            new BridgeConfig.Telemetry(
                true,
                old.serviceName(),
                old.serviceVersion(),
                old.environment(),
                old.resourceAttributes(),
                old.otlp(),
                old.sampling(),
                old.spans(),
                old.metrics(),
                new BridgeConfig.File(directory)));
  }

  /** Writes telemetry to files in the folder, log records too, and the log to a file of its own. */
  public static BridgeConfig file(Path directory, Path logFile) {
    BridgeConfig config = file(directory);
    BridgeConfig.Logging logging = config.logging();
    return new BridgeConfig(
        config.telemetry(),
        new BridgeConfig.Logging(
            logging.level(), logging.format(), logging.console(), logFile, logging.otlp()),
        config.redaction(),
        config.ruby(),
        config.python(),
        config.database(),
        config.worker(),
        config.admin());
  }

  /** Samples by the strategy. */
  public static BridgeConfig sampling(SamplingStrategy strategy, double ratio) {
    return with(
        old ->
            new BridgeConfig.Telemetry(
                true,
                old.serviceName(),
                old.serviceVersion(),
                old.environment(),
                old.resourceAttributes(),
                old.otlp(),
                new Sampling(strategy, ratio),
                old.spans(),
                old.metrics(),
                old.file()));
  }

  /** Limits spans. */
  public static BridgeConfig spans(
      LogLevel level, int maxAttributes, int maxEvents, int maxLinks, int maxAttributeLength) {
    return with(
        old ->
            new BridgeConfig.Telemetry(
                true,
                old.serviceName(),
                old.serviceVersion(),
                old.environment(),
                old.resourceAttributes(),
                old.otlp(),
                old.sampling(),
                new Spans(level, maxAttributes, maxEvents, maxLinks, maxAttributeLength),
                old.metrics(),
                old.file()));
  }

  /** Limits the series of one instrument. */
  public static BridgeConfig seriesLimit(int limit) {
    return with(
        old ->
            new BridgeConfig.Telemetry(
                true,
                old.serviceName(),
                old.serviceVersion(),
                old.environment(),
                old.resourceAttributes(),
                old.otlp(),
                old.sampling(),
                old.spans(),
                new BridgeConfig.Metrics(true, Duration.ofSeconds(60), limit),
                old.file()));
  }

  /** Traces and logs only. */
  public static BridgeConfig withoutMetrics() {
    return with(
        old ->
            new BridgeConfig.Telemetry(
                true,
                old.serviceName(),
                old.serviceVersion(),
                old.environment(),
                old.resourceAttributes(),
                old.otlp(),
                old.sampling(),
                old.spans(),
                new BridgeConfig.Metrics(false, Duration.ofSeconds(60), 2000),
                old.file()));
  }

  private static BridgeConfig with(UnaryOperator<BridgeConfig.Telemetry> change) {
    BridgeConfig defaults = BridgeConfig.defaults();
    return new BridgeConfig(
        change.apply(defaults.telemetry()),
        defaults.logging(),
        defaults.redaction(),
        defaults.ruby(),
        defaults.python(),
        defaults.database(),
        defaults.worker(),
        defaults.admin());
  }
}
