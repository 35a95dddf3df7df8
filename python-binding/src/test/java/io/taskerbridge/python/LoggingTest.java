package io.taskerbridge.python;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.log.JsonText;
import io.taskerbridge.core.log.LogEntry;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Log records and metrics of Python handlers as the host gets them. */
final class LoggingTest {
  private final PythonWorld world = PythonWorld.get();

  @BeforeEach
  void clear() {
    world.clear();
  }

  @Test
  void records_carry_their_fields_and_the_calls_identity() {
    StepCall step = PythonWorld.step("Logs", "{}");
    world.call(step);
    LogEntry entry = world.log.withMessage("priced");
    assertThat(entry.level()).isEqualTo(LogLevel.INFO);
    assertThat(entry.component()).isEqualTo("python_handler");
    assertThat(entry.logger()).isEqualTo("Logs");
    assertThat(entry.correlation()).isEqualTo(step.correlation());
    assertThat(entry.span().getSpanId()).isEqualTo(world.span("handler_execution").getSpanId());
    assertThat(entry.fields().get("total")).isEqualTo(12.5);
    assertThat(entry.fields().get("count")).isEqualTo(3L);
    assertThat(entry.fields().get("ok")).isEqualTo(true);
    assertThat(entry.fields().get("nothing")).isEqualTo(new JsonText("null"));
    assertThat(entry.fields().get("lines")).isEqualTo(new JsonText("[1, {\"a\": 2}]"));
    assertThat(world.log.withMessage("odd").level()).isEqualTo(LogLevel.WARN);
    assertThat(error(world.log.withMessage("failed")).type()).isEqualTo("ValueError");
    assertThat(world.log.withMessage("unknown level").level()).isEqualTo(LogLevel.INFO);
    assertThat(world.log.entries()).noneMatch(other -> other.message().equals("not enabled"));
  }

  @Test
  void the_standard_logging_module_ends_in_the_hosts_log() {
    world.call("StandardLogging");
    LogEntry order = world.log.withMessage("order 17");
    assertThat(order.logger()).isEqualTo("shop.orders");
    assertThat(order.fields().get("order_id")).isEqualTo(17L);
    assertThat(String.valueOf(order.fields().get("code.file.path"))).endsWith("log_handlers.py");
    assertThat(world.log.withMessage("detail").level()).isEqualTo(LogLevel.DEBUG);
    LogEntry save = world.log.withMessage("cannot save");
    assertThat(save.level()).isEqualTo(LogLevel.ERROR);
    assertThat(error(save).type()).isEqualTo("OSError");
    assertThat(error(save).backtrace()).contains("raise OSError(\"disk full\")");
    assertThat(world.log.withMessage("does not fit %d").fields()).containsKey("logging_error");
    assertThat(world.log.withMessage("bad %s").fields()).containsKey("logging_error");
    assertThat(world.log.entries()).anyMatch(entry -> entry.logger().equals("py.warnings"));
  }

  private static HandlerError error(LogEntry entry) {
    return Objects.requireNonNull(entry.error());
  }

  @Test
  void what_is_printed_is_logged_line_by_line() {
    world.call("Prints");
    assertThat(world.log.withMessage("one").logger()).isEqualTo("stdout");
    assertThat(world.log.withMessage("two 3").level()).isEqualTo(LogLevel.INFO);
    assertThat(world.log.withMessage("no endbytes \ufffd").correlation()).isNotNull();
    assertThat(world.log.withMessage("careful").level()).isEqualTo(LogLevel.WARN);
  }

  @Test
  void an_instrument_is_one_in_all_contexts() {
    for (int i = 0; i < PythonWorld.CONTEXTS; i++) {
      world.call("Measures");
    }
    int calls = PythonWorld.CONTEXTS;
    assertThat(world.metrics.value("orders_priced_total", "region", "eu")).isEqualTo(3.0 * calls);
    assertThat(world.metrics.value("fill_level")).isEqualTo(6);
    assertThat(world.metrics.value("price_seconds")).isEqualTo(2.0 * calls);
  }
}
