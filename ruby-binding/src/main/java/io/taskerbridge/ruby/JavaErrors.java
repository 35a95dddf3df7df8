package io.taskerbridge.ruby;

import io.taskerbridge.core.handler.HandlerError;
import java.util.ArrayList;
import java.util.List;
import org.jruby.exceptions.ThreadKill;

/** Errors of Java code that a handler called, told like Ruby's own. */
final class JavaErrors {
  private static final int FRAMES = 50;

  private JavaErrors() {}

  /** An error that is none of Ruby's. */
  static HandlerError error(Throwable thrown) {
    String type = type(thrown);
    String message = message(thrown);
    return new HandlerError(type, message, null, backtrace(type, message, thrown));
  }

  static String type(Throwable thrown) {
    return switch (thrown) {
      case StackOverflowError e -> "SystemStackError";
      case ThreadKill e -> "ThreadKill";
      default -> thrown.getClass().getName();
    };
  }

  static String message(Throwable thrown) {
    return switch (thrown) {
      case StackOverflowError e -> "stack level too deep";
      case ThreadKill e -> "the handler's thread was killed";
      default -> String.valueOf(thrown.getMessage());
    };
  }

  /** The error with its frames, those of the Ruby engine left out. */
  static String backtrace(String type, String message, Throwable thrown) {
    List<String> lines = new ArrayList<>();
    lines.add(type + ": " + message);
    for (StackTraceElement frame : thrown.getStackTrace()) {
      if (lines.size() > FRAMES) {
        break;
      }
      String place = place(frame);
      if (!place.isEmpty()) {
        lines.add(place);
      }
    }
    return String.join("\n", lines);
  }

  private static String place(StackTraceElement frame) {
    String file = frame.getFileName();
    String owner = frame.getClassName();
    if (file != null && file.endsWith(".rb")) {
      return file + ":" + frame.getLineNumber() + ":in '" + frame.getMethodName() + "'";
    }
    boolean engine =
        owner.startsWith("org.jruby.")
            || owner.startsWith("java.lang.invoke.")
            || owner.startsWith("io.taskerbridge.ruby.");
    return engine ? "" : frame.toString();
  }
}
