package io.taskerbridge.core.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.correlation.Correlation;
import io.taskerbridge.core.handler.HandlerError;
import io.taskerbridge.core.log.LogEntry;
import io.taskerbridge.core.log.LogWriter;
import io.taskerbridge.core.metrics.Metrics;
import io.taskerbridge.core.metrics.Series;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.Thread.UncaughtExceptionHandler;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts and logs what no thread caught, then hands it to the handler that was there before. */
final class PanicHook implements UncaughtExceptionHandler {
  private final Series panics;
  private final LogWriter log;
  private @Nullable UncaughtExceptionHandler previous;
  private boolean installed;

  PanicHook(Metrics metrics, LogWriter log) {
    this.panics = metrics.get("panics_total").bind(Map.of());
    this.log = log;
  }

  synchronized void install() {
    if (!installed) {
      previous = Thread.getDefaultUncaughtExceptionHandler();
      Thread.setDefaultUncaughtExceptionHandler(this);
      installed = true;
    }
  }

  /** Leaves the handler alone if someone else has put another in its place. */
  synchronized void uninstall() {
    if (installed && Thread.getDefaultUncaughtExceptionHandler() == this) {
      Thread.setDefaultUncaughtExceptionHandler(previous);
      installed = false;
    }
  }

  @Override
  public void uncaughtException(Thread thread, Throwable error) {
    try {
      panics.record(1);
      Context context = Context.current();
      log.write(
          new LogEntry(
              LogLevel.ERROR,
              PanicHook.class.getName(),
              "uncaught exception on the thread " + thread.getName(),
              "host",
              Correlation.from(context),
              Span.fromContext(context).getSpanContext(),
              Map.of(),
              new HandlerError(
                  error.getClass().getName(),
                  String.valueOf(error.getMessage()),
                  null,
                  stackTrace(error))));
    } finally {
      delegate(thread, error);
    }
  }

  private void delegate(Thread thread, Throwable error) {
    UncaughtExceptionHandler next;
    synchronized (this) {
      next = previous;
    }
    if (next != null) {
      next.uncaughtException(thread, error);
    } else {
      // the thread group would come back here; this is what it prints where there is no handler
      System.err.print("Exception in thread \"" + thread.getName() + "\" " + stackTrace(error));
    }
  }

  private static String stackTrace(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
