package io.taskerbridge.host.provider;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL 18 that runs beside this process, durable, with a password, on a free port of
 * the loopback interface. Its folder is the user's and is kept. One process at a time may hold it;
 * a server left over from a process that crashed is stopped and its data recovered.
 *
 * <p>The folder holds {@code data} (PostgreSQL's own), {@code password}, {@code lock} and {@code
 * postgres.log}.
 */
public final class EmbeddedDatabase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
  private static final Duration START_WAIT = Duration.ofSeconds(60);
  private static final int LOG_TAIL_LINES = 5;
  private static final String USER = "postgres";
  private static final String DATABASE = "tasker";

  private final FolderLock lock;
  private final EmbeddedPostgres server;
  private final String password;

  private EmbeddedDatabase(FolderLock lock, EmbeddedPostgres server, String password) {
    this.lock = lock;
    this.server = server;
    this.password = password;
  }

  /**
   * Starts the server on its folder; a new folder takes seconds.
   *
   * @param folder created if it is missing
   * @param connections how many the server takes at once
   * @throws DatabaseException if it cannot start; the message names the folder and the remedy
   */
  public static EmbeddedDatabase start(Path folder, int connections) {
    return start(folder, binariesFolder(), connections);
  }

  /**
   * Starts the server on its folder.
   *
   * @param binaries where PostgreSQL's programs are unpacked, 60 MB, once for all folders
   */
  static EmbeddedDatabase start(Path folder, Path binaries, int connections) {
    Path home = folder.toAbsolutePath().normalize();
    FolderLock lock = FolderLock.take(home);
    try {
      LeftoverServer.stop(home.resolve("data"));
      String password = PasswordFile.readOrCreate(home.resolve("password"));
      EmbeddedPostgres server = launch(home, binaries, password, connections);
      var database = new EmbeddedDatabase(lock, server, password);
      database.prepare();
      return database;
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** The JDBC URL of the worker's database, without user and password. */
  public String jdbcUrl() {
    return jdbcUrl(DATABASE);
  }

  /** The JDBC URL of a database of that name. */
  String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + database;
  }

  /** The user that owns the database. */
  public String user() {
    return USER;
  }

  /** The user's password. */
  public String password() {
    return password;
  }

  /** Stops the server, in bounded time, and lets the folder go; the data stays. */
  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      LOG.warn("The embedded database did not stop cleanly; its next start recovers it", e);
    } finally {
      lock.close();
    }
  }

  private static EmbeddedPostgres launch(
      Path home, Path binaries, String password, int connections) {
    Path log = home.resolve("postgres.log");
    boolean isNew = !Files.exists(home.resolve("data").resolve("PG_VERSION"));
    var output = ProcessBuilder.Redirect.appendTo(log.toFile());
    try {
      Files.createDirectories(binaries);
      return EmbeddedPostgres.builder()
          .setDataDirectory(home.resolve("data"))
          .setOverrideWorkingDirectory(binaries.toFile())
          .setCleanDataDirectory(false)
          .setRegisterShutdownHook(false)
          .setPGStartupWait(START_WAIT)
          .setOutputRedirector(output)
          .setErrorRedirector(output)
          // initdb's own options: the server never runs a moment without a password
          .setLocaleConfig("auth", "scram-sha-256")
          .setLocaleConfig("pwfile", home.resolve("password").toString())
          .setLocaleConfig("locale", "C")
          .setServerConfig("fsync", "on")
          .setServerConfig("synchronous_commit", "on")
          .setServerConfig("full_page_writes", "on")
          .setServerConfig("max_connections", Integer.toString(connections))
          .setServerConfig("listen_addresses", "127.0.0.1")
          .setServerConfig("unix_socket_directories", "")
          .setConnectConfig("password", password)
          .start();
    } catch (IOException | RuntimeException | ExceptionInInitializerError e) {
      throw cannotStart(home, log, isNew, e);
    }
  }

  private static DatabaseException cannotStart(
      Path home, Path log, boolean isNew, Throwable cause) {
    String reason = String.valueOf(cause.getMessage());
    if (reason.contains("No Postgres binary") || reason.contains("Missing embedded postgres")) {
      return new DatabaseException(
          "There is no embedded PostgreSQL for "
              + System.getProperty("os.name")
              + " on "
              + System.getProperty("os.arch")
              + ". Run a PostgreSQL 14 or later and name it in [database] url or DATABASE_URL.",
          cause);
    }
    return new DatabaseException(
        "The embedded PostgreSQL in "
            + home
            + " did not start: "
            + reason
            + tail(log)
            + (isNew
                ? ". Check that the folder's disk has room, or name another [database] directory."
                : ". Its log is "
                    + log
                    + "; a folder of another PostgreSQL version or a damaged one cannot be used:"
                    + " name another [database] directory, or a server in [database] url."),
        cause);
  }

  private static String tail(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return " ["
          + String.join(
              " | ", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()))
          + "]";
    } catch (IOException e) {
      return "";
    }
  }

  private void prepare() {
    try {
      try (Connection connection = connect("postgres");
          Statement statement = connection.createStatement()) {
        requireOn(statement, "fsync");
        requireOn(statement, "synchronous_commit");
        requireOn(statement, "full_page_writes");
        if (!exists(statement)) {
          statement.execute("create database " + DATABASE);
        }
      }
    } catch (SQLException e) {
      closeServer();
      throw new DatabaseException(
          "The embedded PostgreSQL started but does not answer: " + e.getMessage(), e);
    } catch (DatabaseException e) {
      closeServer();
      throw e;
    }
  }

  private void closeServer() {
    try {
      server.close();
    } catch (IOException e) {
      LOG.warn("The embedded database did not stop cleanly", e);
    }
  }

  private Connection connect(String database) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", USER);
    properties.setProperty("password", password);
    return DriverManager.getConnection(jdbcUrl(database), properties);
  }

  private static boolean exists(Statement statement) throws SQLException {
    try (ResultSet rows =
        statement.executeQuery("select 1 from pg_database where datname = '" + DATABASE + "'")) {
      return rows.next();
    }
  }

  private static void requireOn(Statement statement, String setting) throws SQLException {
    try (ResultSet rows = statement.executeQuery("select current_setting('" + setting + "')")) {
      if (!rows.next() || !"on".equals(rows.getString(1))) {
        throw new DatabaseException(
            "The embedded PostgreSQL runs with "
                + setting
                + " off and could lose tasks; remove the setting from its postgresql.conf.");
      }
    }
  }

  private static Path binariesFolder() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path base;
    if (cache != null && !cache.isBlank()) {
      base = Path.of(cache);
    } else {
      Path user = Path.of(System.getProperty("user.home", "."));
      boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
      base = mac ? user.resolve("Library").resolve("Caches") : user.resolve(".cache");
    }
    return base.resolve("tasker-bridge").resolve("postgres");
  }
}
