package io.taskerbridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskerbridge.core.config.ConfigException.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way to get it wrong, and what is said about it. */
class ConfigErrorsTest {
  @TempDir Path folder;
  private ConfigProject project;

  @BeforeEach
  void emptyProject() {
    project = new ConfigProject(folder);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "[workers];threads = 4 | 1: workers: there is no such section; did you mean [worker]?",
        "[telemetry.otpl];endpoint = '' | 1: telemetry.otpl: there is no such section; did you mean [telemetry.otlp]?",
        "[worker];thread = 4 | 2: worker.thread: there is no such key; did you mean worker.threads?",
        "[worker];;# port;port = 4 | 4: worker.port: there is no such key; did you mean admin.port?",
        "threads = 4 | 1: threads: there is no such key; did you mean worker.threads?",
        "telemetry.sampling.ration = 1 | 1: telemetry.sampling.ration: there is no such key; did you mean telemetry.sampling.ratio?",
        "[admin];colour = 4 | 2: admin.colour: there is no such key; [admin] has enabled, host, port, max_request_bytes, token",
        "[admin];'port.x' = 4 | 2: admin.\"port.x\": there is no such key; did you mean",
        "worker = 4 | 1: worker: is a section; write [worker] once, its keys below",
        "[[worker]];threads = 4 | 1: worker: is a section; write [worker] once, its keys below",
        "[worker.threads];x = 1 | 1: worker.threads: is a table; write a whole number from 1 to 4096",
        "[worker];threads = 'four' | 2: worker.threads: \"four\" is a text; write a whole number from 1 to 4096",
        "[worker];threads = 4.0 | 2: worker.threads: 4 is a decimal number; write a whole number from 1 to 4096",
        "[worker];threads = 0 | 2: worker.threads: 0 is out of range; write a whole number from 1 to 4096",
        "[worker];threads = 99999999999 | 2: worker.threads: 99999999999 is out of range; write a whole number from 1 to 4096",
        "[worker];namespaces = 'a' | 2: worker.namespaces: \"a\" is a text; write a list of texts",
        "[worker];namespaces = ['a', 1] | 2: worker.namespaces: 1 is a number; write a list of texts",
        "[worker];namespaces = [''] | 2: worker.namespaces: is blank; write a list of texts",
        "[worker];step_timeout_seconds = 0 | 2: worker.step_timeout_seconds: 0 is out of range; write a number of seconds from 0.001 to 2592000",
        "[worker];poll_interval_ms = true | 2: worker.poll_interval_ms: true is a boolean; write a number of milliseconds from 1 to 3600000",
        "[admin];port = 70000 | 2: admin.port: 70000 is out of range; write a whole number from 0 to 65535",
        "[admin];enabled = 'yes' | 2: admin.enabled: \"yes\" is a text; write true or false",
        "[admin];host = ' ' | 2: admin.host: is blank; write a text that is not blank",
        "[telemetry.sampling];ratio = 1.5 | 2: telemetry.sampling.ratio: 1.5 is out of range; write a number from 0 to 1",
        "[telemetry.sampling];ratio = nan | 2: telemetry.sampling.ratio: NaN is out of range; write a number from 0 to 1",
        "[telemetry.sampling];strategy = 'trace_id' | 2: telemetry.sampling.strategy: \"trace_id\" is unknown; write \"parent_based_always_on\", \"parent_based_trace_id_ratio\", \"trace_id_ratio\", \"always_on\" or \"always_off\"",
        "[telemetry.sampling];strategy = 'always_onn' | 2: telemetry.sampling.strategy: \"always_onn\" is unknown, did you mean \"always_on\"?; write",
        "[telemetry.spans];level = 'fatal' | 2: telemetry.spans.level: \"fatal\" is unknown; write \"trace\", \"debug\", \"info\", \"warn\" or \"error\"",
        "[telemetry.spans];level = 'inof' | 2: telemetry.spans.level: \"inof\" is unknown, did you mean \"info\"?; write",
        "[telemetry.otlp];protocol = 'http/json' | 2: telemetry.otlp.protocol: \"http/json\" is unknown; write \"grpc\" or \"http/protobuf\"",
        "[telemetry.otlp];endpoint = 'collector:4317' | 2: telemetry.otlp.endpoint: the value cannot be used; write a URL that begins with http:// or https://",
        "[telemetry.otlp];endpoint = 'http://a b' | 2: telemetry.otlp.endpoint: the value cannot be used; write a URL",
        "[telemetry.otlp];endpoint = 'http:///x' | 2: telemetry.otlp.endpoint: the value cannot be used; write a URL",
        "[telemetry.otlp.headers];a = 'x';b = 5 | 1: telemetry.otlp.headers: \"b\" is no text; write a table whose values are texts",
        "[database];url = 'mysql://db/x' | 2: database.url: the value cannot be used; write a URL that begins with jdbc:postgresql: or postgresql:// or postgres://",
        "[logging];format = 'xml' | 2: logging.format: \"xml\" is unknown; write \"json\", \"ecs\" or \"console\"",
        "[python];contexts = 0 | 2: python.contexts: 0 is out of range; write a whole number from 1 to 256",
        "[telemetry.otlp];queue_size = 100 | 2: telemetry.otlp.queue_size: a batch of 512 (default) does not fit into a queue of 100 (config/base/telemetry.toml:2); make queue_size at least as large as batch_size_limit",
        "[worker];threads = | 2: is not TOML: Newline not permitted here; correct the line",
        "[worker];threads = 1;;threads = 2;; | 4: is not TOML: Duplicate key; correct the line"
      })
  void a_mistake_in_a_file_is_named_with_its_line_and_what_to_do(String toml, String said)
      throws Exception {
    ConfigException refusal = project.base(toml.replace(";", "\n") + "\n").refusal();

    assertThat(refusal.problems()).hasSize(1);
    assertThat(refusal).hasMessageStartingWith(ConfigProject.BASE + ":" + said);
  }

  @ParameterizedTest(name = "{0}={1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "TASKER_WORKER_THREAD | 4 | matches no key; did you mean TASKER_WORKER_THREADS?",
        "TASKER_COLOUR | red | matches no key; remove it; docs/configuration.md lists the variables",
        "TASKER_WORKER_THREADS | four | worker.threads: \"four\" is not a whole number; write a whole number from 1 to 4096",
        "TASKER_WORKER_THREADS | 0 | worker.threads: 0 is out of range; write a whole number from 1 to 4096",
        "TASKER_ADMIN_PORT | 70000 | admin.port: 70000 is out of range; write a whole number from 0 to 65535",
        "TASKER_ADMIN_ENABLED | yes | admin.enabled: \"yes\" is neither; write true or false",
        "TASKER_TELEMETRY_RESOURCE_ATTRIBUTES | team | telemetry.resource_attributes: \"team\" is no name=value pair; write name=value pairs with commas between, percent-encoded",
        "TASKER_ENV | ../x | \"../x\" is no name of an environment; write letters, digits, - and _",
        "OTEL_TRACES_SAMPLER | parent_based | telemetry.sampling.strategy: \"parent_based\" is unknown; write \"always_on\", \"always_off\", \"traceidratio\", \"parentbased_always_on\", \"parentbased_always_off\" or \"parentbased_traceidratio\"",
        "OTEL_TRACES_SAMPLER_ARG | 2 | telemetry.sampling.ratio: 2 is out of range; write a number from 0 to 1",
        "OTEL_EXPORTER_OTLP_TIMEOUT | soon | telemetry.otlp.timeout_seconds: \"soon\" is not a number; write a number of milliseconds from 1 to 3600000",
        "OTEL_LOG_LEVEL | loud | logging.level: \"loud\" is unknown; write \"trace\", \"debug\", \"info\", \"warn\" or \"error\"",
        "OTEL_SDK_DISABLED | 1 | telemetry.enabled: \"1\" is neither; write true or false",
        "DATABASE_URL | mysql://u:pw@db/x | database.url: the value cannot be used; write a URL that begins with jdbc:postgresql: or postgresql:// or postgres://"
      })
  void a_mistake_in_a_variable_is_named_with_what_to_do(String name, String value, String said) {
    ConfigException refusal = project.variable(name, value).refusal();

    assertThat(refusal.problems()).hasSize(1);
    assertThat(refusal).hasMessage("variable " + name + ": " + said);
  }

  @Test
  void a_variable_for_several_keys_is_wrong_once() {
    assertThat(project.variable("OTEL_RESOURCE_ATTRIBUTES", "a=%zz").refusal())
        .hasMessage(
            "variable OTEL_RESOURCE_ATTRIBUTES: \"%zz\" is not percent-encoded; write name=value"
                + " pairs with commas between, percent-encoded");
  }

  @Test
  void a_mistyped_environment_does_not_run_with_other_settings() throws Exception {
    project.environment("production", "").environment("test", "");

    assertThat(project.variable("TASKER_ENV", "prodution").refusal())
        .hasMessage(
            "variable TASKER_ENV: there is no environment \"prodution\"; did you mean"
                + " \"production\"?");
    assertThat(ConfigProject.refusal(project.loader().environment("staging")))
        .hasMessage(
            "option environment: there is no environment \"staging\"; make"
                + " config/environments/staging/telemetry.toml or choose one of production, test");
  }

  @Test
  void an_option_must_name_a_key_and_have_a_possible_value() {
    assertThat(ConfigProject.refusal(project.loader().set("worker.thread", "4")))
        .hasMessage(
            "option worker.thread: worker.thread: there is no such key; did you mean"
                + " worker.threads?");
    assertThat(ConfigProject.refusal(project.loader().set("admin.port", "-1")))
        .hasMessage(
            "option admin.port: admin.port: -1 is out of range; write a whole number from 0 to"
                + " 65535");
  }

  @Test
  void a_file_that_is_named_must_be_there() {
    assertThat(ConfigProject.refusal(project.loader().file(Path.of("none.toml"))))
        .hasMessage("none.toml: there is no such file; name another file");
  }

  @Test
  void a_file_that_is_not_text_is_named() throws Exception {
    Files.write(folder.resolve("bytes.toml"), new byte[] {'a', (byte) 0xff, (byte) 0xfe});

    assertThat(ConfigProject.refusal(project.loader().file(Path.of("bytes.toml"))))
        .hasMessageStartingWith("bytes.toml: cannot be read: ")
        .hasMessageEndingWith("; make it a readable text in UTF-8");
  }

  @Test
  void all_that_is_wrong_is_said_at_once_each_on_its_line() throws Exception {
    project
        .base("[worker]\nthreads = 0\nthread = 1\n")
        .environment("production", "[admin]\nport = 'x'\n")
        .variable("TASKER_ENV", "production")
        .variable("TASKER_PYTHON_CONTEXT", "2")
        .variable("OTEL_SDK_DISABLED", "maybe");

    ConfigException refusal = project.refusal();

    assertThat(String.valueOf(refusal.getMessage()).lines())
        .containsExactly(
            "5 problems in the configuration:",
            "  config/base/telemetry.toml:2: worker.threads: 0 is out of range; write a whole"
                + " number from 1 to 4096",
            "  config/base/telemetry.toml:3: worker.thread: there is no such key; did you mean"
                + " worker.threads?",
            "  config/environments/production/telemetry.toml:2: admin.port: \"x\" is a text; write"
                + " a whole number from 0 to 65535",
            "  variable OTEL_SDK_DISABLED: telemetry.enabled: \"maybe\" is neither; write true or"
                + " false",
            "  variable TASKER_PYTHON_CONTEXT: matches no key; did you mean"
                + " TASKER_PYTHON_CONTEXTS?");
    assertThat(refusal.problems().get(0))
        .isEqualTo(
            new Problem(
                Origin.file(ConfigProject.BASE, 2),
                "worker.threads",
                "0 is out of range",
                "write a whole number from 1 to 4096"));
  }
}
