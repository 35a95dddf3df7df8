package io.taskerbridge.host.orchestration;

import java.io.Serial;

/** A template's fault at a line, on its way to become a {@link TemplateProblem}. */
final class TemplateFault extends Exception {
  @Serial private static final long serialVersionUID = 1L;
  private final int line;

  TemplateFault(int line, String message) {
    super(message);
    this.line = line;
  }

  int line() {
    return line;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
