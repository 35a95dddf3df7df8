package io.taskerbridge.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How calls end. */
final class OutcomeTest {
  private final PythonWorld world = PythonWorld.get();

  @BeforeEach
  void clear() {
    world.clear();
  }

  @Test
  void a_handler_is_told_all_of_its_step() {
    StepCall step =
        new StepCall(
            "echo",
            "third_step",
            PythonWorld.correlation(),
            2,
            3,
            "{\"order\": {\"id\": 17, \"text\": \"ä€😀\"}}",
            "{\"rate\": 0.5}",
            "{\"before\": {\"list\": [1, 2], \"total\": 9}}",
            "{\"cursor\": 40}",
            Instant.parse("2099-01-02T03:04:05.123456789Z"));
    assertThat(success(world.call(step)))
        .contains("\"input\":{\"order\":{\"id\":17,\"text\":\"ä€😀\"}}")
        .contains("\"config\":0.5")
        .contains("\"dependency\":{\"list\":[1,2],\"total\":9}")
        .contains("\"field\":2")
        .contains("\"attempt\":2,\"retry_count\":1,\"max_retries\":2")
        .contains("\"is_retry\":true,\"is_last_retry\":false")
        .contains("\"step_name\":\"third_step\",\"namespace\":\"orders\"")
        .contains(String.valueOf(step.correlation().stepUuid()))
        .contains("\"checkpoint\":40")
        .contains("\"deadline\":\"2099-01-02T03:04:05.123456+00:00\"");
  }

  @Test
  void a_function_handler_gets_dependencies_and_inputs_by_keyword() {
    StepCall step =
        new StepCall(
            "ship",
            "ship_it",
            PythonWorld.correlation(),
            1,
            1,
            "{\"order_id\": 17}",
            "{}",
            "{\"before\": {\"list\": [1, 2], \"total\": 9}}",
            null,
            null);
    assertThat(success(world.call(step))).isEqualTo("[9,1,17,\"ship_it\"]");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {"none|{}", "scalar|4.5", "text|\"ä€😀\"", "list|[1,[2,3]]", "success|{\"a\":1}"})
  void values_are_results(String what, String json) {
    assertThat(success(returned(what))).isEqualTo(json);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "set|result['ids'] is a set; return a list, for example sorted(...)",
        "nan|result[0] is nan; return None instead",
        "cycle|result['self'][0] is a dict that contains itself; break the cycle",
        "object|result['a'][0]['b'] is a object; return dicts with text keys, lists, text, numbers,"
            + " booleans and None",
        "bytes|result is a bytes; return text, for example .decode() or base64",
        "lone|result is text with a lone surrogate; decode bytes with errors='replace'",
        "key|a key of result is a tuple; use text keys"
      })
  void what_is_no_json_is_a_permanent_failure_that_names_the_place(String what, String told) {
    StepOutcome.Failure failure = (StepOutcome.Failure) returned(what);
    assertThat(failure.error().type()).isEqualTo("SerializationError");
    assertThat(failure.error().message()).isEqualTo("handler ReturnValue: " + told);
    assertThat(failure.retryable()).isFalse();
  }

  @Test
  void a_handler_may_say_itself_how_it_ended() {
    StepOutcome.Failure failure = (StepOutcome.Failure) returned("failure");
    assertThat(failure.error().type()).isEqualTo("Declined");
    assertThat(failure.error().message()).isEqualTo("no");
    assertThat(failure.error().code()).isEqualTo("E7");
    assertThat(failure.retryable()).isTrue();
    assertThat(((StepOutcome.Success) returned("success")).metadataJson()).isEqualTo("{\"m\":2}");
    assertThat(((StepOutcome.Checkpoint) returned("checkpoint")).checkpointJson())
        .isEqualTo(
            "{\"cursor\":{\"page\":3},\"items_processed\":30,\"accumulated_results\":{\"sum\":5}}");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "permanent|ValidationError|bad order|false",
        "subclass|OutOfStock|none left|false",
        "retry_after|RateLimitError|slow down|true",
        "chained|RuntimeError|wrapped|true",
        "exit|SystemExit|3|true",
        "interrupt|KeyboardInterrupt|''|true",
        "unprintable|Unprintable|<unserializable: Unprintable>|true",
        "other|ValueError|lone ? text|true"
      })
  void an_exception_is_a_failure_with_its_class_and_place(
      String what, String type, String message, boolean retryable) {
    StepOutcome.Failure failure = raised(what);
    assertThat(failure.error().type()).isEqualTo(type);
    assertThat(failure.error().message()).isEqualTo(message);
    assertThat(failure.retryable()).isEqualTo(retryable);
    assertThat(failure.error().backtrace())
        .contains("outcome_handlers.py\", line ")
        .doesNotContain("_dispatch.py");
  }

  @Test
  void an_exception_says_what_its_raiser_said() {
    assertThat(raised("permanent").error().code()).isEqualTo("E1");
    assertThat(raised("permanent").metadataJson()).isEqualTo("{\"field\":\"id\"}");
    assertThat(raised("retry_after").retryAfter()).isEqualTo(Duration.ofMillis(2500));
    assertThat(raised("chained").error().backtrace()).contains("KeyError: 'x'");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "metadata|2|{}",
        "timedelta|90|{\"a\":1}",
        "infinite||{}",
        "huge||{}",
        "retryable||{}"
      })
  void a_retryable_error_stays_so_whatever_else_it_carries(
      String what, @Nullable Long seconds, String metadata) {
    StepOutcome.Failure failure = raised(what);
    assertThat(failure.error().type()).isEqualTo("RetryableError");
    assertThat(failure.error().message()).isEqualTo("odd");
    assertThat(failure.retryable()).isTrue();
    assertThat(failure.retryAfter())
        .isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds));
    assertThat(failure.metadataJson()).isEqualTo(metadata);
  }

  @Test
  void runaway_recursion_fails_the_one_call() {
    assertThat(raised("recursion").error().type()).isEqualTo("RecursionError");
    assertThat(success(world.call("Slots"))).isEqualTo("{\"seen\":1}");
  }

  @Test
  void leaving_python_in_good_order_is_a_success() {
    assertThat(success(world.call("Raise", "{\"what\": \"exit0\"}"))).isEqualTo("{}");
  }

  @Test
  void leaving_python_by_force_costs_the_context_and_no_more() {
    assertThat(raised("os_exit").error().type()).isEqualTo("SystemExit");
    world.awaitAllContexts();
    assertThat(success(world.call("Slots"))).isEqualTo("{\"seen\":1}");
  }

  @Test
  void each_call_has_an_instance_of_its_own() {
    for (int i = 0; i < 2 * PythonWorld.CONTEXTS; i++) {
      assertThat(success(world.call("Slots"))).isEqualTo("{\"seen\":1}");
    }
  }

  @Test
  void a_handler_that_is_not_there_is_refused_with_the_names_that_are() {
    assertThatThrownBy(
            () -> world.runtime.call(PythonWorld.step("Nobody", "{}"), new Cancellation()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Nobody")
        .hasMessageContaining("echo");
  }

  private StepOutcome returned(String what) {
    return world.call("ReturnValue", "{\"what\": \"" + what + "\"}");
  }

  private StepOutcome.Failure raised(String what) {
    return (StepOutcome.Failure) world.call("Raise", "{\"what\": \"" + what + "\"}");
  }

  private static String success(StepOutcome outcome) {
    assertThat(outcome).isInstanceOf(StepOutcome.Success.class);
    return ((StepOutcome.Success) outcome).resultJson();
  }
}
