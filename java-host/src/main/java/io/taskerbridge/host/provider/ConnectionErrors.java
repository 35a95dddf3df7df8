package io.taskerbridge.host.provider;

import io.taskerbridge.core.metrics.Metrics;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** What kind of error a database answered with, in the words of the metrics. */
final class ConnectionErrors {
  private static final String SERIALIZATION = "40001";
  private static final String DEADLOCK = "40P01";
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final String QUERY_CANCELED = "57014";
  private static final String DATA_EXCEPTION = "22";
  private static final String LIMIT_EXCEEDED = "54";

  private ConnectionErrors() {}

  static void record(Metrics metrics, SQLException e) {
    if (isConnectionLost(e)) {
      metrics.get("tasker.db.connection.errors.total").record(1, "error_type", connectionError(e));
    }
  }

  static boolean isConnectionLost(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("08")
        || state.startsWith("57P")
        || e instanceof SQLTransientConnectionException;
  }

  /** Whether the same work may succeed when it is done again. */
  static boolean isTransient(SQLException e) {
    return switch (infrastructureError(e)) {
      case "serialization_error", "lock_timeout" -> true;
      default -> isConnectionLost(e);
    };
  }

  /** Whether the values are such as the database cannot hold. */
  static boolean isRefusal(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith(DATA_EXCEPTION) || state.startsWith(LIMIT_EXCEEDED);
  }

  /** transaction_failed, lock_timeout, serialization_error or unknown. */
  static String infrastructureError(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return switch (state) {
      case SERIALIZATION, DEADLOCK -> "serialization_error";
      case LOCK_NOT_AVAILABLE, QUERY_CANCELED -> "lock_timeout";
      default -> isTransactionFailure(e) ? "transaction_failed" : "unknown";
    };
  }

  private static boolean isTransactionFailure(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return isConnectionLost(e) || state.startsWith("25") || state.startsWith("40");
  }

  private static String connectionError(SQLException e) {
    for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException) {
        return "connection_refused";
      }
      if (cause instanceof SocketTimeoutException) {
        return "timeout";
      }
    }
    return "other";
  }
}
