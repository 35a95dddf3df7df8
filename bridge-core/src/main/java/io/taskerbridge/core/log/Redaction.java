package io.taskerbridge.core.log;

import io.taskerbridge.core.config.BridgeConfig;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The redactor of the configuration's {@code [redaction]} section: what must not be shown is known
 * by the field's name, or by what the text looks like. See docs/logging.md for both lists.
 */
public final class Redaction implements Redactor {
  private static final int CACHED_KEYS = 4096;

  private final KeyWords words;
  private final SecretText secrets;

  /** Answers for names seen before; bounded, since callers may make names up at run time. */
  private final ConcurrentHashMap<String, Boolean> known = new ConcurrentHashMap<>();

  private Redaction(KeyWords words) {
    this.words = words;
    this.secrets = new SecretText(words);
  }

  /**
   * The redactor that the section asks for; {@link Redactor#none()} if it is not enabled.
   *
   * @throws IllegalArgumentException if one of its key words has neither letters nor digits
   */
  public static Redactor of(BridgeConfig.Redaction config) {
    return config.enabled() ? new Redaction(new KeyWords(config.keys())) : Redactor.none();
  }

  @Override
  public boolean isSensitive(String key) {
    Boolean answer = known.get(key);
    if (answer != null) {
      return answer;
    }
    boolean sensitive = words.match(key) != KeyWords.Match.NONE;
    if (known.size() < CACHED_KEYS) {
      known.put(key, sensitive);
    }
    return sensitive;
  }

  @Override
  public String redact(String text) {
    return secrets.redact(text);
  }
}
