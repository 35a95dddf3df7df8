package io.taskerbridge.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the host says about its process. */
final class ProcessTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final ByteArrayOutputStream console = new ByteArrayOutputStream();
  private final Telemetry telemetry =
      Telemetry.builder(Configs.defaults()).console(console).start();
  private final Thread.UncaughtExceptionHandler before =
      Thread.getDefaultUncaughtExceptionHandler();

  @AfterEach
  void restore() {
    telemetry.close();
    Thread.setDefaultUncaughtExceptionHandler(before);
  }

  @Test
  void memory_files_and_disk_have_plausible_values() {
    PrometheusText text = scrape();

    assertThat(text.value("proc_memory_rss_mb")).isBetween(10.0, 100_000.0);
    assertThat(text.value("proc_open_fds")).isBetween(3.0, 1e6);
    assertThat(text.value("scratch_disk_used_pct")).isBetween(0.0, 100.0);
  }

  @Test
  void the_lag_of_an_executor_that_is_busy_shows() {
    Queue<Runnable> notStarted = new ConcurrentLinkedQueue<>();
    telemetry.watch(notStarted::add);
    await().atMost(LONG).until(() -> !notStarted.isEmpty());
    double counted = lagCount();
    long busySince = System.nanoTime();
    await().atMost(LONG).until(() -> System.nanoTime() - busySince > 100_000_000);

    assertThat(notStarted).as("no second tick before the first is begun").hasSize(1);
    notStarted.forEach(Runnable::run);

    assertThat(lagCount()).isEqualTo(counted + 1);
    assertThat(scrape().value("event_loop_lag_ms_sum")).isGreaterThan(100);
  }

  private double lagCount() {
    return scrape().samples("event_loop_lag_ms_count").stream()
        .mapToDouble(PrometheusText.Sample::value)
        .sum();
  }

  @Test
  void a_panic_is_counted_logged_and_handed_on() throws InterruptedException {
    List<Throwable> handedOn = new ArrayList<>();
    Thread.UncaughtExceptionHandler own = (thread, error) -> handedOn.add(error);
    Thread.setDefaultUncaughtExceptionHandler(own);
    telemetry.catchPanics();
    telemetry.catchPanics();

    IllegalStateException panic = new IllegalStateException("all is lost");
    Thread doomed =
        Thread.ofPlatform()
            .name("doomed")
            .start(
                () -> {
                  throw panic;
                });
    doomed.join();

    assertThat(handedOn).containsExactly(panic);
    assertThat(scrape().value("panics_total")).isEqualTo(1);
    assertThat(console.toString(StandardCharsets.UTF_8))
        .contains(
            "uncaught exception on the thread doomed", "IllegalStateException", "all is lost");

    telemetry.close();
    assertThat(Thread.getDefaultUncaughtExceptionHandler()).isSameAs(own);
  }

  @Test
  void another_handler_put_in_place_later_stays() {
    telemetry.catchPanics();
    Thread.UncaughtExceptionHandler later = (thread, error) -> {};
    Thread.setDefaultUncaughtExceptionHandler(later);

    telemetry.close();

    assertThat(Thread.getDefaultUncaughtExceptionHandler()).isSameAs(later);
  }

  private PrometheusText scrape() {
    return PrometheusText.parse(telemetry.scrape(null));
  }
}
