package io.taskerbridge.host.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded server: durable, locked, and back after every kind of end. */
class EmbeddedDatabaseTest {
  @TempDir Path home;

  @Test
  void data_survives_a_restart_and_a_killed_JVM() throws Exception {
    Path folder = home.resolve("kept");
    try (EmbeddedDatabase first = EmbeddedDatabase.start(folder, TestDatabase.BINARIES, 75)) {
      execute(first, "create table kept (n int)");
      execute(first, "insert into kept values (1)");
      assertThat(setting(first, "max_connections")).isEqualTo("75");
      assertThat(setting(first, "fsync")).isEqualTo("on");
      assertThat(setting(first, "synchronous_commit")).isEqualTo("on");
      assertThat(setting(first, "server_version")).startsWith("18.");
      assertThatThrownBy(
              () -> DriverManager.getConnection(first.jdbcUrl(), first.user(), "guessed"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
    }

    try (ChildJvm child = ChildJvm.start(Holder.class, folder.toString())) {
      child.await("READY");
      child.kill();
    }
    long orphan =
        Long.parseLong(
            Files.readAllLines(folder.resolve("data").resolve("postmaster.pid")).getFirst());
    assertThat(ProcessHandle.of(orphan)).isPresent();

    try (EmbeddedDatabase again = EmbeddedDatabase.start(folder, TestDatabase.BINARIES, 75)) {
      assertThat(ProcessHandle.of(orphan).filter(ProcessHandle::isAlive)).isEmpty();
      assertThat(single(again, "select count(*) from kept")).isEqualTo("2");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(folder.resolve("password"))))
          .isEqualTo("rw-------");

      assertThatThrownBy(() -> EmbeddedDatabase.start(folder, TestDatabase.BINARIES, 75))
          .isInstanceOf(DatabaseException.class)
          .hasMessageContaining(folder + " is in use by process " + ProcessHandle.current().pid())
          .hasMessageContaining("[database] directory");
    }

    // a pid file whose process is long gone, or is another program by now
    Path pidFile = folder.resolve("data").resolve("postmaster.pid");
    Files.writeString(
        pidFile, ProcessHandle.current().pid() + "\n" + folder + "\n1700000000\n5432\n");
    try (EmbeddedDatabase again = EmbeddedDatabase.start(folder, TestDatabase.BINARIES, 75)) {
      assertThat(single(again, "select count(*) from kept")).isEqualTo("2");
    }
  }

  @Test
  void folder_that_cannot_be_written_is_one_clear_error() throws Exception {
    Path file = Files.writeString(home.resolve("file"), "not a folder");

    assertThatThrownBy(() -> EmbeddedDatabase.start(file.resolve("db"), TestDatabase.BINARIES, 75))
        .isInstanceOf(DatabaseException.class)
        .hasMessageContaining("database folder " + file.resolve("db") + " cannot be written")
        .hasMessageContaining("[database] directory");
  }

  /** Starts the server on a folder, writes a row and waits to be killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws Exception {
      EmbeddedDatabase database =
          EmbeddedDatabase.start(Path.of(arguments[0]), TestDatabase.BINARIES, 75);
      execute(database, "insert into kept values (2)");
      System.out.println("READY");
      new CountDownLatch(1).await();
    }
  }

  private static String setting(EmbeddedDatabase database, String name) throws SQLException {
    return single(database, "select current_setting('" + name + "')");
  }

  private static String single(EmbeddedDatabase database, String sql) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void execute(EmbeddedDatabase database, String sql) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Connection connect(EmbeddedDatabase database) throws SQLException {
    return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
  }
}
