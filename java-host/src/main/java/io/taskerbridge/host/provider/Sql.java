package io.taskerbridge.host.provider;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.taskerbridge.core.metrics.Metrics;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Statements and transactions on the work pool, each measured. A statement inside a span gets a
 * CLIENT span of its own, named by its function; one outside of any makes none, so polling never
 * starts a trace.
 */
final class Sql {
  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("db.system.name");
  private static final AttributeKey<String> PROCEDURE =
      AttributeKey.stringKey("db.stored_procedure.name");
  private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("db.operation.name");
  private static final AttributeKey<String> QUERY = AttributeKey.stringKey("db.query.text");
  private static final AttributeKey<String> STATUS =
      AttributeKey.stringKey("db.response.status_code");
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
  private static final double NANOS_IN_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final DataSource pool;
  private final Tracer tracer;
  private final Metrics metrics;

  Sql(DataSource pool, Tracer tracer, Metrics metrics) {
    this.pool = pool;
    this.tracer = tracer;
    this.metrics = metrics;
  }

  /** What is done in a transaction. */
  @FunctionalInterface
  interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  /** Sets a statement's parameters. */
  @FunctionalInterface
  interface Parameters {
    void set(PreparedStatement statement) throws SQLException;
  }

  /** Reads an answer. */
  @FunctionalInterface
  interface Answer<T> {
    T read(ResultSet rows) throws SQLException;
  }

  /** All of it or nothing of it. */
  <T> T inTransaction(String type, Work<T> work) throws SQLException {
    long start = System.nanoTime();
    String result = "rollback";
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      try {
        T value = work.run(connection);
        connection.commit();
        result = "commit";
        return value;
      } catch (SQLException | RuntimeException e) {
        rollBack(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      ConnectionErrors.record(metrics, e);
      throw e;
    } finally {
      metrics
          .get("tasker.db.transaction.duration")
          .record(millisSince(start), "transaction_type", type, "result", result);
    }
  }

  /** One call of a function of the schema. */
  <T> T call(
      Connection connection, String function, String sql, Parameters parameters, Answer<T> answer)
      throws SQLException {
    Span span = span(function, sql);
    long start = System.nanoTime();
    String result = "error";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      parameters.set(statement);
      try (ResultSet rows = statement.executeQuery()) {
        T value = answer.read(rows);
        result = "success";
        return value;
      }
    } catch (SQLException e) {
      span.setStatus(StatusCode.ERROR);
      span.setAttribute(ERROR, e.getClass().getName());
      span.setAttribute(STATUS, String.valueOf(e.getSQLState()));
      throw e;
    } finally {
      span.end();
      metrics.get("tasker.sql.queries.total").record(1, "query_type", function, "result", result);
      metrics
          .get("tasker.sql.query.duration")
          .record(millisSince(start), "query_type", function, "result", result);
    }
  }

  static double millisSince(long startNanos) {
    return (System.nanoTime() - startNanos) / NANOS_IN_MILLI;
  }

  private Span span(String function, String sql) {
    if (!Span.current().getSpanContext().isValid()) {
      return Span.getInvalid();
    }
    return tracer
        .spanBuilder(function)
        .setSpanKind(SpanKind.CLIENT)
        .setAttribute(SYSTEM, "postgresql")
        .setAttribute(OPERATION, "SELECT")
        .setAttribute(PROCEDURE, "tasker." + function)
        .setAttribute(QUERY, sql)
        .startSpan();
  }

  private static void rollBack(Connection connection, Exception cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }
}
