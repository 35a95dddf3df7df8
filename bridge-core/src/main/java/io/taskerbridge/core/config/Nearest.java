package io.taskerbridge.core.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The known name that somebody who mistyped probably meant. */
public final class Nearest {
  private Nearest() {}

  /** The nearest of the names, or empty if none is near: at most a third of it is wrong. */
  public static Optional<String> to(String typed, Collection<String> names) {
    int allowed = Math.max(1, typed.length() / 3);
    return names.stream()
        .filter(name -> distance(typed, name) <= allowed)
        .min(Comparator.comparingInt(name -> distance(typed, name)));
  }

  /** {@code "; did you mean NAME?"}, or nothing where no name is near. */
  public static String hint(String typed, Collection<String> names) {
    return to(typed, names).map(name -> "; did you mean " + name + "?").orElse("");
  }

  /** Characters to insert, drop, replace or swap with their neighbour; case does not count. */
  static int distance(String left, String right) {
    String from = left.toLowerCase(Locale.ROOT);
    String to = right.toLowerCase(Locale.ROOT);
    int[][] cost = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int replaced = cost[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(replaced, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[from.length()][to.length()];
  }
}
