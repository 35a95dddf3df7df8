package io.taskerbridge.host.provider;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for steps that became due, on a connection of its own. When the connection breaks it
 * opens another one; meanwhile the engine finds steps by polling.
 */
final class Announcements implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);
  private static final Duration WAIT = Duration.ofSeconds(10);
  private static final Duration RECONNECT = Duration.ofSeconds(1);

  private final Database database;
  private final List<String> namespaces;
  private final Runnable onStepsDue;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Connection current;

  Announcements(Database database, List<String> namespaces, Runnable onStepsDue) {
    this.database = database;
    this.namespaces = List.copyOf(namespaces);
    this.onStepsDue = onStepsDue;
    this.thread = Thread.ofPlatform().name("tasker-announcements").daemon().unstarted(this::listen);
  }

  void start() {
    thread.start();
  }

  private void listen() {
    while (closed.getCount() > 0) {
      try (Connection connection = database.listener()) {
        current = connection;
        try (Statement statement = connection.createStatement()) {
          statement.execute("listen tasker_steps");
        }
        // what was announced before is found by looking once
        onStepsDue.run();
        receive(connection.unwrap(PGConnection.class));
      } catch (SQLException e) {
        if (closed.getCount() > 0) {
          LOG.warn("No announcements from the database, polling only: {}", e.getMessage());
        }
      }
      pause();
    }
  }

  private void receive(PGConnection connection) throws SQLException {
    while (closed.getCount() > 0) {
      PGNotification[] notifications = connection.getNotifications((int) WAIT.toMillis());
      boolean mine = false;
      for (PGNotification notification : notifications) {
        String namespace = notification.getParameter();
        mine |= namespace.isEmpty() || namespaces.isEmpty() || namespaces.contains(namespace);
      }
      if (mine) {
        onStepsDue.run();
      }
    }
  }

  private void pause() {
    try {
      boolean over = closed.await(RECONNECT.toMillis(), TimeUnit.MILLISECONDS);
      LOG.trace("Listening again: {}", !over);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    Connection connection = current;
    try {
      if (connection != null) {
        // abort, since the listening thread holds the connection while it waits
        connection.abort(Runnable::run);
      }
      thread.join(WAIT.toMillis());
    } catch (SQLException e) {
      LOG.debug("The listening connection was closed already", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
