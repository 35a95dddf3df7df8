package io.taskerbridge.host.provider;

import io.taskerbridge.core.config.BridgeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** One PostgreSQL for all tests of the JVM, and a database of its own for whoever asks. */
final class TestDatabase {
  static final Path BINARIES = Path.of("target", "postgres-binaries").toAbsolutePath();
  private static final AtomicInteger NEXT = new AtomicInteger();

  private TestDatabase() {}

  /** Where a new, empty database is. */
  static BridgeConfig.Database fresh() {
    String name = "test_" + NEXT.incrementAndGet();
    EmbeddedDatabase server = Shared.SERVER;
    try (Connection connection =
            DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return new BridgeConfig.Database(
        server.jdbcUrl(name), server.user(), server.password(), 8, Path.of("unused"));
  }

  static Connection connect(BridgeConfig.Database config) throws SQLException {
    return DriverManager.getConnection(config.url(), config.user(), config.password());
  }

  private static final class Shared {
    static final EmbeddedDatabase SERVER = start();

    private static EmbeddedDatabase start() {
      try {
        Path folder = Files.createTempDirectory("tasker-database");
        EmbeddedDatabase server = EmbeddedDatabase.start(folder, BINARIES, 100);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
