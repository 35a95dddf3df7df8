package io.taskerbridge.host.admin;

import io.taskerbridge.core.config.LogLevel;
import io.taskerbridge.core.log.LogEntry;
import io.taskerbridge.core.log.LogWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what is logged. */
final class RecordedLog implements LogWriter {
  final List<LogEntry> entries = new CopyOnWriteArrayList<>();

  @Override
  public boolean isEnabled(LogLevel level) {
    return true;
  }

  @Override
  public void write(LogEntry entry) {
    entries.add(entry);
  }

  List<String> messages() {
    return entries.stream().map(LogEntry::message).toList();
  }
}
