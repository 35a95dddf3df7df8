package io.taskerbridge.host.orchestration;

/**
 * A template that was refused; the others are loaded all the same.
 *
 * @param file the file or folder
 * @param line where, 1 for the first; 0 where no line is to blame
 * @param message what is wrong and what would be right
 */
public record TemplateProblem(String file, int line, String message) {

  @Override
  public String toString() {
    return line > 0 ? file + ":" + line + ": " + message : file + ": " + message;
  }
}
