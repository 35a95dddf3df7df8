package io.taskerbridge.core.log;

import org.jspecify.annotations.Nullable;

/** A text with parts replaced from left to right; copies nothing until the first replacement. */
final class Edits {
  private final String text;
  private @Nullable StringBuilder edited;
  private int copied;

  Edits(String text) {
    this.text = text;
  }

  void replace(int from, int to, String replacement) {
    if (edited == null) {
      edited = new StringBuilder(text.length());
    }
    edited.append(text, copied, from).append(replacement);
    copied = to;
  }

  /** The text as edited; the same instance where nothing was. */
  String result() {
    return edited == null ? text : edited.append(text, copied, text.length()).toString();
  }
}
