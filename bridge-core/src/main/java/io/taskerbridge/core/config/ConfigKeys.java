package io.taskerbridge.core.config;

import static io.taskerbridge.core.config.ConfigKey.key;
import static io.taskerbridge.core.config.ValueTypes.anyText;
import static io.taskerbridge.core.config.ValueTypes.choice;
import static io.taskerbridge.core.config.ValueTypes.flag;
import static io.taskerbridge.core.config.ValueTypes.integer;
import static io.taskerbridge.core.config.ValueTypes.listOf;
import static io.taskerbridge.core.config.ValueTypes.milliseconds;
import static io.taskerbridge.core.config.ValueTypes.path;
import static io.taskerbridge.core.config.ValueTypes.ratio;
import static io.taskerbridge.core.config.ValueTypes.seconds;
import static io.taskerbridge.core.config.ValueTypes.table;
import static io.taskerbridge.core.config.ValueTypes.text;
import static io.taskerbridge.core.config.ValueTypes.url;

import io.taskerbridge.core.config.BridgeConfig.LogFormat;
import io.taskerbridge.core.config.BridgeConfig.OtlpProtocol;
import io.taskerbridge.core.config.BridgeConfig.SamplingStrategy;
import io.taskerbridge.core.config.ConfigKey.Part;
import io.taskerbridge.core.config.ConfigKey.Secrecy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Every key there is, in the order of the reference. The loader, {@code config show}, the hints in
 * errors and the tables of docs/configuration.md all follow this list.
 */
final class ConfigKeys {
  private static final List<ConfigKey<?>> ALL = new ArrayList<>();
  private static final int MANY = 1_000_000;

  static final String RESOURCE_ATTRIBUTES_VARIABLE = "OTEL_RESOURCE_ATTRIBUTES";
  static final String SAMPLER_VARIABLE = "OTEL_TRACES_SAMPLER";
  static final String SAMPLER_ARGUMENT_VARIABLE = "OTEL_TRACES_SAMPLER_ARG";
  static final String DATABASE_VARIABLE = "DATABASE_URL";

  /** Samplers that have no argument. */
  static final Set<String> PLAIN_SAMPLERS =
      Set.of("always_on", "always_off", "parentbased_always_on", "parentbased_always_off");

  private static final Set<String> NAMED_ATTRIBUTES =
      Set.of(
          "service.name",
          "service.version",
          "deployment.environment",
          "deployment.environment.name");

  // [telemetry]

  static final ConfigKey<Boolean> TELEMETRY_ENABLED =
      add(
          key(
                  "telemetry.enabled",
                  flag(),
                  c -> c.telemetry().enabled(),
                  "Whether spans, metrics and log records are made and exported.")
              .variable("OTEL_SDK_DISABLED", Part.WHOLE, ValueTypes.negated()));

  static final ConfigKey<String> SERVICE_NAME =
      add(
          key(
                  "telemetry.service_name",
                  text(),
                  c -> c.telemetry().serviceName(),
                  "`service.name` of everything that is exported.")
              .variable(RESOURCE_ATTRIBUTES_VARIABLE, attribute("service.name"), text())
              .variable("OTEL_SERVICE_NAME"));

  static final ConfigKey<String> SERVICE_VERSION =
      add(
          key(
                  "telemetry.service_version",
                  text(),
                  c -> c.telemetry().serviceVersion(),
                  "`service.version` of everything that is exported.")
              .variable(RESOURCE_ATTRIBUTES_VARIABLE, attribute("service.version"), text()));

  static final ConfigKey<String> ENVIRONMENT =
      add(
          key(
                  "telemetry.environment",
                  text(),
                  c -> c.telemetry().environment(),
                  "`deployment.environment.name` of everything that is exported.")
              .byDefault("the environment whose file is read")
              .variable(RESOURCE_ATTRIBUTES_VARIABLE, attribute("deployment.environment"), text())
              .variable(
                  RESOURCE_ATTRIBUTES_VARIABLE, attribute("deployment.environment.name"), text()));

  static final ConfigKey<Map<String, String>> RESOURCE_ATTRIBUTES =
      add(
          key(
                  "telemetry.resource_attributes",
                  table(),
                  c -> c.telemetry().resourceAttributes(),
                  "More resource attributes of everything that is exported.")
              .variable(
                  RESOURCE_ATTRIBUTES_VARIABLE,
                  text -> {
                    ValueTypes.tableFromText(text);
                    return text;
                  },
                  table().readAs(table().expectedText(), ConfigKeys::unnamedAttributes)));

