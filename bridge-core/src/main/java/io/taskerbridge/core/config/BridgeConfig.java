package io.taskerbridge.core.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration. Immutable. Each nested record is one section of the TOML file of the
 * same name; a record's components are the section's keys in snake case, durations with their unit
 * as suffix.
 */
public record BridgeConfig(
    Telemetry telemetry,
    Logging logging,
    Redaction redaction,
    Ruby ruby,
    Python python,
    Database database,
    Worker worker,
    Admin admin) {

  /**
   * The {@code [telemetry]} section.
   *
   * @param resourceAttributes more attributes of the resource, besides the service's name and
   *     version and the environment
   */
  public record Telemetry(
      boolean enabled,
      String serviceName,
      String serviceVersion,
      String environment,
      Map<String, String> resourceAttributes,
      Otlp otlp,
      Sampling sampling,
      Spans spans,
      Metrics metrics,
      File file) {}

  /**
   * The {@code [telemetry.otlp]} section.
   *
   * @param endpoint where to send, or null for nowhere
   * @param timeout of one export ({@code timeout_seconds})
   * @param batchSizeLimit spans or records in one export
   * @param queueSize spans or records that wait at most
   * @param headers of each export; {@code toString} does not show their values
   */
  public record Otlp(
      @Nullable String endpoint,
      OtlpProtocol protocol,
      Duration timeout,
      int batchSizeLimit,
      int queueSize,
      Map<String, String> headers) {

    @Override
    public String toString() {
      return "Otlp[endpoint=%s, protocol=%s, timeout=%s, batchSizeLimit=%d, queueSize=%d, headers=%s]"
          .formatted(
              endpoint == null ? null : Secrets.withoutPassword(endpoint),
              protocol,
              timeout,
              batchSizeLimit,
              queueSize,
              headers.keySet());
    }
  }

  /** How OTLP travels. */
  public enum OtlpProtocol {
    /** {@code grpc}. */
    GRPC,
    /** {@code http/protobuf}. */
    HTTP_PROTOBUF
  }

  /**
   * The {@code [telemetry.sampling]} section.
   *
   * @param ratio share of traces that the ratio strategies keep, 0 to 1
   */
  public record Sampling(SamplingStrategy strategy, double ratio) {}

  /** Which traces are recorded. */
  public enum SamplingStrategy {
    /** {@code parent_based_always_on}. */
    PARENT_BASED_ALWAYS_ON,
    /** {@code parent_based_trace_id_ratio}. */
    PARENT_BASED_TRACE_ID_RATIO,
    /** {@code trace_id_ratio}. */
    TRACE_ID_RATIO,
    /** {@code always_on}. */
    ALWAYS_ON,
    /** {@code always_off}. */
    ALWAYS_OFF
  }

  /**
   * The {@code [telemetry.spans]} section.
   *
   * @param level guest spans below it are not recorded
   * @param maxAttributeLength characters, longer values are cut
   */
  public record Spans(
      LogLevel level, int maxAttributes, int maxEvents, int maxLinks, int maxAttributeLength) {}

  /**
   * The {@code [telemetry.metrics]} section.
   *
   * @param exportInterval of the OTLP and file exporters ({@code export_interval_seconds})
   * @param seriesLimit series of one instrument before the overflow series takes the rest
   */
  public record Metrics(boolean enabled, Duration exportInterval, int seriesLimit) {}

  /**
   * The {@code [telemetry.file]} section.
   *
   * @param directory where {@code traces.jsonl}, {@code logs.jsonl} and {@code metrics.jsonl} are
   *     written, or null for nowhere
   */
  public record File(@Nullable Path directory) {}

  /**
   * The {@code [logging]} section.
   *
   * @param file also write to this file, rolled daily and at 100 MB, or null
   * @param console whether to write to standard output
   * @param otlp whether to export records through OpenTelemetry too
   */
  public record Logging(
      LogLevel level, LogFormat format, boolean console, @Nullable Path file, boolean otlp) {}

  /** How a log record is written. */
  public enum LogFormat {
    /** One JSON object a line, names as in docs/logging.md. */
    JSON,
    /** One JSON object a line, Elastic Common Schema. */
    ECS,
    /** A short coloured line for people. */
    CONSOLE
  }

  /**
   * The {@code [redaction]} section.
   *
   * @param keys more key words whose values are never shown
   */
  public record Redaction(boolean enabled, List<String> keys) {}

  /**
   * The {@code [ruby]} section.
   *
   * @param handlers folders with handler files
   * @param gemPath a folder of installed gems, or null
   */
  public record Ruby(boolean enabled, List<Path> handlers, @Nullable Path gemPath) {}

  /**
   * The {@code [python]} section.
   *
   * @param handlers folders with handler files
   * @param contexts how many calls run at the same time, each in a context of its own
   * @param venv a virtual environment whose packages handlers may import, or null
   * @param nativeModules whether handlers may load native modules ({@code native})
   * @param processes whether handlers may start processes
   */
  public record Python(
      boolean enabled,
      List<Path> handlers,
      int contexts,
      @Nullable Path venv,
      boolean nativeModules,
      boolean processes) {}

  /**
   * The {@code [database]} section.
   *
   * @param url JDBC or postgres URL of a server, or null for the embedded one
   * @param password {@code toString} does not show it, nor one in the URL
   * @param directory the data folder of the embedded one
   */
  public record Database(
      @Nullable String url,
      @Nullable String user,
      @Nullable String password,
      int poolSize,
      Path directory) {

    @Override
    public String toString() {
      return "Database[url=%s, user=%s, password=%s, poolSize=%d, directory=%s]"
          .formatted(
              url == null ? null : Secrets.withoutPassword(url),
              user,
              password == null ? null : Secrets.MASK,
              poolSize,
              directory);
    }
  }

  /**
   * The {@code [worker]} section.
   *
   * @param namespaces served, empty for all
   * @param threads steps that run at the same time
   * @param templates folders with workflow templates
   * @param stepTimeout of a step whose template names none
   * @param pollInterval how often due work is looked for when nothing announces it
   * @param heartbeatInterval how often a running step says that it lives
   * @param shutdownTimeout how long running steps may take to finish when the worker stops
   */
  public record Worker(
      List<String> namespaces,
      int threads,
      List<Path> templates,
      Duration stepTimeout,
      Duration pollInterval,
      Duration heartbeatInterval,
      Duration shutdownTimeout) {}

  /**
   * The {@code [admin]} section.
   *
   * @param port 0 for any free one
   * @param maxRequestBytes a larger request body is refused
   * @param token what callers must show where the server is open to other machines, or null; {@code
   *     toString} does not show it
   */
  public record Admin(
      boolean enabled, String host, int port, int maxRequestBytes, @Nullable String token) {

    /** Without a token: for a server on loopback. */
    public Admin(boolean enabled, String host, int port, int maxRequestBytes) {
      this(enabled, host, port, maxRequestBytes, null);
    }

    @Override
    public String toString() {
      return "Admin[enabled=%s, host=%s, port=%d, maxRequestBytes=%d, token=%s]"
          .formatted(enabled, host, port, maxRequestBytes, token == null ? null : Secrets.MASK);
    }
  }

  /** What holds where nothing else is said. */
  public static BridgeConfig defaults() {
    int cores = Runtime.getRuntime().availableProcessors();
    return new BridgeConfig(
        new Telemetry(
            true,
            "tasker-bridge",
            "0.1.0",
            "development",
            Map.of(),
            new Otlp(null, OtlpProtocol.GRPC, Duration.ofSeconds(10), 512, 8192, Map.of()),
            new Sampling(SamplingStrategy.PARENT_BASED_ALWAYS_ON, 1.0),
            new Spans(LogLevel.INFO, 128, 128, 128, 4096),
            new Metrics(true, Duration.ofSeconds(60), 2000),
            new File(null)),
        new Logging(LogLevel.INFO, LogFormat.JSON, true, null, true),
        new Redaction(true, List.of()),
        new Ruby(true, List.of(), null),
        new Python(true, List.of(), Math.max(1, Math.min(cores, 8)), null, false, false),
        new Database(null, null, null, 10, Path.of(".tasker", "postgres")),
        new Worker(
            List.of(),
            Math.max(4, cores * 2),
            List.of(),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(20)),
        new Admin(true, "127.0.0.1", 9464, 1 << 20));
  }
}
