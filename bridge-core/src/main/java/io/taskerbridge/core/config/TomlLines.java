package io.taskerbridge.core.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The line on which each key and table of a TOML text stands. The TOML parser keeps no locations,
 * so this scans the text a second time. It judges nothing: of a text that is not TOML it finds what
 * it can.
 */
final class TomlLines {
  private static final char END = '\0';

  private final String text;
  private final Map<List<String>, Integer> lines = new HashMap<>();
  private int repeated;
  private int position;
  private int line = 1;

  private TomlLines(String text) {
    this.text = text;
  }

  static TomlLines of(String text) {
    TomlLines scan = new TomlLines(text);
    scan.document();
    return scan;
  }

  /** The line of that key, else of the nearest table around it, else 0. */
  int line(List<String> path) {
    for (int size = path.size(); size > 0; size--) {
      Integer found = lines.get(path.subList(0, size));
      if (found != null) {
        return found;
      }
    }
    return 0;
  }

  /** The line of the first key that was there before, or 0. */
  int repeatedLine() {
    return repeated;
  }

  private void document() {
    List<String> table = List.of();
    while (skipBlank()) {
      int start = position;
      if (peek() == '[') {
        int at = line;
        skipWhile("[ \t");
        table = key();
        remember(table, at);
        skipWhile("] \t");
      } else {
        entry(table);
      }
      ensureProgress(start);
    }
  }

  private void entry(List<String> table) {
    int at = line;
    List<String> path = new ArrayList<>(table);
    path.addAll(key());
    Integer before = lines.get(path);
    if (before != null && repeated == 0) {
      repeated = at;
    }
    remember(path, at);
    skipWhile("= \t");
    value(path);
  }

  /** Also the tables that a dotted key makes on its way. */
  private void remember(List<String> path, int at) {
    for (int size = 1; size <= path.size(); size++) {
      lines.putIfAbsent(List.copyOf(path.subList(0, size)), at);
    }
  }

  private List<String> key() {
    List<String> parts = new ArrayList<>();
    do {
      skipWhile(". \t");
      if (peek() == '"' || peek() == '\'') {
        parts.add(string());
      } else {
        int start = position;
        while (Character.isLetterOrDigit(peek()) || peek() == '_' || peek() == '-') {
          advance();
        }
        parts.add(text.substring(start, position));
      }
      skipWhile(" \t");
    } while (peek() == '.');
    return parts;
  }

  private void value(List<String> path) {
    switch (peek()) {
      case '"', '\'' -> string();
      case '[' -> members(']', null, path);
      case '{' -> members('}', path, path);
      default -> {
        while (",]}#\n".indexOf(peek()) < 0 && peek() != END) {
          advance();
        }
      }
    }
  }

  /** The members of an array, or with a table of an inline table. */
  private void members(char close, @Nullable List<String> table, List<String> path) {
    advance();
    while (skipBlank() && peek() != close) {
      int start = position;
      if (table == null) {
        value(path);
      } else {
        entry(table);
      }
      skipBlank();
      skipWhile(",");
      ensureProgress(start);
    }
    advance();
  }

  private String string() {
    char quote = peek();
    String fence = String.valueOf(quote).repeat(3);
    if (text.startsWith(fence, position)) {
      position += 3;
      int start = position;
      until(quote, fence);
      String content = text.substring(start, position);
      skipWhile(String.valueOf(quote));
      return content;
    }
    advance();
    int start = position;
    until(quote, String.valueOf(quote));
    String content = text.substring(start, position);
    advance();
    return content;
  }

  private void until(char quote, String fence) {
    while (peek() != END && !text.startsWith(fence, position)) {
      if (quote == '"' && peek() == '\\') {
        advance();
      }
      advance();
    }
  }

  /** False at the end of the text. */
  private boolean skipBlank() {
    while (peek() != END) {
      if (peek() == '#') {
        while (peek() != '\n' && peek() != END) {
          advance();
        }
      } else if (Character.isWhitespace(peek())) {
        advance();
      } else {
        return true;
      }
    }
    return false;
  }

  private void skipWhile(String characters) {
    while (peek() != END && characters.indexOf(peek()) >= 0) {
      advance();
    }
  }

  private void ensureProgress(int start) {
    if (position == start) {
      advance();
    }
  }

  private char peek() {
    return position < text.length() ? text.charAt(position) : END;
  }

  private void advance() {
    if (position < text.length() && text.charAt(position++) == '\n') {
      line++;
    }
  }
}
