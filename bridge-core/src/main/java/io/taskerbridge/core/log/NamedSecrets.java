package io.taskerbridge.core.log;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds secrets in a text by the name before them: {@code password=x}, {@code "token": "x"}, {@code
 * :api_key=>"x"}, {@code Authorization: Basic x}, {@code ?X-Amz-Signature=x}. Only the value is
 * replaced, within its quotes if it has some, so that a JSON text stays one. Safe for use by many
 * threads.
 */
final class NamedSecrets {
  private static final int LONGEST_NAME = 64;
  private static final int LONGEST_GAP = 3;
  private static final int LONG_VALUE = 20;

  /** Names that are secret in the query of a URL only. */
  private static final Set<String> SIGNATURES =
      Set.of("sig", "signature", "x-amz-signature", "x-goog-signature", "hmac", "sas");

  private static final Set<String> SCHEMES =
      Set.of("bearer", "basic", "digest", "token", "negotiate", "apikey");
  private static final Set<String> NO_SECRETS =
      Set.of("null", "nil", "none", "true", "false", "undefined");
  private static final String BREAKS = " \t\r\n,;&\"'`)]}<>\\|";

  /** Names that are remembered; texts may hold any number of them. */
  private static final int CACHED_NAMES = 4096;

  private final KeyWords words;
  private final ConcurrentHashMap<String, KeyWords.Match> known = new ConcurrentHashMap<>();

  NamedSecrets(KeyWords words) {
    this.words = words;
  }

  String redact(String text) {
    Edits edits = new Edits(text);
    int i = 1;
    while (i < text.length() - 1) {
      char c = text.charAt(i);
      if ((c == ':' || c == '=') && separates(text, i)) {
        i = Math.max(i + 1, redactAfter(text, i, edits));
      } else {
        i++;
      }
    }
    return edits.result();
  }

  /** Whether the character stands between a name and a value, not in an operator or a URL. */
  private static boolean separates(String text, int i) {
    char before = text.charAt(i - 1);
    char after = text.charAt(i + 1);
    return text.charAt(i) == ':'
        ? before != ':' && after != ':' && !text.startsWith("//", i + 1)
        : "=!<>~".indexOf(before) < 0 && after != '=' && after != '~';
  }

  /** Replaces the value after the separator if its name is telling; where to go on. */
  private int redactAfter(String text, int separator, Edits edits) {
    Name name = Name.before(text, separator);
    if (name == null) {
      return separator + 1;
    }
    KeyWords.Match match = match(name.text);
    boolean signature = name.inQuery && SIGNATURES.contains(name.text.toLowerCase(Locale.ROOT));
    if (match == KeyWords.Match.NONE && !signature) {
      return separator + 1;
    }
    int start = separator + (text.startsWith("=>", separator) ? 2 : 1);
    while (start < text.length() && (text.charAt(start) == ' ' || text.charAt(start) == '\t')) {
      start++;
    }
    if (start == text.length() || text.startsWith(Redactor.REDACTED, start)) {
      return start;
    }
    return replaceValue(text, start, name, text.charAt(separator) == ':', edits);
  }

  private KeyWords.Match match(String name) {
    KeyWords.Match match = known.get(name);
    if (match == null) {
      match = words.match(name);
      if (known.size() < CACHED_NAMES) {
        known.put(name, match);
      }
    }
    return match;
  }

  private static int replaceValue(String text, int start, Name name, boolean colon, Edits edits) {
    // Python's b'...'
    int open = text.charAt(start) == 'b' && isQuoteAt(text, start + 1) ? start + 1 : start;
    int quote = open;
    while (quote < text.length() && text.charAt(quote) == '\\') {
      quote++;
    }
    if (isQuoteAt(text, quote)) {
      int end = closingQuote(text, quote, quote - open);
      replace(text, quote + 1, end, Redactor.REDACTED, edits);
      return end;
    }
    char first = text.charAt(start);
    int end =
        first == '{' || first == '['
            ? closingBracket(text, start)
            : colon && name.isHeader() && !name.quoted
                ? endOfLine(text, start)
                : endOfToken(text, start, name);
    String value = text.substring(start, end);
    if (NO_SECRETS.contains(value.toLowerCase(Locale.ROOT))
        || (colon && name.isClassName() && !looksSecret(value))) {
      return start;
    }
    replace(
        text, start, end, name.quoted ? '"' + Redactor.REDACTED + '"' : Redactor.REDACTED, edits);
    return end;
  }

