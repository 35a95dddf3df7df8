package io.taskerbridge.core.config;

import io.taskerbridge.core.config.BridgeConfig.Admin;
import io.taskerbridge.core.config.BridgeConfig.Database;
import io.taskerbridge.core.config.BridgeConfig.File;
import io.taskerbridge.core.config.BridgeConfig.Logging;
import io.taskerbridge.core.config.BridgeConfig.Metrics;
import io.taskerbridge.core.config.BridgeConfig.Otlp;
import io.taskerbridge.core.config.BridgeConfig.Python;
import io.taskerbridge.core.config.BridgeConfig.Redaction;
import io.taskerbridge.core.config.BridgeConfig.Ruby;
import io.taskerbridge.core.config.BridgeConfig.Sampling;
import io.taskerbridge.core.config.BridgeConfig.Spans;
import io.taskerbridge.core.config.BridgeConfig.Telemetry;
import io.taskerbridge.core.config.BridgeConfig.Worker;

/** Makes the records of the values. The way back is {@link ConfigKey#inConfig()}. */
final class ConfigBinding {
  private ConfigBinding() {}

  static BridgeConfig bind(ConfigValues values) {
    return new BridgeConfig(
        telemetry(values),
        new Logging(
            values.get(ConfigKeys.LOG_LEVEL),
            values.get(ConfigKeys.LOG_FORMAT),
            values.get(ConfigKeys.LOG_CONSOLE),
            values.find(ConfigKeys.LOG_FILE),
            values.get(ConfigKeys.LOG_OTLP)),
        new Redaction(
            values.get(ConfigKeys.REDACTION_ENABLED), values.get(ConfigKeys.REDACTION_KEYS)),
        new Ruby(
            values.get(ConfigKeys.RUBY_ENABLED),
            values.get(ConfigKeys.RUBY_HANDLERS),
            values.find(ConfigKeys.RUBY_GEM_PATH)),
        new Python(
            values.get(ConfigKeys.PYTHON_ENABLED),
            values.get(ConfigKeys.PYTHON_HANDLERS),
            values.get(ConfigKeys.PYTHON_CONTEXTS),
            values.find(ConfigKeys.PYTHON_VENV),
            values.get(ConfigKeys.PYTHON_NATIVE),
            values.get(ConfigKeys.PYTHON_PROCESSES)),
        new Database(
            values.find(ConfigKeys.DATABASE_URL),
            values.find(ConfigKeys.DATABASE_USER),
            values.find(ConfigKeys.DATABASE_PASSWORD),
            values.get(ConfigKeys.DATABASE_POOL_SIZE),
            values.get(ConfigKeys.DATABASE_DIRECTORY)),
        worker(values),
        new Admin(
            values.get(ConfigKeys.ADMIN_ENABLED),
            values.get(ConfigKeys.ADMIN_HOST),
            values.get(ConfigKeys.ADMIN_PORT),
            values.get(ConfigKeys.ADMIN_MAX_REQUEST),
            values.find(ConfigKeys.ADMIN_TOKEN)));
  }

  private static Telemetry telemetry(ConfigValues values) {
    return new Telemetry(
        values.get(ConfigKeys.TELEMETRY_ENABLED),
        values.get(ConfigKeys.SERVICE_NAME),
        values.get(ConfigKeys.SERVICE_VERSION),
        values.get(ConfigKeys.ENVIRONMENT),
        values.table(ConfigKeys.RESOURCE_ATTRIBUTES),
        new Otlp(
            values.find(ConfigKeys.OTLP_ENDPOINT),
            values.get(ConfigKeys.OTLP_PROTOCOL),
            values.get(ConfigKeys.OTLP_TIMEOUT),
            values.get(ConfigKeys.OTLP_BATCH_SIZE),
            values.get(ConfigKeys.OTLP_QUEUE_SIZE),
            values.table(ConfigKeys.OTLP_HEADERS)),
        new Sampling(
            values.get(ConfigKeys.SAMPLING_STRATEGY), values.get(ConfigKeys.SAMPLING_RATIO)),
        new Spans(
            values.get(ConfigKeys.SPAN_LEVEL),
            values.get(ConfigKeys.SPAN_ATTRIBUTES),
            values.get(ConfigKeys.SPAN_EVENTS),
            values.get(ConfigKeys.SPAN_LINKS),
            values.get(ConfigKeys.SPAN_ATTRIBUTE_LENGTH)),
        new Metrics(
            values.get(ConfigKeys.METRICS_ENABLED),
            values.get(ConfigKeys.METRICS_INTERVAL),
            values.get(ConfigKeys.METRICS_SERIES)),
        new File(values.find(ConfigKeys.FILE_DIRECTORY)));
  }

  private static Worker worker(ConfigValues values) {
    return new Worker(
        values.get(ConfigKeys.WORKER_NAMESPACES),
        values.get(ConfigKeys.WORKER_THREADS),
        values.get(ConfigKeys.WORKER_TEMPLATES),
        values.get(ConfigKeys.WORKER_STEP_TIMEOUT),
        values.get(ConfigKeys.WORKER_POLL_INTERVAL),
        values.get(ConfigKeys.WORKER_HEARTBEAT_INTERVAL),
        values.get(ConfigKeys.WORKER_SHUTDOWN_TIMEOUT));
  }
}