  // [telemetry.otlp]

  static final ConfigKey<String> OTLP_ENDPOINT =
      add(
          key(
                  "telemetry.otlp.endpoint",
                  url("http", "https"),
                  c -> c.telemetry().otlp().endpoint(),
                  "The collector; empty for none. For `http/protobuf` the root, to which"
                      + " `/v1/traces` and so on are added.")
              .orNothing()
              .keeping(Secrecy.URL_PASSWORD)
              .variable("OTEL_EXPORTER_OTLP_ENDPOINT"));

  static final ConfigKey<OtlpProtocol> OTLP_PROTOCOL =
      add(
          key(
                  "telemetry.otlp.protocol",
                  choice(
                      OtlpProtocol.class, p -> p == OtlpProtocol.GRPC ? "grpc" : "http/protobuf"),
                  c -> c.telemetry().otlp().protocol(),
                  "How OTLP travels.")
              .variable("OTEL_EXPORTER_OTLP_PROTOCOL"));

  static final ConfigKey<Duration> OTLP_TIMEOUT =
      add(
          key(
                  "telemetry.otlp.timeout_seconds",
                  seconds("0.001", "3600"),
                  c -> c.telemetry().otlp().timeout(),
                  "How long one export may take.")
              .variable("OTEL_EXPORTER_OTLP_TIMEOUT", Part.WHOLE, milliseconds("1", "3600000")));

  static final ConfigKey<Integer> OTLP_BATCH_SIZE =
      add(
          key(
                  "telemetry.otlp.batch_size_limit",
                  integer(1, MANY),
                  c -> c.telemetry().otlp().batchSizeLimit(),
                  "Spans or records in one export; at most `queue_size`.")
              .variable("OTEL_BSP_MAX_EXPORT_BATCH_SIZE"));

  static final ConfigKey<Integer> OTLP_QUEUE_SIZE =
      add(
          key(
                  "telemetry.otlp.queue_size",
                  integer(1, MANY),
                  c -> c.telemetry().otlp().queueSize(),
                  "Spans or records that wait in memory at most.")
              .variable("OTEL_BSP_MAX_QUEUE_SIZE"));

  static final ConfigKey<Map<String, String>> OTLP_HEADERS =
      add(
          key(
                  "telemetry.otlp.headers",
                  table(),
                  c -> c.telemetry().otlp().headers(),
                  "Headers of each export, such as an access token.")
              .keeping(Secrecy.SECRET)
              .variable("OTEL_EXPORTER_OTLP_HEADERS"));

  // [telemetry.sampling]

  static final ConfigKey<SamplingStrategy> SAMPLING_STRATEGY =
      add(
          key(
                  "telemetry.sampling.strategy",
                  choice(SamplingStrategy.class, ValueTypes::lowerCase),
                  c -> c.telemetry().sampling().strategy(),
                  "Which traces are recorded.")
              .variable(
                  SAMPLER_VARIABLE,
                  Part.WHOLE,
                  ValueTypes.withWords(
                      choice(SamplingStrategy.class, ValueTypes::lowerCase), samplers())));

  static final ConfigKey<Double> SAMPLING_RATIO =
      add(
          key(
                  "telemetry.sampling.ratio",
                  ratio(),
                  c -> c.telemetry().sampling().ratio(),
                  "The share of traces that the ratio strategies record.")
              .variable(SAMPLER_ARGUMENT_VARIABLE)
              .variable(
                  SAMPLER_VARIABLE,
                  // the ratio strategy that records no trace of its own
                  sampler -> sampler.equalsIgnoreCase("parentbased_always_off") ? "0" : null,
                  ratio()));

  // [telemetry.spans]

  static final ConfigKey<LogLevel> SPAN_LEVEL =
      add(
          key(
              "telemetry.spans.level",
              choice(LogLevel.class, ValueTypes::lowerCase),
              c -> c.telemetry().spans().level(),
              "Spans of handlers below this level are not recorded."));

