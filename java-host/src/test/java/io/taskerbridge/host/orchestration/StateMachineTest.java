package io.taskerbridge.host.orchestration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The edges between states, and the errors off them. */
class StateMachineTest {

  @ParameterizedTest
  @CsvSource({
    "PENDING, INITIALIZING",
    "INITIALIZING, ENQUEUING_STEPS",
    "INITIALIZING, COMPLETE",
    "ENQUEUING_STEPS, STEPS_IN_PROCESS",
    "STEPS_IN_PROCESS, EVALUATING_RESULTS",
    "STEPS_IN_PROCESS, WAITING_FOR_RETRY",
    "EVALUATING_RESULTS, COMPLETE",
    "EVALUATING_RESULTS, BLOCKED_BY_FAILURES",
    "WAITING_FOR_DEPENDENCIES, EVALUATING_RESULTS",
    "WAITING_FOR_RETRY, ENQUEUING_STEPS",
    "BLOCKED_BY_FAILURES, ERROR",
    "ERROR, PENDING",
    "COMPLETE, RESOLVED_MANUALLY",
    "WAITING_FOR_RETRY, CANCELLED"
  })
  void task_goes_along_a_legal_edge(TaskState from, TaskState to) {
    assertThat(from.become(to)).isEqualTo(to);
  }

  @ParameterizedTest
  @CsvSource({
    "COMPLETE, PENDING, a task cannot go from complete to pending",
    "PENDING, COMPLETE, a task cannot go from pending to complete",
    "EVALUATING_RESULTS, ERROR, a task cannot go from evaluating_results to error",
    "CANCELLED, CANCELLED, a task cannot go from cancelled to cancelled"
  })
  void task_off_the_edges_is_an_error_that_names_both(
      TaskState from, TaskState to, String message) {
    assertThatThrownBy(() -> from.become(to))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({
    "PENDING, ENQUEUED",
    "ENQUEUED, IN_PROGRESS",
    "IN_PROGRESS, ENQUEUED_FOR_ORCHESTRATION",
    "IN_PROGRESS, WAITING_FOR_RETRY",
    "ENQUEUED_FOR_ORCHESTRATION, COMPLETE",
    "ENQUEUED_AS_ERROR_FOR_ORCHESTRATION, WAITING_FOR_RETRY",
    "WAITING_FOR_RETRY, PENDING",
    "ERROR, PENDING",
    "ERROR, RESOLVED_MANUALLY"
  })
  void step_goes_along_a_legal_edge(StepState from, StepState to) {
    assertThat(from.become(to)).isEqualTo(to);
  }

  @ParameterizedTest
  @CsvSource({
    "COMPLETE, IN_PROGRESS, a step cannot go from complete to in_progress",
    "PENDING, ENQUEUED_FOR_ORCHESTRATION, a step cannot go from pending to"
        + " enqueued_for_orchestration",
    "WAITING_FOR_RETRY, IN_PROGRESS, a step cannot go from waiting_for_retry to in_progress"
  })
  void step_off_the_edges_is_an_error_that_names_both(
      StepState from, StepState to, String message) {
    assertThatThrownBy(() -> from.become(to))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(message);
  }

  @Test
  void only_these_satisfy_those_that_depend() {
    List<StepState> satisfying =
        Arrays.stream(StepState.values()).filter(StepState::satisfiesDependents).toList();
    assertThat(satisfying).containsExactly(StepState.COMPLETE, StepState.RESOLVED_MANUALLY);
  }
}
