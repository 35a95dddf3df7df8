package io.taskerbridge.core.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Context;
import ch.qos.logback.core.ContextBase;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.util.FileSize;
import io.opentelemetry.api.logs.LoggerProvider;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.config.BridgeConfig.LogFormat;
import io.taskerbridge.core.config.LogLevel;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import net.logstash.logback.composite.JsonProvider;
import net.logstash.logback.encoder.LoggingEventCompositeJsonEncoder;
import org.jspecify.annotations.Nullable;

/**
 * The log of the process: what guests write and what Java code logs, through SLF4J or
 * java.util.logging, become records of one kind, each written once to each sink, in the order of
 * the calls of a thread. The trace and the correlation of a record are those of its caller's
 * thread. docs/logging.md tells the fields, the formats and what is redacted.
 *
 * <p>Safe for use by many threads. Writing never throws: a record that does not reach a sink goes
 * to standard error and is counted, and so is, unwritten, what a sink logs while it writes. While
 * it is open, it has the process's loggers for itself; closing gives them back.
 */
public final class StructuredLog implements LogWriter, AutoCloseable {
  private static final int NEVER = Integer.MAX_VALUE;

  /** Rolled by the day, or when it gets that big. */
  private static final long FILE_LIMIT = 100 * FileSize.MB_COEFFICIENT;

  private final ThreadLocal<Boolean> writing = new ThreadLocal<>();
  private final Context logback = new ContextBase();
  private final List<Sink> sinks = new ArrayList<>();
  private final RecordFactory records;
  private final LogCounters counters;
  private final Encoder<ILoggingEvent> lines;
  private final JavaLogging javaLogging;
  private volatile int threshold;

  /** What a test gives in place of the real thing. */
  record Surroundings(InstantSource clock, ZoneId zone, long fileLimit, List<Sink> moreSinks) {
    static Surroundings real() {
      return new Surroundings(
          InstantSource.system(), ZoneId.systemDefault(), FILE_LIMIT, List.of());
    }
  }

  /**
   * Opens the log that the {@code [logging]} section asks for.
   *
   * @param telemetryLogs where records go too if the section says {@code otlp}; not closed
   * @param console used if the section says {@code console}
   * @throws IllegalArgumentException if {@code logging.file} cannot be written
   */
  public static StructuredLog open(
      BridgeConfig config,
      Redactor redactor,
      LoggerProvider telemetryLogs,
      LogCounters counters,
      LogConsole console) {
    return open(config, redactor, telemetryLogs, counters, console, Surroundings.real());
  }

  static StructuredLog open(
      BridgeConfig config,
      Redactor redactor,
      LoggerProvider telemetryLogs,
      LogCounters counters,
      LogConsole console,
      Surroundings surroundings) {
    return new StructuredLog(config, redactor, telemetryLogs, counters, console, surroundings);
  }

  private StructuredLog(
      BridgeConfig config,
      Redactor redactor,
      LoggerProvider telemetryLogs,
      LogCounters counters,
      LogConsole console,
      Surroundings surroundings) {
    this.counters = counters;
    this.records = new RecordFactory(redactor, counters, surroundings.clock());
    BridgeConfig.Logging logging = config.logging();
    String service = config.telemetry().serviceName();
    this.lines =
        encoder(logging.format() == LogFormat.ECS ? new EcsLine(service) : new JsonLine(service));
    if (logging.console()) {
      Encoder<ILoggingEvent> shown =
          logging.format() == LogFormat.CONSOLE
              ? new ConsoleLine(console.colour(), surroundings.zone())
              : lines;
      sinks.add(new StreamSink(console.out(), shown));
    }
    if (logging.file() != null) {
      FileSize limit = new FileSize(surroundings.fileLimit());
      sinks.add(FileSink.open(logging.file(), limit, lines, logback));
    }
    if (logging.otlp()) {
      sinks.add(new OtelSink(telemetryLogs));
    }
    sinks.addAll(surroundings.moreSinks());
    this.threshold = logging.level().number();
    this.javaLogging = new JavaLogging(logging.level(), new JavaRecords());
  }

  private Encoder<ILoggingEvent> encoder(JsonProvider<ILoggingEvent> provider) {
    LoggingEventCompositeJsonEncoder encoder = new LoggingEventCompositeJsonEncoder();
    encoder.setContext(logback);
    encoder.setFindAndRegisterJacksonModules(false);
    encoder.setLineSeparator("\n");
    provider.setContext(logback);
    encoder.getProviders().addProvider(provider);
    encoder.start();
    return encoder;
  }

  @Override
  public boolean isEnabled(LogLevel level) {
    return level.number() >= threshold;
  }

  @Override
  public void write(LogEntry entry) {
    if (isEnabled(entry.level())) {
      record(entry, null);
    }
  }

  /** Takes what Java code logs, on the thread that logs it. */
  private final class JavaRecords extends UnsynchronizedAppenderBase<ILoggingEvent> {
    JavaRecords() {
      setName("tasker-log");
      start();
    }

    /** Past logback's own guard, which loses what is logged meanwhile without counting it. */
    @Override
    public void doAppend(ILoggingEvent event) {
      append(event);
    }

    @Override
    protected void append(ILoggingEvent event) {
      record(null, event);
    }
  }

  /** Makes the record and writes it; one of the two is given. */
  private void record(@Nullable LogEntry entry, @Nullable ILoggingEvent event) {
    if (writing.get() != null) {
      dropped();
      return;
    }
    writing.set(true);
    try {
      LogRecord made = entry != null ? records.of(entry) : event != null ? records.of(event) : null;
      if (made != null) {
        writeToAll(new RecordEvent(made));
      }
    } catch (Throwable e) {
      // whatever is wrong with a record is not the trouble of the code that logs it
      dropped();
      complain(e, null);
    } finally {
      writing.remove();
    }
  }

  private void writeToAll(RecordEvent event) {
    Throwable failure = null;
    for (Sink sink : sinks) {
      try {
        sink.write(event);
      } catch (Throwable e) {
        failure = e;
      }
    }
    if (failure != null) {
      dropped();
      complain(failure, event);
    }
  }

  private void dropped() {
    try {
      counters.dropped();
    } catch (Throwable e) {
      complain(e, null);
    }
  }

  /** Shows the record on standard error, the last place that is left. */
  @SuppressWarnings("SystemOut")
  private void complain(Throwable failure, @Nullable RecordEvent event) {
    try {
      String line =
          event == null ? "" : new String(event.line(lines), StandardCharsets.UTF_8).strip();
      System.err.println("a log record could not be written (" + failure + ") " + line);
    } catch (Throwable e) {
      // nowhere is left to say so
    }
  }

  /** Gives the process's loggers back and closes the file. What is logged later is dropped. */
  @Override
  public void close() {
    threshold = NEVER;
    javaLogging.close();
    sinks.forEach(Sink::close);
  }
}