  static final ConfigKey<Integer> SPAN_ATTRIBUTES =
      add(
          key(
                  "telemetry.spans.max_attributes",
                  integer(0, MANY),
                  c -> c.telemetry().spans().maxAttributes(),
                  "Attributes of one span; more are dropped.")
              .variable("OTEL_ATTRIBUTE_COUNT_LIMIT")
              .variable("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"));

  static final ConfigKey<Integer> SPAN_EVENTS =
      add(
          key(
                  "telemetry.spans.max_events",
                  integer(0, MANY),
                  c -> c.telemetry().spans().maxEvents(),
                  "Events of one span; more are dropped.")
              .variable("OTEL_SPAN_EVENT_COUNT_LIMIT"));

  static final ConfigKey<Integer> SPAN_LINKS =
      add(
          key(
                  "telemetry.spans.max_links",
                  integer(0, MANY),
                  c -> c.telemetry().spans().maxLinks(),
                  "Links of one span; more are dropped.")
              .variable("OTEL_SPAN_LINK_COUNT_LIMIT"));

  static final ConfigKey<Integer> SPAN_ATTRIBUTE_LENGTH =
      add(
          key(
                  "telemetry.spans.max_attribute_length",
                  integer(1, 1 << 24),
                  c -> c.telemetry().spans().maxAttributeLength(),
                  "Characters of one attribute value; the rest is cut.")
              .variable("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT")
              .variable("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT"));

  // [telemetry.metrics]

  static final ConfigKey<Boolean> METRICS_ENABLED =
      add(
          key(
              "telemetry.metrics.enabled",
              flag(),
              c -> c.telemetry().metrics().enabled(),
              "Whether metrics are recorded."));

  static final ConfigKey<Duration> METRICS_INTERVAL =
      add(
          key(
                  "telemetry.metrics.export_interval_seconds",
                  seconds("0.01", "86400"),
                  c -> c.telemetry().metrics().exportInterval(),
                  "Time between two exports of the metrics.")
              .variable("OTEL_METRIC_EXPORT_INTERVAL", Part.WHOLE, milliseconds("10", "86400000")));

  static final ConfigKey<Integer> METRICS_SERIES =
      add(
          key(
              "telemetry.metrics.series_limit",
              integer(1, MANY),
              c -> c.telemetry().metrics().seriesLimit(),
              "Series of one instrument before one overflow series takes the rest."));

  // [telemetry.file]

  static final ConfigKey<Path> FILE_DIRECTORY =
      add(
          key(
                  "telemetry.file.directory",
                  path(),
                  c -> c.telemetry().file().directory(),
                  "Where `traces.jsonl`, `logs.jsonl` and `metrics.jsonl` are written; empty for"
                      + " nowhere.")
              .orNothing());

  // [logging]

  static final ConfigKey<LogLevel> LOG_LEVEL =
      add(
          key(
                  "logging.level",
                  choice(LogLevel.class, ValueTypes::lowerCase),
                  c -> c.logging().level(),
                  "Records below this level are not written.")
              .variable("OTEL_LOG_LEVEL"));

  static final ConfigKey<LogFormat> LOG_FORMAT =
      add(
          key(
              "logging.format",
              choice(LogFormat.class, ValueTypes::lowerCase),
              c -> c.logging().format(),
              "How a record is written: one line of JSON, the same in Elastic Common Schema, or a"
                  + " short coloured line."));

  static final ConfigKey<Boolean> LOG_CONSOLE =
      add(
          key(
              "logging.console",
              flag(),
              c -> c.logging().console(),
              "Whether records go to standard output."));

  static final ConfigKey<Path> LOG_FILE =
      add(
          key(
                  "logging.file",
                  path(),
                  c -> c.logging().file(),
                  "Records also go to this file, rolled daily and at 100 MB; empty for none.")
              .orNothing());

  static final ConfigKey<Boolean> LOG_OTLP =
      add(
          key(
              "logging.otlp",
              flag(),
              c -> c.logging().otlp(),
              "Whether records are exported through OpenTelemetry too."));

  // [redaction]

  static final ConfigKey<Boolean> REDACTION_ENABLED =
      add(
          key(
              "redaction.enabled",
              flag(),
              c -> c.redaction().enabled(),
              "Whether secrets are taken out of logs, spans and labels."));

  static final ConfigKey<List<String>> REDACTION_KEYS =
      add(
          key(
              "redaction.keys",
              listOf(text(), "texts"),
              c -> c.redaction().keys(),
              "More words that make a key a secret one."));

