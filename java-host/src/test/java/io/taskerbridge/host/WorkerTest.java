package io.taskerbridge.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.config.ConfigLoader;
import io.taskerbridge.host.orchestration.StepView;
import io.taskerbridge.host.orchestration.TaskRequest;
import io.taskerbridge.host.orchestration.TaskState;
import io.taskerbridge.host.orchestration.TaskView;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole worker with a database of its own: how it starts, fails to start, and stops. */
class WorkerTest {
  private static final String TEMPLATE =
      """
      namespace: jobs
      name: one_step
      version: 1.0.0
      steps:
        - name: work
          handler: work
      """;

  @TempDir Path folder;

  @BeforeEach
  void writeTemplate() throws Exception {
    Files.writeString(
        Files.createDirectory(folder.resolve("workflows")).resolve("one.yaml"), TEMPLATE);
  }

  private BridgeConfig config(int port) {
    return ConfigLoader.in(folder)
        .set("worker.templates", folder.resolve("workflows").toString())
        .set("worker.shutdown_timeout_seconds", "1")
        .set("worker.poll_interval_ms", "100")
        .set("database.directory", folder.resolve("postgres").toString())
        .set("logging.console", "false")
        .set("admin.port", Integer.toString(port))
        .load()
        .config();
  }

  @Test
  void close_stops_a_late_step_and_another_worker_runs_it_without_a_lost_attempt() {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    UUID id;
    try (Worker first =
        Worker.builder(config(0))
            .handler(
                "work",
                call -> {
                  entered.countDown();
                  never.await();
                  return "{}";
                })
            .start()) {
      id =
          first
              .tasks()
              .submit(new TaskRequest("jobs", "one_step", null, "{}", null, null))
              .taskUuid();
      await().until(() -> entered.getCount() == 0);
    }

    AtomicInteger calls = new AtomicInteger();
    try (Worker second =
        Worker.builder(config(0))
            .handler("work", call -> Integer.toString(calls.incrementAndGet()))
            .start()) {
      TaskView task =
          await()
              .atMost(Duration.ofSeconds(30))
              .until(
                  () -> second.tasks().find(id).orElseThrow(),
                  found -> found.state() == TaskState.COMPLETE);

      assertThat(task.steps())
          .singleElement()
          .extracting(StepView::attempts, StepView::resultJson)
          .containsExactly(1, "1");
      assertThat(calls).hasValue(1);
    }
  }

  @Test
  void start_on_a_taken_port_names_it_and_leaves_nothing_running() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> Worker.builder(config(taken.getLocalPort())).start())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("port " + taken.getLocalPort())
          .hasMessageContaining("TASKER_ADMIN_PORT");
    }
    try (Worker next = Worker.builder(config(0)).handler("work", call -> "{}").start()) {
      assertThat(next.adminAddress()).isNotNull();
      assertThat(next.templateProblems()).isEmpty();
    }
  }
}
