package io.taskerbridge.core.config;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The configuration cannot be used. Holds everything that is wrong with it; the message names each
 * problem on a line of its own. No message shows the value of a secret.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<Problem> problems;

  ConfigException(List<Problem> problems) {
    super(text(problems));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, in the order in which it was found; never empty. */
  public List<Problem> problems() {
    return problems;
  }

  private static String text(List<Problem> problems) {
    return problems.size() == 1
        ? problems.get(0).toString()
        : problems.stream()
            .map(problem -> "\n  " + problem)
            .collect(
                Collectors.joining("", problems.size() + " problems in the configuration:", ""));
  }

  /**
   * One thing that is wrong.
   *
   * @param origin where it was said
   * @param key the full path of the key, such as {@code worker.threads}; null where no key is known
   * @param fault what is wrong
   * @param remedy what to do about it
   */
  public record Problem(Origin origin, @Nullable String key, String fault, String remedy) {

    /** {@code place: key: fault; remedy}. */
    @Override
    public String toString() {
      return origin + ": " + (key == null ? "" : key + ": ") + fault + "; " + remedy;
    }
  }
}
