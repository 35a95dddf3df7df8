package io.taskerbridge.ruby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.core.handler.HandlerInfo;
import io.taskerbridge.core.handler.HandlerProblem;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What handlers return, how they fail, and which files are handlers at all. */
final class OutcomesTest {

  private static StepOutcome run(String what) {
    return SharedRuby.call("Outcomes", "{\"what\":\"" + what + "\"}");
  }

  private static StepOutcome.Failure failure(String what) {
    return SharedRuby.failure(run(what));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nothing | {}",
        "scalar  | 5",
        "hash    | {\"a\":[1,null,2.5],\"b\":\"sym\",\"point\":{\"x\":1,\"y\":2}}",
      })
  void a_value_becomes_the_result(String what, String json) {
    assertThat(run(what)).isEqualTo(new StepOutcome.Success(json, "{}"));
  }

  @Test
  void results_of_the_base_class_are_understood() {
    assertThat(run("metadata")).isEqualTo(new StepOutcome.Success("[1]", "{\"took\":3}"));
    assertThat(run("checkpoint"))
        .isEqualTo(
            new StepOutcome.Checkpoint(
                "{\"cursor\":{\"page\":2},\"items_processed\":10,\"accumulated_results\":[1]}"));
    StepOutcome.Failure failure = failure("failure");
    assertThat(failure.error().type()).isEqualTo("OutOfStock");
    assertThat(failure.error().code()).isEqualTo("E7");
    assertThat(failure.retryable()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "proc, result.list[1].job, give the class to_h",
    "nan, result.ratio, return nil or a string",
    "cyclic, result.self, contains itself",
    "bytes, result.raw, Base64",
  })
  void a_result_that_is_no_json_fails_for_good(String what, String path, String remedy) {
    StepOutcome.Failure failure = failure(what);
    assertThat(failure.error().type()).isEqualTo("TaskerCore::Errors::SerializationError");
    assertThat(failure.error().message()).contains("handler Outcomes", "outcomes.rb", path, remedy);
    assertThat(failure.retryable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"wait_infinity", "wait_nan", "wait_text", "wait_complex"})
  void a_wait_that_is_no_finite_number_is_the_steps_own_backoff(String what) {
    StepOutcome.Failure failure = failure(what);
    assertThat(failure.error().type()).isEqualTo("TaskerCore::Errors::RateLimitError");
    assertThat(failure.error().message()).isEqualTo("slow");
    assertThat(failure.retryAfter()).isNull();
    assertThat(failure.metadataJson()).isEqualTo("{\"limit\":5}");
  }

  @Test
  void what_is_no_json_in_an_errors_context_does_not_hide_the_error() {
    StepOutcome.Failure failure = failure("odd_context");
    assertThat(failure.error().type()).isEqualTo("TaskerCore::Errors::PermanentError");
    assertThat(failure.error().message()).isEqualTo("still told \ufffd");
    assertThat(failure.error().code()).isEqualTo("\ufffd");
    assertThat(failure.metadataJson())
        .isEqualTo(
            "{\"ok\":1,\"ratio\":\"NaN\",\"job\":\"<unserializable: Proc>\","
                + "\"raw\":\"<unserializable: String>\",\"self\":\"<unserializable: Hash>\"}");
  }

  @Test
  void what_is_no_json_in_a_failures_metadata_does_not_hide_the_failure() {
    StepOutcome.Failure failure = failure("odd_metadata");
    assertThat(failure.error().type()).isEqualTo("Odd");
    assertThat(failure.error().message()).isEqualTo("no\ufffd");
    assertThat(failure.metadataJson()).isEqualTo("{\"ratio\":\"NaN\",\"ok\":1}");
  }

  @Test
  void an_exception_is_told_with_file_and_line() {
    StepOutcome.Failure failure = failure("raise");
    assertThat(failure.error().type()).isEqualTo("ArgumentError");
    assertThat(failure.error().message()).isEqualTo("wrong input");
    assertThat(failure.error().backtrace())
        .contains(SharedRuby.handler("outcomes.rb") + ":19:in")
        .doesNotContain(".java:", "tasker_core_gem");
    assertThat(failure.retryable()).isTrue();
  }

  @Test
  void the_authors_error_classes_decide_about_another_attempt() {
    StepOutcome.Failure validation = failure("validation");
    assertThat(validation.retryable()).isFalse();
    assertThat(validation.error().code()).isEqualTo("V1");
    StepOutcome.Failure rateLimit = failure("retry");
    assertThat(rateLimit.retryable()).isTrue();
    assertThat(rateLimit.retryAfter()).isEqualTo(Duration.ofMillis(2500));
    assertThat(rateLimit.metadataJson()).isEqualTo("{\"limit\":5}");
    StepOutcome.Failure caused = failure("cause");
    assertThat(caused.retryable()).isFalse();
    assertThat(caused.error().backtrace())
        .contains("PermanentError: no number", "caused by ArgumentError");
  }

  @ParameterizedTest
  @CsvSource({
    "exit, SystemExit",
    "kill, ThreadKill",
    "recursion, SystemStackError",
    "throw, UncaughtThrowError",
  })
  void whatever_ends_a_handler_fails_its_step_only(String what, String type) {
    assertThat(failure(what).error().type()).isEqualTo(type);
    assertThat(run("scalar")).isInstanceOf(StepOutcome.Success.class);
  }

  @Test
  void a_message_that_fails_is_marked() {
    assertThat(failure("bad_message").error().message()).startsWith("<unserializable");
  }

  @Test
  void the_context_tells_all_of_the_call() {
    Correlation correlation =
        new Correlation(
            CorrelationId.next(),
            CorrelationId.next(),
            CorrelationId.next(),
            CorrelationId.next(),
            "shop");
    StepCall call =
        new StepCall(
            "Outcomes",
            "facts",
            correlation,
            2,
            2,
            "{\"what\":\"context\"}",
            "{\"limit\":5}",
            "{\"first\":{\"items\":[{\"id\":1},{\"id\":2}]}}",
            "{\"cursor\":9}",
            Instant.parse("2030-01-01T00:00:00Z"));
    assertThat(SharedRuby.result(SharedRuby.call(call)))
        .isEqualTo(
            "{\"handler\":\"Outcomes\",\"step\":\"facts\",\"attempt\":2,\"retries\":[1,2],"
                + "\"is\":[true,true],\"input\":[\"context\",1],\"config\":5,"
                + "\"result\":{\"items\":[{\"id\":1},{\"id\":2}]},\"field\":2,\"missing\":null,"
                + "\"checkpoint\":9,\"deadline\":\"2030-01-01T00:00:00Z\",\"namespace\":\"shop\","
                + "\"ids\":[\""
                + correlation.taskUuid()
                + "\",\""
                + correlation.stepUuid()
                + "\",\""
                + correlation.parentCorrelationId()
                + "\"],\"own\":\"facts\"}");
  }

  @Test
  void perform_and_blocks_are_handlers_too() {
    Correlation correlation = SharedRuby.correlation();
    assertThat(SharedRuby.result(SharedRuby.call(StepCall.of("Performer", correlation, "{}"))))
        .isEqualTo(
            "{\"correlation_id\":\""
                + correlation.correlationId()
                + "\",\"task_uuid\":null,\"step_uuid\":null}");
    StepCall priced =
        new StepCall(
            "price_order",
            "price",
            correlation,
            1,
            1,
            "{\"region\":\"eu\"}",
            "{}",
            "{\"validate_order\":{\"lines\":3}}",
            null,
            null);
    assertThat(SharedRuby.result(SharedRuby.call(priced)))
        .isEqualTo("{\"lines\":3,\"region\":\"eu\",\"id\":36}");
  }

  @Test
  void handlers_are_listed_with_their_files() {
    assertThat(SharedRuby.RUNTIME.handlers())
        .extracting(HandlerInfo::name)
        .containsExactly(
            "Outcomes",
            "Performer",
            "Spans",
            "Stubborn",
            "ValidateOrder",
            "orders.renamed",
            "price_order",
            "ship_order");
    assertThat(SharedRuby.RUNTIME.handlers().get(0))
        .isEqualTo(
            new HandlerInfo("Outcomes", "ruby", SharedRuby.handler("outcomes.rb").toString()));
  }

  @Test
  void a_file_that_does_not_load_is_told_with_its_line() {
    List<HandlerProblem> problems = SharedRuby.RUNTIME.problems();
    assertThat(problems).hasSize(5);
    assertThat(problem("does_not_parse.rb").line()).isEqualTo(5);
    assertThat(problem("does_not_parse.rb").message()).contains("SyntaxError", "syntax error");
    assertThat(problem("raises.rb").line()).isEqualTo(7);
    assertThat(problem("raises.rb").message()).isEqualTo("RuntimeError: cannot load");
    assertThat(problem("needs_gem.rb").message()).contains("LoadError", "no_such_gem");
    assertThat(problem("taken.rb").message()).contains("price_order", "outcomes.rb");
    assertThat(problem("absent").message()).contains("no such folder");
  }

  private static HandlerProblem problem(String file) {
    return SharedRuby.RUNTIME.problems().stream()
        .filter(problem -> problem.source().endsWith(file))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void an_unknown_handler_is_refused() {
    assertThatThrownBy(() -> SharedRuby.call("NoSuch"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NoSuch")
        .hasMessageContaining("Outcomes");
  }
}
