package io.taskerbridge.core.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.opentelemetry.api.logs.LoggerProvider;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.config.BridgeConfig.LogFormat;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.handler.HandlerError;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A log whose console is in memory and whose clock stands still. */
final class LogFixture implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-03-04T05:06:07.000089999Z");
  static final Correlation CORRELATION =
      new Correlation(
          UUID.fromString("0195d2e0-0000-7000-8000-000000000001"),
          UUID.fromString("0195d2e0-0000-7000-8000-000000000002"),
          UUID.fromString("0195d2e0-0000-7000-8000-000000000003"),
          UUID.fromString("0195d2e0-0000-7000-8000-000000000004"),
          "orders");
  static final SpanContext SPAN =
      SpanContext.create(
          "0af7651916cd43dd8448eb211c80319c",
          "b7ad6b7169203331",
          TraceFlags.getSampled(),
          TraceState.getDefault());

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  final ByteArrayOutputStream out = new ByteArrayOutputStream();
  final AtomicInteger dropped = new AtomicInteger();
  final AtomicInteger redacted = new AtomicInteger();
  final StructuredLog log;

  private LogFixture(
      BridgeConfig config, LoggerProvider otel, boolean colour, long fileLimit, List<Sink> sinks) {
    LogCounters counters =
        new LogCounters() {
          @Override
          public void dropped() {
            dropped.incrementAndGet();
          }

          @Override
          public void redacted() {
            redacted.incrementAndGet();
          }
        };
    this.log =
        StructuredLog.open(
            config,
            Redaction.of(config.redaction()),
            otel,
            counters,
            new LogConsole(out, colour),
            new StructuredLog.Surroundings(
                InstantSource.fixed(NOW), ZoneOffset.UTC, fileLimit, sinks));
  }

  static LogFixture json() {
    return at(LogLevel.INFO);
  }

  static LogFixture at(LogLevel level) {
    return of(level, LogFormat.JSON, null, false);
  }

  static LogFixture format(LogFormat format, boolean colour) {
    return of(LogLevel.TRACE, format, null, colour);
  }

  static LogFixture file(LogFormat format, Path file, long limit) {
    return new LogFixture(
        config(LogLevel.INFO, format, file), LoggerProvider.noop(), false, limit, List.of());
  }

  static LogFixture otel(LoggerProvider otel) {
    return new LogFixture(
        config(LogLevel.TRACE, LogFormat.JSON, null), otel, false, 1 << 20, List.of());
  }

  static LogFixture with(Sink... sinks) {
    return new LogFixture(
        config(LogLevel.INFO, LogFormat.JSON, null),
        LoggerProvider.noop(),
        false,
        1 << 20,
        List.of(sinks));
  }

  private static LogFixture of(
      LogLevel level, LogFormat format, @Nullable Path file, boolean colour) {
    return new LogFixture(
        config(level, format, file), LoggerProvider.noop(), colour, 1 << 20, List.of());
  }

  private static BridgeConfig config(LogLevel level, LogFormat format, @Nullable Path file) {
    BridgeConfig all = BridgeConfig.defaults();
    return new BridgeConfig(
        all.telemetry(),
        new BridgeConfig.Logging(level, format, true, file, true),
        all.redaction(),
        all.ruby(),
        all.python(),
        all.database(),
        all.worker(),
        all.admin());
  }

  /** A guest's record with all that a record may have. */
  static LogEntry entry(
      LogLevel level,
      String message,
      Map<String, ? extends @Nullable Object> fields,
      @Nullable HandlerError error) {
    return new LogEntry(
        level, "orders.validate", message, "ruby_handler", CORRELATION, SPAN, fields, error);
  }

  /** A guest's record without any context. */
  static LogEntry bare(String message, Map<String, ? extends @Nullable Object> fields) {
    return new LogEntry(
        LogLevel.INFO,
        "script",
        message,
        "python_handler",
        null,
        SpanContext.getInvalid(),
        fields,
        null);
  }

  String text() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** What was written, line by line; fails if a line is no JSON object. */
  List<JsonNode> lines() {
    return text().lines().map(LogFixture::parse).toList();
  }

  JsonNode onlyLine() {
    List<JsonNode> lines = lines();
    if (lines.size() != 1) {
      throw new AssertionError("expected one line: " + lines);
    }
    return lines.getFirst();
  }

  static JsonNode parse(String line) {
    try {
      JsonNode node = JSON.readTree(line);
      if (!node.isObject()) {
        throw new AssertionError("no JSON object: " + line);
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new AssertionError("no JSON: " + line, e);
    }
  }

  @Override
  public void close() {
    log.close();
  }
}
