package io.taskerbridge.host.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskerbridge.host.orchestration.TaskRequestException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a scrape tells after tasks have run. */
class EngineMetricsTest {
  private static final String TEMPLATES =
      """
      namespace: measured
      name: good
      steps:
        - {name: first, handler: echo}
        - {name: second, handler: echo, depends_on: [first]}
      ---
      namespace: measured
      name: bad
      on_failure: error
      steps:
        - {name: only, handler: broken}
      """;

  private static TestWorker worker;
  private static String scrape;

  @BeforeAll
  static void runTasks() {
    worker =
        TestWorker.start(
            TestDatabase.fresh(),
            TEMPLATES,
            call ->
                call.handler().equals("broken")
                    ? TestWorker.failure(false)
                    : TestWorker.success("1"));
    worker.run("measured", "good", "{}");
    worker.run("measured", "bad", "{}");
    assertThatThrownBy(() -> worker.submit("measured", "god"))
        .isInstanceOf(TaskRequestException.class)
        .hasMessageContaining("did you mean good?");
    worker.engine.recordGauges();
    // the last step's submission is counted after its task is at its end
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> value(scrape(), "tasker_steps_results_submitted_total", "measured") == 3);
    scrape = scrape();
  }

  @AfterAll
  static void stopWorker() {
    worker.close();
  }

  @Test
  void every_metric_of_this_part_is_in_the_scrape() {
    assertThat(
            List.of(
                "tasker_tasks_requests_total",
                "tasker_tasks_completions_total",
                "tasker_tasks_failures_total",
                "tasker_steps_enqueued_total",
                "tasker_step_results_processed_total",
                "tasker_task_initialization_duration_milliseconds_count",
                "tasker_task_finalization_duration_milliseconds_count",
                "tasker_step_result_processing_duration_milliseconds_count",
                "tasker_steps_enqueue_duration_milliseconds_count",
                "tasker_tasks_active",
                "tasker_steps_ready",
                "tasker_steps_claimed_total",
                "tasker_steps_results_submitted_total",
                "tasker_step_claim_duration_milliseconds_count",
                "tasker_step_result_submission_duration_milliseconds_count",
                "tasker_queue_depth",
                "tasker_sql_queries_total",
                "tasker_sql_query_duration_milliseconds_count",
                "tasker_db_transaction_duration_milliseconds_count",
                "tasker_db_pool_checkouts_total",
                "tasker_db_pool_checkout_duration_milliseconds_count",
                "tasker_db_pool_connections",
                "tasker_messages_sent_total",
                "tasker_messages_received_total",
                "tasker_messages_archived_total",
                "tasker_message_latency_milliseconds_count",
                "tasker_message_send_duration_milliseconds_count",
                "tasker_message_receive_duration_milliseconds_count",
                "tasker_message_archive_duration_milliseconds_count",
                "tasker_queue_messages",
                "tasker_queue_oldest_message_age_milliseconds",
                "provider_fetch_orchestration_item_duration_ms_count",
                "provider_ack_orchestration_item_duration_ms_count",
                "provider_ack_worker_duration_ms_count",
                "provider_enqueue_orchestrator_duration_ms_count",
                "provider_dequeue_worker_duration_ms_count",
                "provider_queue_depth"))
        .allSatisfy(name -> assertThat(scrape).containsPattern("\n" + name + "[{ ]"));
  }

  @Test
  void tasks_are_counted_by_template() {
    assertThat(value("tasker_tasks_requests_total", "task_type=\"good\"")).isEqualTo(1);
    assertThat(value("tasker_tasks_requests_total", "task_type=\"refused\"")).isEqualTo(1);
    assertThat(value("tasker_tasks_completions_total", "task_type=\"good\"")).isEqualTo(1);
    assertThat(value("tasker_tasks_failures_total", "error_type=\"GatewayError\"")).isEqualTo(1);
    assertThat(value("tasker_messages_sent_total", "queue=\"worker_measured_queue\"")).isEqualTo(3);
    assertThat(value("tasker_messages_archived_total", "queue=\"worker_measured_queue\""))
        .isEqualTo(3);
    assertThat(value("tasker_step_results_processed_total", "result_type=\"success\""))
        .isEqualTo(2);
    assertThat(value("tasker_step_results_processed_total", "result_type=\"error\"")).isEqualTo(1);
    assertThat(value("tasker_tasks_active", "state=\"steps_in_process\"")).isZero();
  }

  private static double value(String name, String label) {
    return value(scrape, name, label);
  }

  private static double value(String text, String name, String label) {
    return text.lines()
        .filter(line -> line.startsWith(name + "{") && line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static String scrape() {
    return new String(worker.telemetry.scrape("text/plain").body(), StandardCharsets.UTF_8);
  }
}
