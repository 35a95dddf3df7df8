package io.taskerbridge.core.log;

import java.util.Set;

/**
 * Finds secrets in a text by what they look like: private keys, passwords in URLs, bearer tokens,
 * JSON web tokens, card numbers, and values beside a telling name ({@link NamedSecrets}). Each kind
 * is one scan from left to right, so the time is linear in the text, and is only looked for if a
 * first, cheap scan saw a character without which it cannot be there. Safe for use by many threads.
 */
final class SecretText {
  private static final int SEPARATOR = 1;
  private static final int DIGIT_SHIFT = 1;
  private static final int DIGIT = 1 << DIGIT_SHIFT;
  private static final int DASH = 4;
  private static final int CAPITAL_J = 8;
  private static final int LETTER_B = 16;
  private static final int AT = 32;
  private static final byte[] KINDS = kinds();

  /** No secret that a text could show is shorter: {@code cvv=1}. */
  private static final int SHORTEST = 5;

  private static final int FEWEST_CARD_DIGITS = 13;
  private static final int MOST_CARD_DIGITS = 19;
  private static final int SHORTEST_BEARER = 3;
  private static final int SHORTEST_JWT_HEADER = 8;

  /** What people write after "bearer" when they mean no token. */
  private static final Set<String> PROSE =
      Set.of(
          ("token tokens auth authentication authorization scheme realm header error is was are of"
                  + " not and or has had must may can for with from the that required expired"
                  + " invalid missing")
              .split(" "));

  private final NamedSecrets named;

  SecretText(KeyWords words) {
    this.named = new NamedSecrets(words);
  }

  private static byte[] kinds() {
    byte[] kinds = new byte[128];
    kinds['='] = SEPARATOR;
    kinds[':'] = SEPARATOR;
    kinds['-'] = DASH;
    kinds['J'] = CAPITAL_J;
    kinds['b'] = LETTER_B;
    kinds['B'] = LETTER_B;
    kinds['@'] = AT;
    for (char digit = '0'; digit <= '9'; digit++) {
      kinds[digit] = DIGIT;
    }
    return kinds;
  }

