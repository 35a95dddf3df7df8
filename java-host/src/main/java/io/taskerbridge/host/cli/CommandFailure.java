package io.taskerbridge.host.cli;

import java.io.Serial;

/** A command that could not do its work for a reason that its message tells in full. */
final class CommandFailure extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  CommandFailure(String message) {
    super(message);
  }

  CommandFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
