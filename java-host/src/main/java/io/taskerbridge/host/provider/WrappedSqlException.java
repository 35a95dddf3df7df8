package io.taskerbridge.host.provider;

import java.io.Serial;
import java.sql.SQLException;

/** An SQL exception on its way through code that throws nothing checked. */
final class WrappedSqlException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;
  private final SQLException sql;

  WrappedSqlException(SQLException sql) {
    super(sql.getMessage(), sql);
    this.sql = sql;
  }

  SQLException sql() {
    return sql;
  }
}
