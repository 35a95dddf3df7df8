package io.taskerbridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The standard variables, and the one that platforms set. */
class OtelVariablesTest {
  @TempDir Path folder;
  private ConfigProject project;

  @BeforeEach
  void emptyProject() {
    project = new ConfigProject(folder);
  }

  @ParameterizedTest(name = "{0}={1} sets {2} to {3}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "OTEL_SDK_DISABLED              | true                 | telemetry.enabled             | false",
        "OTEL_SDK_DISABLED              | False                | telemetry.enabled             | true",
        "OTEL_SERVICE_NAME              | orders               | telemetry.service_name        | \"orders\"",
        "OTEL_RESOURCE_ATTRIBUTES       | service.version=3    | telemetry.service_version     | \"3\"",
        "OTEL_RESOURCE_ATTRIBUTES       | deployment.environment=old | telemetry.environment   | \"old\"",
        "OTEL_RESOURCE_ATTRIBUTES       | deployment.environment.name=eu,deployment.environment=old | telemetry.environment | \"eu\"",
        "OTEL_EXPORTER_OTLP_ENDPOINT    | https://collector/x  | telemetry.otlp.endpoint       | \"https://collector/x\"",
        "OTEL_EXPORTER_OTLP_PROTOCOL    | http/protobuf        | telemetry.otlp.protocol       | \"http/protobuf\"",
        "OTEL_EXPORTER_OTLP_TIMEOUT     | 2500                 | telemetry.otlp.timeout_seconds | 2.5",
        "OTEL_BSP_MAX_QUEUE_SIZE        | 600                  | telemetry.otlp.queue_size     | 600",
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE | 64                   | telemetry.otlp.batch_size_limit | 64",
        "OTEL_TRACES_SAMPLER_ARG        | 0.25                 | telemetry.sampling.ratio      | 0.25",
        "OTEL_ATTRIBUTE_COUNT_LIMIT     | 31                   | telemetry.spans.max_attributes | 31",
        "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT | 32                  | telemetry.spans.max_attributes | 32",
        "OTEL_SPAN_EVENT_COUNT_LIMIT    | 33                   | telemetry.spans.max_events    | 33",
        "OTEL_SPAN_LINK_COUNT_LIMIT     | 0                    | telemetry.spans.max_links     | 0",
        "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT | 99                | telemetry.spans.max_attribute_length | 99",
        "OTEL_METRIC_EXPORT_INTERVAL    | 15000                | telemetry.metrics.export_interval_seconds | 15",
        "OTEL_LOG_LEVEL                 | WARN                 | logging.level                 | \"warn\""
      })
  void a_standard_variable_sets_its_key(String variable, String text, String key, String value) {
    LoadedConfig.Setting setting =
        ConfigProject.setting(project.variable(variable, text).load(), key);

    assertThat(setting.value()).isEqualTo(value);
    assertThat(setting.origin()).isEqualTo(Origin.variable(variable));
  }

  @ParameterizedTest(name = "{0} with {1}: {2}, ratio {3}")
  @CsvSource({
    "always_on, '', ALWAYS_ON, 0.5",
    "always_off, '', ALWAYS_OFF, 0.5",
    "traceidratio, 0.25, TRACE_ID_RATIO, 0.25",
    "parentbased_always_on, not a ratio, PARENT_BASED_ALWAYS_ON, 0.5",
    "parentbased_always_off, '', PARENT_BASED_TRACE_ID_RATIO, 0",
    "parentbased_traceidratio, 1, PARENT_BASED_TRACE_ID_RATIO, 1",
    "ParentBased_TraceIdRatio, '', PARENT_BASED_TRACE_ID_RATIO, 0.5"
  })
  void a_standard_sampler_is_a_strategy_and_a_ratio(
      String sampler, String argument, BridgeConfig.SamplingStrategy strategy, double ratio)
      throws Exception {
    project
        .base("[telemetry.sampling]\nratio = 0.5\n")
        .variable("OTEL_TRACES_SAMPLER", sampler)
        .variable("OTEL_TRACES_SAMPLER_ARG", argument);

    assertThat(project.load().config().telemetry().sampling())
        .isEqualTo(new BridgeConfig.Sampling(strategy, ratio));
  }

  @Test
  void headers_are_decoded() {
    project.variable("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20abc=, x-tenant = acme");

    assertThat(project.load().config().telemetry().otlp().headers())
        .isEqualTo(Map.of("authorization", "Bearer abc=", "x-tenant", "acme"));
  }

  @Test
  void database_url_counts_until_ours_is_set() {
    project.variable("DATABASE_URL", "postgres://somewhere/app");
    assertThat(project.load().config().database().url()).isEqualTo("postgres://somewhere/app");

    project
        .variable("DATABASE_URL", "mysql://another/program")
        .variable("TASKER_DATABASE_URL", "jdbc:postgresql://db/tasks");
    assertThat(project.load().config().database().url()).isEqualTo("jdbc:postgresql://db/tasks");
  }
}
