package io.taskerbridge.core.log;

import io.taskerbridge.core.config.LogLevel;

/** Takes log entries. Never throws, never recurses, safe for use by many threads. */
public interface LogWriter {

  /** Whether an entry of the level would be written. Cheap. */
  boolean isEnabled(LogLevel level);

  /** Writes the entry once. */
  void write(LogEntry entry);
}