  String redact(String text) {
    int length = text.length();
    if (length < SHORTEST) {
      return text;
    }
    int seen = 0;
    int digits = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < 128) {
        int kind = KINDS[c];
        seen |= kind;
        digits += (kind & DIGIT) >> DIGIT_SHIFT;
      }
    }
    return (seen & ~DIGIT) == 0 && digits < FEWEST_CARD_DIGITS ? text : redact(text, seen, digits);
  }

  private String redact(String text, int seen, int digits) {
    String result = text;
    if ((seen & DASH) != 0) {
      result = privateKeys(result);
    }
    if ((seen & SEPARATOR) != 0) {
      result = (seen & AT) != 0 ? userInfo(result) : result;
      result = named.redact(result);
    }
    if ((seen & LETTER_B) != 0) {
      result = bearerTokens(result);
    }
    if ((seen & CAPITAL_J) != 0) {
      result = webTokens(result);
    }
    if (digits >= FEWEST_CARD_DIGITS && longestNumber(result) >= FEWEST_CARD_DIGITS) {
      result = cardNumbers(result);
    }
    return result;
  }

  /** PEM blocks of private keys; one without an end reaches to the end of the text. */
  private static String privateKeys(String text) {
    int begin = text.indexOf("-----BEGIN ");
    if (begin < 0) {
      return text;
    }
    Edits edits = new Edits(text);
    while (begin >= 0) {
      int labelEnd = text.indexOf("-----", begin + 11);
      boolean isPrivate = labelEnd > 0 && text.substring(begin, labelEnd).endsWith("PRIVATE KEY");
      int next = labelEnd < 0 ? text.length() : labelEnd + 5;
      if (isPrivate) {
        int end = text.indexOf("-----END ", next);
        int close = end < 0 ? -1 : text.indexOf("-----", end + 9);
        next = close < 0 ? text.length() : close + 5;
        edits.replace(begin, next, Redactor.REDACTED);
      }
      begin = text.indexOf("-----BEGIN ", next);
    }
    return edits.result();
  }

  /** The user and password before the host of a URL. */
  private static String userInfo(String text) {
    int scheme = text.indexOf("://");
    if (scheme < 0) {
      return text;
    }
    Edits edits = new Edits(text);
    while (scheme >= 0) {
      int start = scheme + 3;
      int at = -1;
      boolean colon = false;
      int i = start;
      while (i < text.length() && "/?# \t\r\n\"'<>\\".indexOf(text.charAt(i)) < 0) {
        char c = text.charAt(i);
        at = c == '@' ? i : at;
        colon |= c == ':' && at < 0;
        i++;
      }
      // a name alone is no secret, save where tokens are passed as names
      boolean secret =
          colon
              || text.regionMatches(Math.max(0, scheme - 4), "http", 0, 4)
              || text.regionMatches(Math.max(0, scheme - 5), "https", 0, 5);
      if (at > start && secret && !text.startsWith(Redactor.REDACTED, start)) {
        edits.replace(start, at, Redactor.REDACTED);
      }
      scheme = text.indexOf("://", i);
    }
    return edits.result();
  }

  private static String bearerTokens(String text) {
    Edits edits = new Edits(text);
    int last = text.length() - "bearer ".length() - SHORTEST_BEARER;
    for (int i = 0; i <= last; i++) {
      char c = text.charAt(i);
      if ((c != 'b' && c != 'B')
          || !text.regionMatches(true, i, "bearer ", 0, 7)
          || (i > 0 && Character.isLetterOrDigit(text.charAt(i - 1)))) {
        continue;
      }
      int start = i + 7;
      int end = endOfToken(text, start);
      if (end - start >= SHORTEST_BEARER && !PROSE.contains(text.substring(start, end))) {
        edits.replace(start, end, Redactor.REDACTED);
      }
      i = Math.max(i, end - 1);
    }
    return edits.result();
  }

  private static String webTokens(String text) {
    int start = text.indexOf("eyJ");
    if (start < 0) {
      return text;
    }
    Edits edits = new Edits(text);
    while (start >= 0) {
      int end = endOfToken(text, start);
      if (isWebToken(text.substring(start, end))) {
        edits.replace(start, end, Redactor.REDACTED);
      }
      start = text.indexOf("eyJ", end);
    }
    return edits.result();
  }

  /** A header in base64, then a body that is JSON in base64 too, or two parts of any kind. */
  private static boolean isWebToken(String token) {
    int dot = token.indexOf('.');
    return dot >= SHORTEST_JWT_HEADER
        && (token.startsWith("eyJ", dot + 1) || token.indexOf('.', dot + 1) > 0);
  }

  private static int endOfToken(String text, int start) {
    int end = start;
    while (end < text.length() && isTokenCharacter(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isTokenCharacter(char c) {
    return isAsciiLetterOrDigit(c) || "._~+/=-".indexOf(c) >= 0;
  }

  static boolean isAsciiLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** The digits of the longest run, grouped or not; a UUID has many digits but no long run. */
  private static int longestNumber(String text) {
    int longest = 0;
    int run = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isDigit(c)) {
        longest = Math.max(longest, ++run);
      } else if (c != ' ' && c != '-') {
        run = 0;
      }
    }
    return longest;
  }

  /** Runs of digits, grouped by single spaces or dashes or not, that are a number of a card. */
  private static String cardNumbers(String text) {
    Edits edits = new Edits(text);
    int length = text.length();
    byte[] digits = new byte[MOST_CARD_DIGITS + 1];
    int i = 0;
    while (i < length) {
      if (!isDigit(text.charAt(i))) {
        i++;
        continue;
      }
      int start = i;
      int count = 0;
      int end = i;
      while (i < length) {
        char c = text.charAt(i);
        if (isDigit(c)) {
          if (count <= MOST_CARD_DIGITS) {
            digits[Math.min(count, MOST_CARD_DIGITS)] = (byte) (c - '0');
          }
          count++;
          end = ++i;
        } else if ((c == ' ' || c == '-') && i + 1 < length && isDigit(text.charAt(i + 1))) {
          i++;
        } else {
          break;
        }
      }
      if (standsAlone(text, start, end) && isCardNumber(digits, count)) {
        edits.replace(start, end, Redactor.REDACTED);
      }
    }
    return edits.result();
  }

  /** Whether the digits are no part of a word, an identifier or a fraction. */
  private static boolean standsAlone(String text, int start, int end) {
    char before = start > 0 ? text.charAt(start - 1) : ' ';
    char after = end < text.length() ? text.charAt(end) : ' ';
    boolean fraction = after == '.' && end + 1 < text.length() && isDigit(text.charAt(end + 1));
    return !isAsciiLetterOrDigit(before)
        && "_.-".indexOf(before) < 0
        && !isAsciiLetterOrDigit(after)
        && after != '_'
        && !fraction;
  }

  private static boolean isCardNumber(byte[] digits, int count) {
    if (count < FEWEST_CARD_DIGITS || count > MOST_CARD_DIGITS || !isIssued(digits, count)) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < count; i++) {
      int digit = digits[count - 1 - i];
      int weighted = i % 2 == 0 ? digit : digit * 2;
      sum += weighted > 9 ? weighted - 9 : weighted;
    }
    return sum % 10 == 0;
  }

  /** Whether a card scheme issues numbers that start so and are that long. */
  private static boolean isIssued(byte[] digits, int count) {
    int two = digits[0] * 10 + digits[1];
    int four = two * 100 + digits[2] * 10 + digits[3];
    return switch (digits[0]) {
      case 2 -> four >= 2221 && four <= 2720 && count == 16;
      case 3 ->
          switch (two) {
            case 34, 37 -> count == 15;
            case 30, 36, 38 -> count == 14;
            default -> two == 35 && count >= 16;
          };
      case 4 -> count == 13 || count == 16 || count == 19;
      case 5 -> two == 50 || two >= 56 || count == 16;
      case 6 -> (two == 60 || two == 62 || two == 64 || two == 65) && count >= 16;
      default -> false;
    };
  }
}
