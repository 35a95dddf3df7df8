package io.taskerbridge.host.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.metrics.Metrics;
import io.taskerbridge.core.telemetry.Telemetry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a database is named, reached and brought up to date. */
class DatabaseTest {
  private static final Telemetry TELEMETRY =
      Telemetry.builder(BridgeConfig.defaults()).console(OutputStream.nullOutputStream()).start();
  private static final Metrics METRICS = TELEMETRY.metrics();

  @AfterAll
  static void closeTelemetry() {
    TELEMETRY.close();
  }

  @ParameterizedTest
  @CsvSource({
    "postgres://ann:s%40cret@db:5433/tasks, jdbc:postgresql://db:5433/tasks, ann, s@cret",
    "postgresql://ann@db/tasks?sslmode=require, jdbc:postgresql://db/tasks?sslmode=require, ann,",
    "jdbc:postgresql://db:5432/tasks?user=ann&password=x&sslmode=require,"
        + " jdbc:postgresql://db:5432/tasks?sslmode=require, ann, x"
  })
  void url_is_read(String url, String jdbc, String user, String password) {
    DatabaseUrl read = DatabaseUrl.parse(url, null, null);

    assertThat(read.jdbc()).isEqualTo(jdbc);
    assertThat(read.user()).isEqualTo(user);
    assertThat(read.password()).isEqualTo(password);
    assertThat(read.shown()).doesNotContain("cret").doesNotContain("password");
  }

  @ParameterizedTest
  @CsvSource({
    "mysql://db/tasks, [database] url is no PostgreSQL URL",
    "jdbc:mysql://db/tasks, '[database] url is for mysql, not PostgreSQL'",
    "postgres:///tasks, [database] url names no host",
    "postgres://ann:sec ret@db/tasks, [database] url cannot be read at character 18"
  })
  void bad_url_is_refused_without_its_password(String url, String message) {
    assertThatThrownBy(() -> DatabaseUrl.parse(url, null, null))
        .isInstanceOf(DatabaseException.class)
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("sec ret");
  }

  @Test
  void database_that_is_not_there_is_one_clear_error_in_bounded_time() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    Instant start = Instant.now();

    assertThatThrownBy(() -> open("postgres://ann:hidden@127.0.0.1:" + free + "/tasks"))
        .isInstanceOf(DatabaseException.class)
        .hasMessageContaining("postgresql://127.0.0.1:" + free + "/tasks (user ann)")
        .hasMessageContaining("DATABASE_URL")
        .hasMessageNotContaining("hidden");
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void server_that_accepts_and_never_answers_is_one_clear_error_in_bounded_time()
      throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Instant start = Instant.now();

      assertThatThrownBy(
              () -> open("postgres://ann:hidden@127.0.0.1:" + silent.getLocalPort() + "/tasks"))
          .isInstanceOf(DatabaseException.class)
          .hasMessageNotContaining("hidden");
      assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(15));
    }
  }

  @Test
  void wrong_password_and_missing_database_name_their_remedy() {
    BridgeConfig.Database there = TestDatabase.fresh();
    String url = String.valueOf(there.url());

    assertThatThrownBy(
            () ->
                Database.open(
                    new BridgeConfig.Database(url, there.user(), "wrong", 4, Path.of("x")),
                    METRICS))
        .isInstanceOf(DatabaseException.class)
        .hasMessageContaining("Correct the user and password");
    assertThatThrownBy(
            () ->
                Database.open(
                    new BridgeConfig.Database(
                        url + "_missing", there.user(), there.password(), 4, Path.of("x")),
                    METRICS))
        .isInstanceOf(DatabaseException.class)
        .hasMessageContaining("Create the database");
  }

  @Test
  void pools_give_up_on_a_server_that_falls_silent_and_the_listener_waits() throws Exception {
    try (Database database = Database.open(TestDatabase.fresh(), METRICS);
        Connection work = database.work().getConnection();
        Connection engine = database.engine().getConnection();
        Connection listener = database.listener()) {
      assertThat(work.getNetworkTimeout()).isEqualTo(60_000);
      assertThat(engine.getNetworkTimeout()).isEqualTo(60_000);
      assertThat(listener.getNetworkTimeout()).isZero();
    }
  }

  @Test
  void many_workers_bring_the_schema_up_to_date_at_once() throws Exception {
    BridgeConfig.Database where = TestDatabase.fresh();

    List<CompletableFuture<Database>> starts =
        IntStream.range(0, 4)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> Database.open(where, METRICS)))
            .toList();

    for (CompletableFuture<Database> start : starts) {
      try (Database database = start.get()) {
        assertThat(database.healthy()).isTrue();
        assertThat(database.shown()).startsWith("postgresql://127.0.0.1");
      }
    }
  }

  @Test
  void edges_in_the_database_are_those_of_the_state_machines() throws Exception {
    BridgeConfig.Database where = TestDatabase.fresh();
    Database.open(where, METRICS).close();
    try (Connection connection = TestDatabase.connect(where);
        Statement statement = connection.createStatement()) {
      assertThat(edges(statement, "task_state_edges")).isEqualTo(Edges.ofTasks());
      assertThat(edges(statement, "step_state_edges")).isEqualTo(Edges.ofSteps());
    }
  }

  private static java.util.Set<String> edges(Statement statement, String table)
      throws java.sql.SQLException {
    java.util.Set<String> edges = new java.util.TreeSet<>();
    try (var rows =
        statement.executeQuery("select from_state || ' ' || to_state from tasker." + table)) {
      while (rows.next()) {
        edges.add(rows.getString(1));
      }
    }
    return edges;
  }

  private static Database open(String url) {
    return Database.open(new BridgeConfig.Database(url, null, null, 4, Path.of("x")), METRICS);
  }
}