  // [ruby]

  static final ConfigKey<Boolean> RUBY_ENABLED =
      add(key("ruby.enabled", flag(), c -> c.ruby().enabled(), "Whether Ruby handlers are run."));

  static final ConfigKey<List<Path>> RUBY_HANDLERS =
      add(
          key(
              "ruby.handlers",
              listOf(path(), "paths"),
              c -> c.ruby().handlers(),
              "Folders with Ruby handlers."));

  static final ConfigKey<Path> RUBY_GEM_PATH =
      add(
          key(
                  "ruby.gem_path",
                  path(),
                  c -> c.ruby().gemPath(),
                  "A folder of installed gems; empty for none.")
              .orNothing());

  // [python]

  static final ConfigKey<Boolean> PYTHON_ENABLED =
      add(
          key(
              "python.enabled",
              flag(),
              c -> c.python().enabled(),
              "Whether Python handlers are run."));

  static final ConfigKey<List<Path>> PYTHON_HANDLERS =
      add(
          key(
              "python.handlers",
              listOf(path(), "paths"),
              c -> c.python().handlers(),
              "Folders with Python handlers."));

  static final ConfigKey<Integer> PYTHON_CONTEXTS =
      add(
          key(
                  "python.contexts",
                  integer(1, 256),
                  c -> c.python().contexts(),
                  "Python calls that run at the same time, each in a context of its own.")
              .byDefault("the number of cores, at most 8"));

  static final ConfigKey<Path> PYTHON_VENV =
      add(
          key(
                  "python.venv",
                  path(),
                  c -> c.python().venv(),
                  "A virtual environment whose packages handlers may import; empty for none.")
              .orNothing());

  static final ConfigKey<Boolean> PYTHON_NATIVE =
      add(
          key(
              "python.native",
              flag(),
              c -> c.python().nativeModules(),
              "Whether handlers may load native modules."));

  static final ConfigKey<Boolean> PYTHON_PROCESSES =
      add(
          key(
              "python.processes",
              flag(),
              c -> c.python().processes(),
              "Whether handlers may start processes."));

  // [database]

  static final ConfigKey<String> DATABASE_URL =
      add(
          key(
                  "database.url",
                  ValueTypes.postgresUrl(),
                  c -> c.database().url(),
                  "The PostgreSQL server; empty for the embedded one.")
              .orNothing()
              .keeping(Secrecy.URL_PASSWORD)
              .weakVariable(DATABASE_VARIABLE));

  static final ConfigKey<String> DATABASE_USER =
      add(
          key(
                  "database.user",
                  anyText(),
                  c -> c.database().user(),
                  "Who logs in to the server, if the URL does not say.")
              .orNothing());

  static final ConfigKey<String> DATABASE_PASSWORD =
      add(
          key(
                  "database.password",
                  anyText(),
                  c -> c.database().password(),
                  "The password of that user.")
              .orNothing()
              .keeping(Secrecy.SECRET));

  static final ConfigKey<Integer> DATABASE_POOL_SIZE =
      add(
          key(
              "database.pool_size",
              integer(1, 1000),
              c -> c.database().poolSize(),
              "Connections that are open at most."));

  static final ConfigKey<Path> DATABASE_DIRECTORY =
      add(
          key(
              "database.directory",
              path(),
              c -> c.database().directory(),
              "The data folder of the embedded server."));

  // [worker]

  static final ConfigKey<List<String>> WORKER_NAMESPACES =
      add(
          key(
              "worker.namespaces",
              listOf(text(), "texts"),
              c -> c.worker().namespaces(),
              "Namespaces whose steps are run; empty for all."));

  static final ConfigKey<Integer> WORKER_THREADS =
      add(
          key(
                  "worker.threads",
                  integer(1, 4096),
                  c -> c.worker().threads(),
                  "Steps that run at the same time.")
              .byDefault("twice the number of cores, at least 4"));

  static final ConfigKey<List<Path>> WORKER_TEMPLATES =
      add(
          key(
              "worker.templates",
              listOf(path(), "paths"),
              c -> c.worker().templates(),
              "Folders with workflow templates."));

