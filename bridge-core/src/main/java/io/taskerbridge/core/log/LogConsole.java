package io.taskerbridge.core.log;

import java.io.Console;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Where the console's lines go. The stream is flushed after each line and never closed.
 *
 * @param colour whether lines for people are coloured
 */
public record LogConsole(OutputStream out, boolean colour) {

  /** Standard output, as a worker's. */
  public static LogConsole standardOutput() {
    return new LogConsole(System.out, isTerminal());
  }

  /** Standard error, for commands that print their result on standard output. */
  public static LogConsole standardError() {
    return new LogConsole(System.err, isTerminal());
  }

  /** Whether a person looks on who did not ask for plain text (https://no-color.org). */
  private static boolean isTerminal() {
    return System.getenv("NO_COLOR") == null
        && Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }
}
