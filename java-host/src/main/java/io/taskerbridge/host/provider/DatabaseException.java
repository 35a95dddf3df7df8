package io.taskerbridge.host.provider;

import java.io.Serial;

/** The database cannot be used: the message names the place and the remedy, never a password. */
public final class DatabaseException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  DatabaseException(String message) {
    super(message);
  }

  DatabaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