  private static void replace(String text, int from, int to, String with, Edits edits) {
    if (to > from && !text.startsWith(Redactor.REDACTED, from)) {
      edits.replace(from, to, with);
    }
  }

  private static boolean isQuoteAt(String text, int i) {
    return i < text.length() && (text.charAt(i) == '"' || text.charAt(i) == '\'');
  }

  /** Where the closing quote is, with its backslashes if the opening one has some. */
  private static int closingQuote(String text, int open, int backslashes) {
    char quote = text.charAt(open);
    int run = 0;
    for (int i = open + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        run++;
        continue;
      }
      if (c == quote && (backslashes == 0 ? run % 2 == 0 : run <= backslashes)) {
        return i - Math.min(run, backslashes);
      }
      run = 0;
    }
    return text.length();
  }

  private static int closingBracket(String text, int open) {
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '{' || c == '[') {
        depth++;
      } else if ((c == '}' || c == ']') && --depth == 0) {
        return i + 1;
      }
    }
    return text.length();
  }

  private static int endOfLine(String text, int start) {
    int end = start;
    while (end < text.length() && "\r\n\"\\".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  private static int endOfToken(String text, int start, Name name) {
    int end = nextBreak(text, start, name);
    boolean scheme = SCHEMES.contains(text.substring(start, end).toLowerCase(Locale.ROOT));
    return scheme && text.startsWith(" ", end) ? nextBreak(text, end + 1, name) : end;
  }

  private static int nextBreak(String text, int start, Name name) {
    int end = start;
    while (end < text.length()
        && BREAKS.indexOf(text.charAt(end)) < 0
        && !(name.inQuery && text.charAt(end) == '#')) {
      end++;
    }
    return end;
  }

  private static boolean looksSecret(String value) {
    return value.length() >= LONG_VALUE || value.chars().anyMatch(c -> c >= '0' && c <= '9');
  }

  /**
   * The name before a separator.
   *
   * @param quoted whether it stands in double quotes
   * @param inQuery whether it starts a parameter of a URL's query
   */
  private record Name(String text, boolean quoted, boolean inQuery) {

    static @Nullable Name before(String text, int separator) {
      int end = separator;
      while (end > 0 && separator - end < LONGEST_GAP && text.charAt(end - 1) == ' ') {
        end--;
      }
      boolean quoted = end > 0 && text.charAt(end - 1) == '"';
      if (end > 0 && (quoted || "']".indexOf(text.charAt(end - 1)) >= 0)) {
        end--;
        while (end > 0 && text.charAt(end - 1) == '\\') {
          end--;
          // within a JSON text that is a string itself no plain quotes may be added
          quoted = false;
        }
      } else if (end >= 3 && text.regionMatches(true, end - 3, "%5D", 0, 3)) {
        end -= 3;
      }
      int start = end;
      while (start > 0 && end - start < LONGEST_NAME && isNameCharacter(text.charAt(start - 1))) {
        start--;
      }
      if (start == end) {
        return null;
      }
      boolean inQuery = start > 0 && "?&".indexOf(text.charAt(start - 1)) >= 0;
      return new Name(text.substring(start, end), quoted, inQuery);
    }

    private static boolean isNameCharacter(char c) {
      return SecretText.isAsciiLetterOrDigit(c) || c == '_' || c == '-' || c > 127;
    }

    /** Whether it is a header of HTTP whose value has spaces in it. */
    boolean isHeader() {
      String lower = text.toLowerCase(Locale.ROOT);
      return lower.endsWith("authorization") || lower.endsWith("cookie");
    }

    /** Whether it looks like the class of an error, which is followed by prose. */
    boolean isClassName() {
      if (isHeader()) {
        return false;
      }
      boolean humps = false;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '_' || c == '-') {
          return false;
        }
        humps |= i > 0 && Character.isUpperCase(c) && Character.isLowerCase(text.charAt(i - 1));
      }
      return humps && Character.isUpperCase(text.charAt(0));
    }
  }
}
