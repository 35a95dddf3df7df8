package io.taskerbridge.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.correlation.Correlation;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What Java code logs becomes a record like a guest's. */
class JavaLoggingTest {
  private static final Logger LOG =
      LoggerFactory.getLogger("io.taskerbridge.host.orchestration.Finalizer");

  @Test
  void slf4j_fields_keep_their_types() {
    try (LogFixture fixture = LogFixture.json()) {
      LOG.atWarn()
          .addKeyValue("count", 3)
          .addKeyValue("ratio", 0.5)
          .addKeyValue("ok", true)
          .addKeyValue("nothing", (Object) null)
          .addKeyValue("nested", Map.of("list", List.of(1, "two")))
          .addKeyValue("duration_ms", 7L)
          .addKeyValue("task_uuid", "mine")
          .log("moved {} of {}", 1, "two");

      JsonNode line = fixture.onlyLine();
      assertThat(line.get("message").asText()).isEqualTo("moved 1 of two");
      assertThat(line.get("level").asText()).isEqualTo("WARN");
      assertThat(line.get("logger").asText()).isEqualTo(LOG.getName());
      assertThat(line.get("component").asText()).isEqualTo("orchestration");
      assertThat(line.get("thread").asText()).isEqualTo(Thread.currentThread().getName());
      assertThat(line.get("count").isInt()).isTrue();
      assertThat(line.get("ratio").doubleValue()).isEqualTo(0.5);
      assertThat(line.get("ok").isBoolean()).isTrue();
      assertThat(line.get("nothing").isNull()).isTrue();
      assertThat(line.get("nested")).isEqualTo(LogFixture.parse("{\"list\":[1,\"two\"]}"));
      assertThat(line.get("duration_ms").longValue()).isEqualTo(7);
      assertThat(line.get("fields")).isEqualTo(LogFixture.parse("{\"task_uuid\":\"mine\"}"));
      assertThat(line.has("task_uuid")).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "io.taskerbridge.host.orchestration, orchestration",
    "io.taskerbridge.host.execution.StepRunner, worker",
    "io.taskerbridge.host.provider.Postgres, provider",
    "io.taskerbridge.host.admin.Server, admin",
    "io.taskerbridge.host.cli.Main, cli",
    "io.taskerbridge.host.BridgeHost, host",
    "io.taskerbridge.host.adminish.X, host",
    "org.example.Library, host"
  })
  void component_by_logger(String logger, String component) {
    try (LogFixture fixture = LogFixture.json()) {
      LoggerFactory.getLogger(logger).info("x");

      assertThat(fixture.onlyLine().get("component").asText()).isEqualTo(component);
    }
  }

  @Test
  void component_given() {
    try (LogFixture fixture = LogFixture.json()) {
      LOG.atInfo().addKeyValue("component", "worker").log("x");

      assertThat(fixture.onlyLine().get("component").asText()).isEqualTo("worker");
      assertThat(fixture.onlyLine().has("fields")).isFalse();
    }
  }

  @Test
  void exception_with_cause() {
    try (LogFixture fixture = LogFixture.json()) {
      Exception cause = new IllegalStateException("token=abc123");
      LOG.atError()
          .addKeyValue("error_type", "mine")
          .setCause(new Exception("outer", cause))
          .log("x");

      JsonNode line = fixture.onlyLine();
      assertThat(line.get("error_type").asText()).isEqualTo("java.lang.Exception");
      assertThat(line.get("error_message").asText()).isEqualTo("outer");
      assertThat(line.get("stack_trace").asText())
          .contains("Caused by: java.lang.IllegalStateException: token=[REDACTED]")
          .contains("JavaLoggingTest.java:");
      assertThat(line.get("fields").get("error_type").asText()).isEqualTo("mine");
    }
  }

