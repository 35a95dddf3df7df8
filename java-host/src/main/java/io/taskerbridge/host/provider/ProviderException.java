package io.taskerbridge.host.provider;

import java.io.Serial;
import java.sql.SQLException;

/** A provider's storage failed; the work was not done and may be tried again. */
public final class ProviderException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;
  private final String errorType;
  private final boolean isTransient;
  private final boolean isRefusal;

  ProviderException(String operation, SQLException cause) {
    super("Cannot " + operation + ": " + cause.getMessage(), cause);
    this.errorType = ConnectionErrors.infrastructureError(cause);
    this.isTransient = ConnectionErrors.isTransient(cause);
    this.isRefusal = ConnectionErrors.isRefusal(cause);
  }

  /** Whether the database refused what it was given, as it always will. */
  boolean isRefusal() {
    return isRefusal;
  }

  /** Whether the same work may succeed when it is done again soon. */
  boolean isTransient() {
    return isTransient;
  }

  /**
   * {@code transaction_failed}, {@code lock_timeout}, {@code serialization_error}, else unknown.
   */
  public String errorType() {
    return errorType;
  }
}
