package io.taskerbridge.core.metrics;

import io.taskerbridge.core.log.Redactor;
import java.util.regex.Pattern;

/** Makes label values fit to be shown and stored: bounded, without secrets, without raw queries. */
final class LabelGuard {
  private static final int LIMIT = 200;
  private static final Pattern USER_PART = Pattern.compile("(?<=://)[^/?#@]*@");
  private static final Pattern QUERY = Pattern.compile("[?#].*", Pattern.DOTALL);

  private final Redactor redactor;

  LabelGuard(Redactor redactor) {
    this.redactor = redactor;
  }

  String clean(String label, String value) {
    if (redactor.isSensitive(label)) {
      return Redactor.REDACTED;
    }
    String clean = value;
    if (clean.contains("://")) {
      clean = QUERY.matcher(USER_PART.matcher(clean).replaceAll("")).replaceFirst("");
    }
    if (!redactor.redact(clean).equals(clean)) {
      return Redactor.REDACTED;
    }
    return cut(clean);
  }

  static String cut(String value) {
    if (value.codePointCount(0, value.length()) <= LIMIT) {
      return value;
    }
    return value.substring(0, value.offsetByCodePoints(0, LIMIT));
  }
}
