package io.taskerbridge.python;

import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.log.LogEntry;
import io.taskerbridge.core.log.LogWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A log kept in memory, from debug upwards. */
final class RecordedLog implements LogWriter {
  private final List<LogEntry> entries = new CopyOnWriteArrayList<>();

  @Override
  public boolean isEnabled(LogLevel level) {
    return level.number() >= LogLevel.DEBUG.number();
  }

  @Override
  public void write(LogEntry entry) {
    entries.add(entry);
  }

  void clear() {
    entries.clear();
  }

  List<LogEntry> entries() {
    return List.copyOf(entries);
  }

  /** The one record with that message. */
  LogEntry withMessage(String message) {
    List<LogEntry> found = entries.stream().filter(e -> e.message().equals(message)).toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " records say " + message + ": " + entries);
    }
    return found.getFirst();
  }
}
