package io.taskerbridge.core.config;

/** A value that its key cannot take; the message says what is wrong with it. */
final class BadValueException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean showsValue;

  private BadValueException(String message, boolean showsValue) {
    super(message);
    this.showsValue = showsValue;
  }

  /** The message does not repeat the value. */
  static BadValueException of(String message) {
    return new BadValueException(message, false);
  }

  /** The message begins with the value. */
  static BadValueException showing(String value, String message) {
    return new BadValueException(value + " " + message, true);
  }

  /** What is wrong, without the value if it must not be seen. */
  String fault(boolean secret) {
    return secret && showsValue ? "the value cannot be used" : String.valueOf(getMessage());
  }
}
