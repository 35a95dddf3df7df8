package io.taskerbridge.python;

import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.guest.GuestBridge;
import java.lang.System.Logger;
import java.util.concurrent.atomic.AtomicBoolean;
import org.graalvm.polyglot.HostAccess;

/**
 * What Python sees of the host: {@link GuestBridge} in methods without overloads, whose parameters
 * are primitives and texts, since these cross cheaply. Never throws into Python, where a host
 * exception would pass by {@code except Exception}; never blocks, since Python's lock is held
 * meanwhile. Public because the polyglot access wants it so.
 */
public final class PythonHost {
  private static final Logger LOGGER = System.getLogger("io.taskerbridge.python");

  private final GuestBridge bridge;
  private final AtomicBoolean failureTold = new AtomicBoolean();

  PythonHost(GuestBridge bridge) {
    this.bridge = bridge;
  }

  /** See {@link GuestBridge#startSpan}. */
  @HostAccess.Export
  public long startSpan(long parent, int level, String name) {
    try {
      return bridge.startSpan(parent, level, wellFormed(name));
    } catch (RuntimeException e) {
      return failed(e);
    }
  }

  /** See {@link GuestBridge#startEvent}. */
  @HostAccess.Export
  public long startEvent(long span, int level, String name) {
    try {
      return bridge.startEvent(span, level, wellFormed(name));
    } catch (RuntimeException e) {
      return failed(e);
    }
  }

  /** See {@link GuestBridge#startLog}. */
  @HostAccess.Export
  public long startLog(long span, int level, String logger, String message) {
    try {
      return bridge.startLog(span, level, wellFormed(logger), wellFormed(message));
    } catch (RuntimeException e) {
      return failed(e);
    }
  }

  /** See {@link GuestBridge#setString}. */
  @HostAccess.Export
  public void setString(long record, String key, String value) {
    try {
      bridge.setString(record, wellFormed(key), wellFormed(value));
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  /** See {@link GuestBridge#setLong}. */
  @HostAccess.Export
  public void setLong(long record, String key, long value) {
    try {
      bridge.setLong(record, wellFormed(key), value);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  /** See {@link GuestBridge#setDouble}. */
  @HostAccess.Export
  public void setDouble(long record, String key, double value) {
    try {
      bridge.setDouble(record, wellFormed(key), value);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  /** See {@link GuestBridge#setBoolean}. */
  @HostAccess.Export
  public void setBoolean(long record, String key, boolean value) {
    try {
      bridge.setBoolean(record, wellFormed(key), value);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  /** See {@link GuestBridge#setJson}. */
  @HostAccess.Export
  public void setJson(long record, String key, String json) {
    try {
      bridge.setJson(record, wellFormed(key), json);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  /** See {@link GuestBridge#setError}. */
  @HostAccess.Export
  public void setError(long record, String type, String message, String backtrace) {
    try {
      bridge.setError(record, type, wellFormed(message), wellFormed(backtrace));
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  /** See {@link GuestBridge#end}. */
  @HostAccess.Export
  public boolean end(long record) {
    try {
      return bridge.end(record);
    } catch (RuntimeException e) {
      return failed(e) != 0;
    }
  }

  /** See {@link GuestBridge#read}. */
  @HostAccess.Export
  public String read(long span, String what) {
    try {
      return bridge.read(span, what);
    } catch (RuntimeException e) {
      failed(e);
      return "";
    }
  }

  /** See {@link GuestBridge#inject}. */
  @HostAccess.Export
  public String inject(long span) {
    try {
      return bridge.inject(span);
    } catch (RuntimeException e) {
      failed(e);
      return "{}";
    }
  }

  /** See {@link GuestBridge#extract}. */
  @HostAccess.Export
  public long extract(long span, String carrierJson) {
    try {
      return bridge.extract(span, carrierJson);
    } catch (RuntimeException e) {
      failed(e);
      return span;
    }
  }

  /** See {@link GuestBridge#spanThreshold}. */
  @HostAccess.Export
  public int spanThreshold() {
    return bridge.spanThreshold();
  }

  /** The least level that is logged; one more than the greatest where none is. */
  @HostAccess.Export
  public int logThreshold() {
    int level = 0;
    while (level < LogLevel.values().length && !bridge.isLogged(level)) {
      level++;
    }
    return level;
  }

  /**
   * See {@link io.taskerbridge.core.guest.GuestMetrics#define}.
   *
   * @return the instrument's number, or an exclamation mark and what is wrong with the definition
   */
  @HostAccess.Export
  public String define(
      String kind, String name, String description, String unit, String labels, String buckets) {
    try {
      return Integer.toString(
          bridge.metrics().define(kind, name, wellFormed(description), unit, labels, buckets));
    } catch (RuntimeException e) {
      String message = e.getMessage();
      return "!" + (message == null ? e.toString() : message);
    }
  }

  /** See {@link io.taskerbridge.core.guest.GuestMetrics#bind}. */
  @HostAccess.Export
  public int bind(int instrument, String labels) {
    try {
      return bridge.metrics().bind(instrument, wellFormed(labels));
    } catch (RuntimeException e) {
      return (int) failed(e);
    }
  }

  /** Records a value; the span is the exemplar. */
  @HostAccess.Export
  public void record(int series, double value, long span) {
    try {
      if (span <= 0) {
        bridge.metrics().record(series, value);
      } else {
        bridge.context(span).wrap(() -> bridge.metrics().record(series, value)).run();
      }
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  /** See {@link io.taskerbridge.core.guest.GuestMetrics#adjust}. */
  @HostAccess.Export
  public void adjust(int series, double delta) {
    try {
      bridge.metrics().adjust(series, delta);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private long failed(RuntimeException e) {
    if (failureTold.compareAndSet(false, true)) {
      LOGGER.log(Logger.Level.WARNING, "telemetry of a Python handler failed; told once", e);
    }
    return 0;
  }

  /** The text with lone surrogates replaced, which no exporter can encode. */
  static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return replaceLoneSurrogates(text, i);
      }
    }
    return text;
  }

  private static String replaceLoneSurrogates(String text, int from) {
    StringBuilder result = new StringBuilder(text);
    for (int i = from; i < result.length(); i++) {
      char c = result.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < result.length()
          && Character.isLowSurrogate(result.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        result.setCharAt(i, '\ufffd');
      }
    }
    return result.toString();
  }
}