  @Test
  void mdc_adds_fields_but_not_the_identity() {
    try (LogFixture fixture = LogFixture.json();
        var job = MDC.putCloseable("job", "nightly");
        var trace = MDC.putCloseable("trace_id", "of another");
        var secret = MDC.putCloseable("api_key", "abc")) {
      assertThat(List.of(job, trace, secret)).doesNotContainNull();
      LOG.info("x");

      JsonNode line = fixture.onlyLine();
      assertThat(line.get("job").asText()).isEqualTo("nightly");
      assertThat(line.get("api_key").asText()).isEqualTo("[REDACTED]");
      assertThat(line.has("trace_id")).isFalse();
      assertThat(line.has("fields")).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void context_of_the_calling_thread(boolean sampled) {
    Sampler sampler = sampled ? Sampler.alwaysOn() : Sampler.alwaysOff();
    try (SdkTracerProvider tracers = SdkTracerProvider.builder().setSampler(sampler).build();
        LogFixture fixture = LogFixture.json()) {
      Span span = tracers.get("test").spanBuilder("outer").startSpan();
      Correlation correlation = Correlation.of(UUID.randomUUID());
      try (Scope scope = correlation.storeIn(Context.current().with(span)).makeCurrent()) {
        assertThat(scope).isNotNull();
        LOG.info("inside");
      } finally {
        span.end();
      }
      LOG.info("outside");

      JsonNode inside = fixture.lines().getFirst();
      SpanContext context = span.getSpanContext();
      assertThat(inside.get("trace_id").asText()).isEqualTo(context.getTraceId());
      assertThat(inside.get("span_id").asText()).isEqualTo(context.getSpanId());
      assertThat(inside.get("trace_flags").asText()).isEqualTo(context.getTraceFlags().asHex());
      assertThat(inside.get("correlation_id").asText())
          .isEqualTo(correlation.correlationId().toString());
      assertThat(inside.has("task_uuid")).isFalse();
      assertThat(context.isSampled()).isEqualTo(sampled);
      assertThat(fixture.lines().getLast().has("trace_id")).isFalse();
      assertThat(fixture.lines().getLast().has("correlation_id")).isFalse();
    }
  }

  @Test
  void java_util_logging_takes_the_same_path() {
    try (LogFixture fixture = LogFixture.json()) {
      java.util.logging.Logger jul = java.util.logging.Logger.getLogger("org.example.jul");
      jul.log(java.util.logging.Level.WARNING, "password={0}", "abc");
      jul.info("information");
      jul.fine("too fine");

      assertThat(fixture.lines())
          .extracting(line -> line.get("level").asText() + " " + line.get("message").asText())
          .containsExactly("WARN password=[REDACTED]", "INFO information");
    }
  }

  @Test
  void chatty_libraries_are_quiet_unless_trace_is_asked_for() {
    try (LogFixture fixture = LogFixture.json()) {
      LoggerFactory.getLogger("com.zaxxer.hikari.HikariDataSource").info("pool started");
      java.util.logging.Logger.getLogger("org.postgresql.Driver").info("loaded");
      LoggerFactory.getLogger("org.flywaydb.core").warn("odd");

      assertThat(fixture.onlyLine().get("message").asText()).isEqualTo("odd");
    }
    try (LogFixture fixture = LogFixture.at(LogLevel.TRACE)) {
      LoggerFactory.getLogger("com.zaxxer.hikari.HikariDataSource").debug("pool started");
      java.util.logging.Logger.getLogger("org.postgresql.Driver").fine("loaded");

      assertThat(fixture.lines())
          .extracting(line -> line.get("message").asText())
          .containsExactly("pool started", "loaded");
    }
    try (LogFixture fixture = LogFixture.at(LogLevel.ERROR)) {
      LoggerFactory.getLogger("org.flywaydb.core").warn("odd");

      assertThat(fixture.text()).isEmpty();
    }
  }

  @Test
  void close_gives_the_loggers_back() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    java.util.logging.Logger jul = java.util.logging.Logger.getLogger("");
    var levelBefore = root.getLevel();
    var julLevelBefore = jul.getLevel();
    var julHandlersBefore = jul.getHandlers();
    ListAppender<ILoggingEvent> others = new ListAppender<>();
    others.setContext(context);
    others.start();
    root.addAppender(others);
    try {
      LogFixture first = LogFixture.at(LogLevel.WARN);
      LogFixture second = LogFixture.at(LogLevel.WARN);
      LOG.warn("while open");
      second.close();
      LOG.warn("while the first is open");
      first.close();
      LOG.error("after");

      assertThat(first.onlyLine().get("message").asText()).isEqualTo("while the first is open");
      assertThat(second.onlyLine().get("message").asText()).isEqualTo("while open");
      assertThat(others.list).extracting(ILoggingEvent::getMessage).containsExactly("after");
      assertThat(root.getLevel()).isEqualTo(levelBefore);
      assertThat(jul.getLevel()).isEqualTo(julLevelBefore);
      assertThat(jul.getHandlers()).containsExactlyInAnyOrder(julHandlersBefore);
    } finally {
      root.detachAppender(others);
    }
  }
}
