package io.taskerbridge.host;

import java.io.Serial;

/** What a {@link JavaHandler} throws when another attempt cannot succeed. */
public final class PermanentException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** A failure for good, for that reason. */
  public PermanentException(String message) {
    super(message);
  }
}
