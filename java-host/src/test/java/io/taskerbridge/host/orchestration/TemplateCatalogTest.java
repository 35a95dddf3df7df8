package io.taskerbridge.host.orchestration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a template file says, what is refused and where. */
class TemplateCatalogTest {
  private static final int LIMIT = 1000;
  private static final String GOOD =
      """
      namespace: shop
      name: orders
      version: 1.10
      description: Orders
      on_failure: error
      steps:
        - name: first
          handler: known
          retry: {max_attempts: 5, backoff_ms: 200, max_backoff_ms: 1000, jitter: 0.5}
          timeout_seconds: 2.5
          config: {limit: 3, rate: 0.5, on: true, none: null, list: [a, 1], nested: {b: c}}
        - name: second
          handler: known
          depends_on: [first]
      """;

  @TempDir Path folder;

  @Test
  void template_is_read_with_all_it_says() throws IOException {
    TaskTemplate template = load(GOOD).templates().getFirst();

    assertThat(template.id()).isEqualTo("shop/orders/1.10");
    assertThat(template.onFailure()).isEqualTo(TaskTemplate.OnFailure.ERROR);
    StepTemplate first = template.steps().getFirst();
    assertThat(first.retry())
        .isEqualTo(new RetryPolicy(5, Duration.ofMillis(200), Duration.ofSeconds(1), 0.5));
    assertThat(first.timeout()).isEqualTo(Duration.ofMillis(2500));
    assertThat(first.configJson())
        .isEqualTo(
            "{\"limit\":3,\"rate\":0.5,\"on\":true,\"none\":null,\"list\":[\"a\",1],"
                + "\"nested\":{\"b\":\"c\"}}");
    StepTemplate second = template.steps().getLast();
    assertThat(second.dependsOn()).containsExactly("first");
    assertThat(second.retry()).isEqualTo(RetryPolicy.DEFAULT);
    assertThat(second.timeout()).isNull();
    assertThat(second.configJson()).isEqualTo("{}");
  }

