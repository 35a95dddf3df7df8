package io.taskerbridge.host.provider;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL that outlived the process that started it, known by its {@code postmaster.pid}. The
 * caller holds the folder's lock, so no living worker owns the server.
 */
final class LeftoverServer {
  private static final Logger LOG = LoggerFactory.getLogger(LeftoverServer.class);
  private static final Duration STOP_WAIT = Duration.ofSeconds(30);
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(60);

  private LeftoverServer() {}

  /** Stops it, if there is one, and removes a pid file that nobody stands behind. */
  static void stop(Path data) {
    Path pidFile = data.resolve("postmaster.pid");
    try {
      if (!Files.exists(pidFile)) {
        return;
      }
      Optional<ProcessHandle> server = find(Files.readAllLines(pidFile));
      if (server.isPresent()) {
        LOG.info(
            "Stopping PostgreSQL {} that a crashed process left in {}", server.get().pid(), data);
        interrupt(server.get());
      }
      Files.deleteIfExists(pidFile);
    } catch (IOException e) {
      throw new DatabaseException("Cannot read " + pidFile + ": " + e.getMessage(), e);
    }
  }

  /** The process of the pid file, unless its number belongs to another program by now. */
  private static Optional<ProcessHandle> find(List<String> lines) {
    try {
      long pid = Long.parseLong(lines.getFirst().strip());
      Instant started =
          lines.size() > 2 ? Instant.ofEpochSecond(Long.parseLong(lines.get(2).strip())) : null;
      return ProcessHandle.of(pid)
          .filter(
              process ->
                  process.info().command().map(c -> c.endsWith("postgres")).orElse(false)
                      && (started == null
                          || process
                              .info()
                              .startInstant()
                              .map(
                                  at ->
                                      Duration.between(at, started).abs().compareTo(CLOCK_TOLERANCE)
                                          < 0)
                              .orElse(true)));
    } catch (NumberFormatException | java.util.NoSuchElementException e) {
      return Optional.empty();
    }
  }

  /** SIGINT is PostgreSQL's fast shutdown; Java itself can only send SIGTERM and SIGKILL. */
  private static void interrupt(ProcessHandle server) {
    try {
      new ProcessBuilder("kill", "-INT", Long.toString(server.pid())).start().waitFor();
      server.onExit().get(STOP_WAIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DatabaseException("Interrupted while PostgreSQL was stopping", e);
    } catch (IOException | ExecutionException | TimeoutException e) {
      throw new DatabaseException(
          "PostgreSQL process "
              + server.pid()
              + ", left by a crashed process, did not stop. Stop it with: kill -INT "
              + server.pid(),
          e);
    }
  }
}
