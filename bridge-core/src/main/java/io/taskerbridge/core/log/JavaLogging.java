package io.taskerbridge.core.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import io.taskerbridge.core.config.LogLevel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Leads what Java code logs, through SLF4J or java.util.logging, to one appender, and puts
 * everything back as it was when it is closed. There is one such system of loggers in a process: of
 * several, the one opened last has it.
 */
final class JavaLogging implements AutoCloseable {
  /** Libraries that tell more at INFO than an operator wants. */
  private static final List<String> CHATTY =
      List.of(
          "com.zaxxer.hikari",
          "org.flywaydb",
          "com.github.kagkarlsson",
          "org.postgresql",
          "io.opentelemetry",
          "io.zonky.test",
          "java",
          "jdk",
          "sun",
          "com.sun",
          "io.grpc",
          "okhttp3");

  private final Logger root;
  private final Appender<ILoggingEvent> appender;
  private final List<Appender<ILoggingEvent>> before = new ArrayList<>();
  private final Map<Logger, @Nullable Level> levels = new LinkedHashMap<>();
  private final List<Handler> julHandlers = new ArrayList<>();

  /** Held, since java.util.logging forgets the level of a logger that nobody holds. */
  private final Map<java.util.logging.Logger, java.util.logging.@Nullable Level> julLevels =
      new LinkedHashMap<>();

  /**
   * Leads everything from that level on to the appender, which is started.
   *
   * @throws IllegalStateException if SLF4J is bound to another backend than logback
   */
  JavaLogging(LogLevel level, Appender<ILoggingEvent> appender) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      throw new IllegalStateException(
          "the class path has another backend of SLF4J ("
              + LoggerFactory.getILoggerFactory().getClass().getName()
              + "); remove it, or exclude it from the dependency that brings it");
    }
    this.appender = appender;
    this.root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.iteratorForAppenders().forEachRemaining(before::add);
    before.forEach(root::detachAppender);
    java.util.logging.Logger jul = julRoot();
    for (Handler handler : jul.getHandlers()) {
      julHandlers.add(handler);
      jul.removeHandler(handler);
    }
    SLF4JBridgeHandler.install();
    setLevels(context, level);
    root.addAppender(appender);
  }

  private void setLevels(LoggerContext context, LogLevel level) {
    if (level != LogLevel.TRACE) {
      LogLevel least = level == LogLevel.ERROR ? LogLevel.ERROR : LogLevel.WARN;
      for (String name : CHATTY) {
        setLevel(context.getLogger(name), least);
        setLevel(java.util.logging.Logger.getLogger(name), least);
      }
    }
    setLevel(root, level);
    setLevel(julRoot(), level);
  }

  private void setLevel(Logger logger, LogLevel level) {
    levels.put(logger, logger.getLevel());
    logger.setLevel(RecordEvent.toLogback(level));
  }

  private void setLevel(java.util.logging.Logger logger, LogLevel level) {
    julLevels.put(logger, logger.getLevel());
    logger.setLevel(
        switch (level) {
          case ERROR -> java.util.logging.Level.SEVERE;
          case WARN -> java.util.logging.Level.WARNING;
          case INFO -> java.util.logging.Level.INFO;
          case DEBUG -> java.util.logging.Level.FINE;
          case TRACE -> java.util.logging.Level.FINEST;
        });
  }

  private static java.util.logging.Logger julRoot() {
    return LogManager.getLogManager().getLogger("");
  }

  @Override
  public void close() {
    // another that was opened later has the loggers now, and gives them back
    if (!root.detachAppender(appender)) {
      return;
    }
    levels.forEach(Logger::setLevel);
    SLF4JBridgeHandler.uninstall();
    julLevels.forEach(java.util.logging.Logger::setLevel);
    julHandlers.forEach(julRoot()::addHandler);
    before.stream().filter(Appender::isStarted).forEach(root::addAppender);
  }
}