  static List<Arguments> bad() {
    String head = "namespace: shop\nname: orders\n";
    String step = "steps:\n  - name: a\n    handler: known\n";
    return List.of(
        Arguments.of(
            "cycle",
            head + step + "    depends_on: [b]\n  - {name: b, handler: known, depends_on: [a]}\n",
            6,
            "these steps depend on each other in a cycle: a, b"),
        Arguments.of(
            "step on itself",
            head + step + "    depends_on: [a]\n",
            6,
            "these steps depend on each other in a cycle: a"),
        Arguments.of(
            "NUL in a value",
            head + step + "    config:\n      text: \"a\\0b\"\n",
            7,
            "text must not hold a NUL character"),
        Arguments.of(
            "NUL in a key",
            head + step + "    config:\n      \"a\\0b\": 1\n",
            7,
            "text must not hold a NUL character"),
        Arguments.of(
            "unknown dependency",
            head + step + "  - name: bee\n    handler: known\n    depends_on: [aa]\n",
            8,
            "step bee depends on \"aa\", which is no step of this template; did you mean a?"),
        Arguments.of(
            "step twice",
            head + step + "  - name: a\n    handler: known\n",
            6,
            "step a is there twice, first in line 4"),
        Arguments.of(
            "unknown handler",
            head + "steps:\n  - name: a\n    handler: nobody\n",
            5,
            "step a wants the handler \"nobody\", which no handler file defines"),
        Arguments.of(
            "unknown field",
            head + "onfailure: error\n" + step,
            3,
            "the template has no field \"onfailure\"; did you mean on_failure?"),
        Arguments.of(
            "unknown field of a step",
            head + step + "    dependson: [b]\n",
            6,
            "a step has no field \"dependson\"; did you mean depends_on?"),
        Arguments.of(
            "unknown field of retry",
            head + step + "    retry: {max_attempt: 3}\n",
            6,
            "retry has no field \"max_attempt\"; did you mean max_attempts?"),
        Arguments.of("no steps", head, 1, "the template has no steps"),
        Arguments.of("empty steps", head + "steps: []\n", 3, "the template has no steps"),
        Arguments.of(
            "steps of the wrong type",
            head + "steps: many\n",
            3,
            "steps of the template must be a list"),
        Arguments.of(
            "step of the wrong type",
            head + "steps: [a]\n",
            3,
            "a step must be a mapping of fields to values"),
        Arguments.of(
            "attempts of the wrong type",
            head + step + "    retry: {max_attempts: three}\n",
            6,
            "max_attempts of retry must be a number"),
        Arguments.of(
            "fraction of an attempt",
            head + step + "    retry: {max_attempts: 2.5}\n",
            6,
            "max_attempts of retry must be a whole number"),
        Arguments.of(
            "no attempt",
            head + step + "    retry: {max_attempts: 0}\n",
            6,
            "max_attempts of retry must be from 1 to 100, not 0"),
        Arguments.of(
            "jitter out of range",
            head + step + "    retry: {jitter: 1.5}\n",
            6,
            "jitter of retry must be from 0 to 1, not 1.5"),
        Arguments.of(
            "negative timeout",
            head + step + "    timeout_seconds: -1\n",
            6,
            "timeout_seconds of a step must be from 0.001 to 604800, not -1"),
        Arguments.of(
            "config of the wrong type",
            head + step + "    config: 3\n",
            6,
            "config of a step must be a mapping"),
        Arguments.of(
            "name of the wrong type",
            "namespace: shop\nname: [a]\n" + step,
            2,
            "name of the template must be text"),
        Arguments.of("no name", "namespace: shop\n" + step, 1, "the template needs a name"),
        Arguments.of(
            "name with a space",
            "namespace: shop\nname: my orders\n" + step,
            2,
            "name \"my orders\" must be letters, digits, dots, dashes and underscores, 100 at most"),
        Arguments.of(
            "on_failure unknown",
            head + "on_failure: stop\n" + step,
            3,
            "on_failure must be blocked or error, not \"stop\""),
        Arguments.of(
            "field twice",
            head + "name: again\n" + step,
            3,
            "the template has the field name twice"),
        Arguments.of("no YAML", "namespace: [shop\nname: x\n", 2, "this is no YAML"),
        Arguments.of(
            "a list", "- a\n- b\n", 1, "the template must be a mapping of fields to values"),
        Arguments.of("an empty file", "", 1, "the file is empty"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void bad_template_is_refused_with_file_and_line(
      String name, String yaml, int line, String message) throws IOException {
    Files.writeString(folder.resolve("good.yaml"), GOOD);

    TemplateCatalog catalog = load(yaml);

    assertThat(catalog.templates()).as(name).hasSize(1);
    assertThat(catalog.problems()).hasSize(1);
    assertThat(catalog.problems().getFirst().toString())
        .startsWith(folder.resolve("template.yaml") + ":" + line + ": " + message);
  }

  @Test
  void same_template_in_two_files_is_refused() throws IOException {
    Files.writeString(folder.resolve("a.yaml"), GOOD);

    TemplateCatalog catalog = load(GOOD);

    assertThat(catalog.templates()).hasSize(1);
    assertThat(catalog.problems().getFirst().message())
        .isEqualTo("shop/orders/1.10 is already defined by " + folder.resolve("a.yaml"));
  }

  @Test
  void missing_folder_is_a_problem() {
    TemplateCatalog catalog =
        TemplateCatalog.load(List.of(folder.resolve("nowhere")), handler -> true);

    assertThat(catalog.problems().getFirst().message())
        .isEqualTo("there is no such template folder");
  }

  @Test
  void newest_version_is_found_by_number() throws IOException {
    Files.writeString(folder.resolve("a.yaml"), GOOD.replace("1.10", "1.9"));

    assertThat(load(GOOD).find("shop", "orders", null))
        .get()
        .extracting(TaskTemplate::version)
        .isEqualTo("1.10");
  }

  static List<Arguments> badRequests() {
    return List.of(
        Arguments.of(
            "shop",
            "orderz",
            null,
            "{}",
            "name",
            "there is no template \"orderz\" in the namespace shop; did you mean orders?"),
        Arguments.of(
            "shopp",
            "orders",
            null,
            "{}",
            "namespace",
            "there is no template in the namespace \"shopp\"; did you mean shop?"),
        Arguments.of(
            "shop",
            "orders",
            "2.0",
            "{}",
            "version",
            "there is no version \"2.0\" of shop/orders; there is 1.10"),
        Arguments.of(
            "shop",
            "orders",
            null,
            "[1]",
            "context",
            "the context must be a JSON object, such as {\"order_id\": 1}"),
        Arguments.of(
            "shop",
            "orders",
            null,
            "null",
            "context",
            "the context must be a JSON object, such as {\"order_id\": 1}"),
        Arguments.of(
            "shop",
            "orders",
            null,
            "",
            "context",
            "the context must be a JSON object, such as {\"order_id\": 1}"),
        Arguments.of("shop", "orders", null, "{\"a\":", "context", "the context is no JSON"),
        Arguments.of("shop", "orders", null, "{} {}", "context", "the context is no JSON"),
        Arguments.of(
            "shop", "orders", null, "{\"a\":1,\"a\":2}", "context", "the context is no JSON"),
        Arguments.of(
            "shop",
            "orders",
            null,
            "{\"a\":\"" + "x".repeat(LIMIT) + "\"}",
            "context",
            "the context has 1008 bytes; 1000 are the most that is taken"),
        Arguments.of(
            "shop",
            "orders",
            null,
            "{\"a\":\"\0\"}",
            "context",
            "context must not hold a NUL character"),
        Arguments.of("shop", "or\0ders", null, "{}", "name", "name must not hold a NUL character"));
  }

  @ParameterizedTest
  @MethodSource("badRequests")
  void bad_request_is_refused_with_its_field(
      String namespace, String name, String version, String context, String field, String message)
      throws IOException {
    TemplateCatalog catalog = load(GOOD);
    var request = new TaskRequest(namespace, name, version, context, null, null);

    assertThatThrownBy(() -> catalog.resolve(request, LIMIT))
        .isInstanceOfSatisfying(
            TaskRequestException.class, e -> assertThat(e.field()).isEqualTo(field))
        .hasMessageStartingWith(message);
  }

  @Test
  void backoff_doubles_up_to_its_limit_and_jitter_takes_some_off() {
    var policy = new RetryPolicy(9, Duration.ofMillis(100), Duration.ofMillis(350), 0.5);

    assertThat(List.of(1, 2, 3, 60))
        .map(attempt -> policy.delayAfter(attempt, () -> 0L).toMillis())
        .containsExactly(100L, 200L, 350L, 350L);
    assertThat(policy.delayAfter(1, () -> -1L).toMillis()).isBetween(50L, 51L);
  }

  private TemplateCatalog load(String yaml) throws IOException {
    Files.writeString(folder.resolve("template.yaml"), yaml);
    return TemplateCatalog.load(List.of(folder), "known"::equals);
  }
}
