package io.taskerbridge.core.trace;

import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Something that a guest fills field by field and then ends: a span, an event or a log record. A
 * guest knows it by its handle. Fields that come after the end are dropped.
 */
public abstract sealed class OpenRecord permits OpenSpan, OpenEvent, OpenLog {
  private long handle;

  OpenRecord() {}

  /**
   * The handle, unique in the process, never reused; negative when the record's trace is not
   * recorded.
   */
  public final long handle() {
    return handle;
  }

  final void assign(long newHandle) {
    handle = newHandle;
  }

  /** Whether its slot in the ledger may be given to another. */
  abstract boolean isEnded();

  /** The span it belongs to; itself for a span. */
  public abstract OpenSpan span();

  /** The context with its span in it. */
  public abstract Context context();

  /** Sets a field; the value is null, String, Boolean, Long or Double. */
  public abstract void set(FieldKey key, @Nullable Object value);

  /** Sets a field to nested data, as JSON text. */
  public abstract void setJson(FieldKey key, String json);

  /** Tells an error; an empty backtrace means that it was told in full already. */
  public abstract void setError(String type, String message, String backtrace);

  /**
   * Ends the span, adds the event, writes the record. All but the first time does nothing and
   * returns false.
   */
  public abstract boolean end();
}
