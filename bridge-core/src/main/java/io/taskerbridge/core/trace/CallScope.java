package io.taskerbridge.core.trace;

import io.opentelemetry.context.Context;
import io.taskerbridge.core.correlation.Correlation;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One call of a handler: what its spans and log lines share. Safe for use by many threads. */
public final class CallScope {
  private final String language;
  private final @Nullable Correlation correlation;
  private final Context baseContext;
  private final AtomicInteger open = new AtomicInteger();
  private volatile @Nullable String recordedError;

  /**
   * A scope for one call.
   *
   * @param baseContext the context that the call was made in, with the host's span
   */
  public CallScope(String language, @Nullable Correlation correlation, Context baseContext) {
    this.language = language;
    this.correlation = correlation;
    this.baseContext = baseContext;
  }

  /** The language of the handler. */
  public String language() {
    return language;
  }

  /** The request, task and step that the call works for, or null outside of any. */
  public @Nullable Correlation correlation() {
    return correlation;
  }

  /** The context that the call was made in. */
  public Context baseContext() {
    return baseContext;
  }

  /** Whether an error of that type and message is on one of the call's spans already. */
  public boolean hasRecorded(String type, String message) {
    return errorKey(type, message).equals(recordedError);
  }

  /** How many of its spans are not ended; those of another process do not count. */
  public int openSpans() {
    return open.get();
  }

  /** Forgets a span that found no place in the ledger. */
  public void discarded() {
    closed();
  }

  void opened() {
    open.incrementAndGet();
  }

  void closed() {
    open.decrementAndGet();
  }

  void errorRecorded(String type, String message) {
    recordedError = errorKey(type, message);
  }

  private static String errorKey(String type, String message) {
    return type + '\n' + message;
  }
}
