package io.taskerbridge.core.log;

/** Decides what must not be shown. Immutable, safe for use by many threads. */
public interface Redactor {

  /** What stands in place of a secret. */
  String REDACTED = "[REDACTED]";

  /**
   * Whether the value under that key is never shown. Guests' keys are cached, so it may be called
   * seldom.
   */
  boolean isSensitive(String key);

  /**
   * The text with what looks like a secret replaced by {@link #REDACTED}; the same instance where
   * nothing is.
   */
  String redact(String text);

  /** A redactor that leaves everything as it is. */
  static Redactor none() {
    return new Redactor() {
      @Override
      public boolean isSensitive(String key) {
        return false;
      }

      @Override
      public String redact(String text) {
        return text;
      }
    };
  }
}