  static final ConfigKey<Duration> WORKER_STEP_TIMEOUT =
      add(
          key(
              "worker.step_timeout_seconds",
              seconds("0.001", "2592000"),
              c -> c.worker().stepTimeout(),
              "How long a step may run whose template does not say."));

  static final ConfigKey<Duration> WORKER_POLL_INTERVAL =
      add(
          key(
              "worker.poll_interval_ms",
              milliseconds("1", "3600000"),
              c -> c.worker().pollInterval(),
              "How often due work is looked for when nothing announces it."));

  static final ConfigKey<Duration> WORKER_HEARTBEAT_INTERVAL =
      add(
          key(
              "worker.heartbeat_interval_seconds",
              seconds("0.1", "3600"),
              c -> c.worker().heartbeatInterval(),
              "How often a running step says that it lives."));

  static final ConfigKey<Duration> WORKER_SHUTDOWN_TIMEOUT =
      add(
          key(
              "worker.shutdown_timeout_seconds",
              seconds("0", "86400"),
              c -> c.worker().shutdownTimeout(),
              "How long running steps may take to finish when the worker stops."));

  // [admin]

  static final ConfigKey<Boolean> ADMIN_ENABLED =
      add(key("admin.enabled", flag(), c -> c.admin().enabled(), "Whether the HTTP server runs."));

  static final ConfigKey<String> ADMIN_HOST =
      add(
          key(
              "admin.host",
              text(),
              c -> c.admin().host(),
              "The address that the HTTP server listens on."));

  static final ConfigKey<Integer> ADMIN_PORT =
      add(
          key(
              "admin.port",
              integer(0, 65535),
              c -> c.admin().port(),
              "The port that the HTTP server listens on; 0 for any free one."));

  static final ConfigKey<Integer> ADMIN_MAX_REQUEST =
      add(
          key(
              "admin.max_request_bytes",
              integer(1, 1 << 30),
              c -> c.admin().maxRequestBytes(),
              "A larger request body is refused."));

  static final ConfigKey<String> ADMIN_TOKEN =
      add(
          key(
                  "admin.token",
                  anyText(),
                  c -> c.admin().token(),
                  "What callers must show as a bearer token where the server is open to other"
                      + " machines.")
              .orNothing()
              .keeping(Secrecy.SECRET));

  private static final Map<String, ConfigKey<?>> BY_PATH =
      ALL.stream().collect(Collectors.toUnmodifiableMap(ConfigKey::path, key -> key));

  private static final List<String> SECTIONS =
      ALL.stream().map(ConfigKey::section).distinct().toList();

  private ConfigKeys() {}

  static List<ConfigKey<?>> all() {
    return Collections.unmodifiableList(ALL);
  }

  /** The key of that path, or null. */
  static @Nullable ConfigKey<?> find(String path) {
    return BY_PATH.get(path);
  }

  /** The sections in order. */
  static List<String> sections() {
    return SECTIONS;
  }

  /** The keys that hold a table. */
  static List<ConfigKey<Map<String, String>>> tables() {
    return List.of(RESOURCE_ATTRIBUTES, OTLP_HEADERS);
  }

  private static <T> ConfigKey<T> add(ConfigKey<T> key) {
    ALL.add(key);
    return key;
  }

  private static Part attribute(String name) {
    return text -> ValueTypes.tableFromText(text).get(name);
  }

  private static Map<String, String> unnamedAttributes(String text) throws BadValueException {
    Map<String, String> attributes = new LinkedHashMap<>(ValueTypes.tableFromText(text));
    attributes.keySet().removeAll(NAMED_ATTRIBUTES);
    return attributes;
  }

  private static Map<String, SamplingStrategy> samplers() {
    Map<String, SamplingStrategy> samplers = new LinkedHashMap<>();
    samplers.put("always_on", SamplingStrategy.ALWAYS_ON);
    samplers.put("always_off", SamplingStrategy.ALWAYS_OFF);
    samplers.put("traceidratio", SamplingStrategy.TRACE_ID_RATIO);
    samplers.put("parentbased_always_on", SamplingStrategy.PARENT_BASED_ALWAYS_ON);
    samplers.put("parentbased_always_off", SamplingStrategy.PARENT_BASED_TRACE_ID_RATIO);
    samplers.put("parentbased_traceidratio", SamplingStrategy.PARENT_BASED_TRACE_ID_RATIO);
    return samplers;
  }
}
