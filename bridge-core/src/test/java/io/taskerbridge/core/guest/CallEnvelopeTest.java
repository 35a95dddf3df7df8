package io.taskerbridge.core.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A call and its outcome as JSON text. */
class CallEnvelopeTest {

  @Test
  void write_carries_all_that_a_handler_is_told() throws Exception {
    UUID task = CorrelationId.next();
    UUID step = CorrelationId.next();
    Correlation correlation = new Correlation(CorrelationId.next(), null, task, step, "orders");
    StepCall call =
        new StepCall(
            "PriceOrder",
            "price",
            correlation,
            2,
            3,
            "{\"order_id\": \"A-1\"}",
            "{\"rate\": 0.2}",
            "{\"validate\": {\"valid\": true}}",
            null,
            Instant.parse("2026-01-02T03:04:05Z"));

    JsonNode json = new ObjectMapper().readTree(CallEnvelope.write(call));

    assertThat(json.get("handler").asText()).isEqualTo("PriceOrder");
    assertThat(json.get("step_name").asText()).isEqualTo("price");
    assertThat(json.get("correlation_id").asText())
        .isEqualTo(correlation.correlationId().toString());
    assertThat(json.get("parent_correlation_id").isNull()).isTrue();
    assertThat(json.get("task_uuid").asText()).isEqualTo(task.toString());
    assertThat(json.get("step_uuid").asText()).isEqualTo(step.toString());
    assertThat(json.get("namespace_name").asText()).isEqualTo("orders");
    assertThat(json.get("attempt").asInt()).isEqualTo(2);
    assertThat(json.get("max_attempts").asInt()).isEqualTo(3);
    assertThat(json.at("/input/order_id").asText()).isEqualTo("A-1");
    assertThat(json.at("/config/rate").asDouble()).isEqualTo(0.2);
    assertThat(json.at("/dependency_results/validate/valid").asBoolean()).isTrue();
    assertThat(json.get("checkpoint").isNull()).isTrue();
    assertThat(json.get("deadline").asText()).isEqualTo("2026-01-02T03:04:05Z");
  }

  @Test
  void read_success_keeps_result_and_metadata() {
    StepOutcome outcome =
        CallEnvelope.read(
            "{\"status\":\"success\",\"result\":[1,2.5,null],\"metadata\":{\"rows\":3}}");

    assertThat(outcome).isEqualTo(new StepOutcome.Success("[1,2.5,null]", "{\"rows\":3}"));
  }

  @ParameterizedTest
  @CsvSource({
    "TaskerCore::Errors::ValidationError, false",
    "tasker_core.errors.ValidationError, false",
    "TaskerCore::Errors::RetryableError, true",
    "tasker_core.errors.TimeoutError, true",
    "Net::ReadTimeout, true",
    "ValueError, true",
    "PermanentError, true"
  })
  void read_failure_is_classified_by_its_nearest_known_ancestor(String type, boolean retryable) {
    StepOutcome outcome =
        CallEnvelope.read(
            "{\"status\":\"failure\",\"error_type\":\"x\",\"message\":\"m\",\"ancestors\":[\"My::Own\",\""
                + type
                + "\",\"StandardError\"]}");

    assertThat(outcome)
        .isInstanceOfSatisfying(
            StepOutcome.Failure.class,
            failure -> assertThat(failure.retryable()).isEqualTo(retryable));
  }

  @Test
  void read_failure_what_the_handler_says_wins_over_its_type() {
    StepOutcome outcome =
        CallEnvelope.read(
            """
            {"status":"failure","error_type":"Busy","message":"try later","error_code":"E7","retryable":true,
             "retry_after":1.5,"backtrace":"orders.rb:3","ancestors":["TaskerCore::Errors::PermanentError"]}
            """);

    assertThat(outcome)
        .isInstanceOfSatisfying(
            StepOutcome.Failure.class,
            failure -> {
              assertThat(failure.retryable()).isTrue();
              assertThat(failure.retryAfter()).isEqualTo(Duration.ofMillis(1500));
              assertThat(failure.error().type()).isEqualTo("Busy");
              assertThat(failure.error().code()).isEqualTo("E7");
              assertThat(failure.error().backtrace()).isEqualTo("orders.rb:3");
            });
  }

  @ParameterizedTest
  @CsvSource({"'not json'", "'{}'", "'[]'", "'{\"status\":\"odd\"}'", "''"})
  void read_text_that_is_no_outcome_is_a_failure_that_may_be_tried_again(String text) {
    assertThat(CallEnvelope.read(text))
        .isInstanceOfSatisfying(
            StepOutcome.Failure.class,
            failure -> {
              assertThat(failure.retryable()).isTrue();
              assertThat(failure.error().type()).isEqualTo("GuestContractError");
            });
  }
}
