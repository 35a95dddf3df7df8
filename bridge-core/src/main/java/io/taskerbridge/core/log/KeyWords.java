package io.taskerbridge.core.log;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which field names say that their value is a secret. A name is split into its words, at anything
 * that is no letter or digit and where the case changes, and compared word by word: {@code
 * customer_password}, {@code apiKey} and {@code X-API-Key} match, {@code secretary} and {@code
 * tokens_counted} do not. Immutable.
 */
final class KeyWords {
  /** How a name matches. */
  enum Match {
    /** It names no secret. */
    NONE,
    /** A secret word is in it, and others after: {@code password_hash}. */
    INSIDE,
    /** It ends with a secret word: {@code access_token}. */
    END
  }

  private static final List<String> DEFAULTS =
      List.of(
          ("password passwords passwd passphrase passcode pwd secret secrets token authorization"
                  + " api_key api_keys apikey apikeys access_key accesskey private_key privatekey"
                  + " signing_key encryption_key auth_key authkey session_key credential"
                  + " credentials credit_card creditcard card_number cardnumber cc_number cvv cvc"
                  + " ssn social_security cookie cookies session_id sessionid jwt bearer")
              .split(" "));

  /** A name with one of these at its end tells about a secret, not the secret. */
  private static final Set<String> ABOUT =
      Set.of(
          ("count counts counted length size type name expires expiry expired ttl at in error"
                  + " errors exception enabled disabled required policy limit usage total age"
                  + " status valid invalid missing present")
              .split(" "));

  /** Shorter words match only as a whole; {@code ssn} is no ending of {@code lessn}. */
  private static final int SHORTEST_ENDING = 5;

  private final Set<String> words = new HashSet<>();
  private final List<String> endings = new ArrayList<>();
  private final List<List<String>> phrases = new ArrayList<>();

  KeyWords(List<String> more) {
    DEFAULTS.forEach(this::add);
    for (String key : more) {
      if (!add(key)) {
        throw new IllegalArgumentException(
            "redaction.keys: \"" + key + "\" has no letter or digit to compare with a field name");
      }
    }
  }

  private boolean add(String key) {
    List<String> parts = split(key);
    if (parts.isEmpty()) {
      return false;
    }
    if (parts.size() > 1) {
      phrases.add(parts);
      return true;
    }
    String word = parts.getFirst();
    if (words.add(word) && word.length() >= SHORTEST_ENDING) {
      endings.add(word);
    }
    return true;
  }

  Match match(String name) {
    List<String> parts = split(name);
    boolean inside = false;
    for (int i = 0; i < parts.size(); i++) {
      int end = endOfMatch(parts, i);
      if (end == parts.size()) {
        return Match.END;
      }
      inside |= end > 0;
    }
    return inside && !ABOUT.contains(parts.getLast()) ? Match.INSIDE : Match.NONE;
  }

  /** The index after the longest secret word or phrase that starts with that part, or 0. */
  private int endOfMatch(List<String> parts, int from) {
    int end = isWord(parts.get(from)) ? from + 1 : 0;
    for (List<String> phrase : phrases) {
      int to = from + phrase.size();
      if (to > end && to <= parts.size() && parts.subList(from, to).equals(phrase)) {
        end = to;
      }
    }
    return end;
  }

  private boolean isWord(String part) {
    if (words.contains(part)) {
      return true;
    }
    for (String ending : endings) {
      if (part.endsWith(ending)) {
        return true;
      }
    }
    return false;
  }

  /** The words of a name in lower case, without the digits at their ends. */
  private static List<String> split(String name) {
    List<String> parts = new ArrayList<>(4);
    int length = name.length();
    int start = 0;
    for (int i = 0; i <= length; i++) {
      boolean separator = i == length || !Character.isLetterOrDigit(name.charAt(i));
      if (separator || (i > start && startsWord(name, i))) {
        addPart(parts, name, start, i);
        start = separator ? i + 1 : i;
      }
    }
    return parts;
  }

  private static boolean startsWord(String name, int i) {
    if (!Character.isUpperCase(name.charAt(i))) {
      return false;
    }
    boolean afterLower = !Character.isUpperCase(name.charAt(i - 1));
    boolean beforeLower = i + 1 < name.length() && Character.isLowerCase(name.charAt(i + 1));
    return afterLower || beforeLower;
  }

  private static void addPart(List<String> parts, String name, int start, int end) {
    int last = end;
    while (last > start && Character.isDigit(name.charAt(last - 1))) {
      last--;
    }
    if (last > start) {
      parts.add(name.substring(start, last).toLowerCase(Locale.ROOT));
    } else if (end > start) {
      parts.add(name.substring(start, end));
    }
  }
}
