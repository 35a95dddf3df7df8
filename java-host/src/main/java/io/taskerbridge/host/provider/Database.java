package io.taskerbridge.host.provider;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.IMetricsTracker;
import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.metrics.Metrics;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * The worker's database, its schema up to date: a PostgreSQL server of the user's, or the embedded
 * one. Two pools, so that the engine's polling never waits for a task's work, nor the other way
 * round. Safe for use by many threads.
 */
public final class Database implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration VALIDATION_TIMEOUT = Duration.ofSeconds(3);
  // no answer of the engine's takes that long: the server is gone without a word
  private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(60);
  private static final int OLDEST_SERVER = 14;
  private static final int ENGINE_POOL = 4;
  private static final int LEAST_CONNECTIONS = 60;
  // the engine's, the listener's, those of a start, and some for people who look
  private static final int CONNECTIONS_BESIDE_THE_POOL = 20;
  private static final String WRONG_PASSWORD = "28";
  private static final String NO_SUCH_DATABASE = "3D000";

  private final DatabaseUrl url;
  private final @Nullable EmbeddedDatabase embedded;
  private final HikariDataSource work;
  private final HikariDataSource engine;

  private Database(
      DatabaseUrl url,
      @Nullable EmbeddedDatabase embedded,
      HikariDataSource work,
      HikariDataSource engine) {
    this.url = url;
    this.embedded = embedded;
    this.work = work;
    this.engine = engine;
  }

  /**
   * Connects, starting the embedded server where no URL is configured, and brings the schema up to
   * date. Workers may do so at the same time. Returns or throws in bounded time.
   *
   * @throws DatabaseException if the database cannot be used; the message names it, without its
   *     password, and the remedy
   */
  public static Database open(BridgeConfig.Database config, Metrics metrics) {
    String configured = config.url();
    if (configured != null && !configured.isBlank()) {
      return connect(
          DatabaseUrl.parse(configured, config.user(), config.password()), null, config, metrics);
    }
    EmbeddedDatabase embedded =
        EmbeddedDatabase.start(
            config.directory(),
            Math.max(LEAST_CONNECTIONS, config.poolSize() + CONNECTIONS_BESIDE_THE_POOL));
    try {
      return connect(
          new DatabaseUrl(embedded.jdbcUrl(), embedded.user(), embedded.password()),
          embedded,
          config,
          metrics);
    } catch (RuntimeException e) {
      embedded.close();
      throw e;
    }
  }

  /**
   * Connects to the server that a URL names, once, and changes nothing.
   *
   * @return its version
   * @throws DatabaseException as {@link #open}
   */
  public static String probe(String url, @Nullable String user, @Nullable String password) {
    DatabaseUrl server = DatabaseUrl.parse(url, user, password);
    try {
      return usableVersion(server);
    } catch (SQLException e) {
      throw unusable(server, e);
    }
  }

  private static Database connect(
      DatabaseUrl url,
      @Nullable EmbeddedDatabase embedded,
      BridgeConfig.Database config,
      Metrics metrics) {
    requireUsable(url, metrics);
    migrate(url);
    HikariDataSource work = pool(url, "work", config.poolSize(), metrics);
    HikariDataSource engine = pool(url, "engine", ENGINE_POOL, metrics);
    return new Database(url, embedded, work, engine);
  }

  /** Connections for the work of tasks. */
  DataSource work() {
    return work;
  }

  /** Connections for the engine's polling and heartbeats, which belong to no task. */
  DataSource engine() {
    return engine;
  }

  /** A connection of its own, outside of the pools, for LISTEN. */
  Connection listener() throws SQLException {
    return DriverManager.getConnection(url.jdbc(), properties(url));
  }

  /** The server and database, for people, without the password. */
  public String shown() {
    return embedded == null ? url.shown() : "embedded " + url.shown();
  }

  /** Whether the database answers now; takes three seconds at most. */
  public boolean healthy() {
    try (Connection connection = engine.getConnection()) {
      return connection.isValid((int) VALIDATION_TIMEOUT.toSeconds());
    } catch (SQLException e) {
      return false;
    }
  }

  /** Sets the gauges of both pools. */
  void recordPools(Metrics metrics) {
    recordPool(metrics, work);
    recordPool(metrics, engine);
  }

  private static void recordPool(Metrics metrics, HikariDataSource pool) {
    var state = pool.getHikariPoolMXBean();
    if (state != null) {
      var gauge = metrics.get("tasker.db.pool.connections");
      gauge.record(state.getIdleConnections(), "pool", pool.getPoolName(), "state", "idle");
      gauge.record(state.getActiveConnections(), "pool", pool.getPoolName(), "state", "active");
    }
  }

  /** Closes the connections and, if it was started here, the server. */
  @Override
  public void close() {
    work.close();
    engine.close();
    if (embedded != null) {
      embedded.close();
    }
  }

  private static void requireUsable(DatabaseUrl url, Metrics metrics) {
    try {
      usableVersion(url);
    } catch (SQLException e) {
      ConnectionErrors.record(metrics, e);
      throw unusable(url, e);
    }
  }

  private static String usableVersion(DatabaseUrl url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url.jdbc(), properties(url))) {
      DatabaseMetaData server = connection.getMetaData();
      if (server.getDatabaseMajorVersion() < OLDEST_SERVER) {
        throw new DatabaseException(
            "The database at "
                + url.shown()
                + " is PostgreSQL "
                + server.getDatabaseMajorVersion()
                + "; "
                + OLDEST_SERVER
                + " is the oldest that works.");
      }
      return server.getDatabaseProductVersion();
    }
  }

  private static DatabaseException unusable(DatabaseUrl url, SQLException e) {
    return new DatabaseException(
        "Cannot use the database at "
            + url.shown()
            + ": "
            + e.getMessage()
            + ". "
            + remedy(String.valueOf(e.getSQLState())),
        e);
  }

  private static String remedy(String sqlState) {
    if (sqlState.startsWith(WRONG_PASSWORD)) {
      return "Correct the user and password in [database] or DATABASE_URL.";
    }
    if (sqlState.equals(NO_SUCH_DATABASE)) {
      return "Create the database, or name another one in [database] url or DATABASE_URL.";
    }
    return "Start PostgreSQL there, correct [database] url or DATABASE_URL, or remove it to use the"
        + " embedded database.";
  }

  private static void migrate(DatabaseUrl url) {
    try {
      Flyway.configure(Database.class.getClassLoader())
          .dataSource(
              url.jdbc(),
              url.user() == null ? "" : url.user(),
              url.password() == null ? "" : url.password())
          .schemas("tasker")
          .locations("classpath:db/migration")
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new DatabaseException(
          "The schema tasker of the database at "
              + url.shown()
              + " could not be brought up to date: "
              + e.getMessage()
              + " The user needs the right to create a schema; a schema that a newer version made"
              + " needs that version.",
          e);
    }
  }

  private static HikariDataSource pool(DatabaseUrl url, String name, int size, Metrics metrics) {
    var config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(url.jdbc());
    config.setUsername(url.user());
    config.setPassword(url.password());
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(Math.min(2, size));
    config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
    config.setValidationTimeout(VALIDATION_TIMEOUT.toMillis());
    config.addDataSourceProperty("socketTimeout", Long.toString(SOCKET_TIMEOUT.toSeconds()));
    properties(url).forEach((key, value) -> config.addDataSourceProperty((String) key, value));
    config.setMetricsTrackerFactory((pool, stats) -> new Checkouts(metrics, pool));
    return new HikariDataSource(config);
  }

  private static Properties properties(DatabaseUrl url) {
    var properties = new Properties();
    if (url.user() != null) {
      properties.setProperty("user", url.user());
    }
    if (url.password() != null) {
      properties.setProperty("password", url.password());
    }
    properties.setProperty("ApplicationName", "tasker-bridge");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("connectTimeout", Long.toString(CONNECT_TIMEOUT.toSeconds()));
    properties.setProperty("loginTimeout", Long.toString(CONNECT_TIMEOUT.toSeconds()));
    return properties;
  }

  /** Counts and times what the pool lends. */
  private record Checkouts(Metrics metrics, String pool) implements IMetricsTracker {
    @Override
    public void recordConnectionAcquiredNanos(long nanos) {
      metrics.get("tasker.db.pool.checkouts.total").record(1, "pool", pool);
      metrics
          .get("tasker.db.pool.checkout.duration")
          .record(nanos / (double) TimeUnit.MILLISECONDS.toNanos(1), "pool", pool);
    }

    @Override
    public void recordConnectionTimeout() {
      metrics.get("tasker.db.connection.errors.total").record(1, "error_type", "pool_exhausted");
    }
  }
}
