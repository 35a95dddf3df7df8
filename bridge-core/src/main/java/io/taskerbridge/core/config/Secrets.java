package io.taskerbridge.core.config;

import java.util.regex.Pattern;

/** What stands in the place of a secret. */
final class Secrets {
  /** The same text as in logs and spans. */
  static final String MASK = "[REDACTED]";

  // greedy: a password with an unencoded @ or / in it must not show its end
  private static final Pattern USER_INFO = Pattern.compile("(://[^:/@?#]*):.*@");
  private static final Pattern PARAMETER =
      Pattern.compile("(?i)([?&][^=&]*(?:password|secret|token|key)[^=&]*=)[^&]*");

  private Secrets() {}

  /** The URL without the passwords in it. */
  static String withoutPassword(String url) {
    String masked = USER_INFO.matcher(url).replaceAll("$1:" + MASK + "@");
    return PARAMETER.matcher(masked).replaceAll("$1" + MASK);
  }
}
