package io.taskerbridge.core.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.taskerbridge.core.log.Redactor;
import java.util.concurrent.ConcurrentHashMap;

/** A field's name with what is worth computing once for it. Immutable. */
public final class FieldKey {
  private final String name;
  private final boolean sensitive;
  private final AttributeKey<String> stringKey;
  private final AttributeKey<Long> longKey;
  private final AttributeKey<Double> doubleKey;
  private final AttributeKey<Boolean> booleanKey;

  private FieldKey(String name, boolean sensitive) {
    this.name = name;
    this.sensitive = sensitive;
    this.stringKey = AttributeKey.stringKey(name);
    this.longKey = AttributeKey.longKey(name);
    this.doubleKey = AttributeKey.doubleKey(name);
    this.booleanKey = AttributeKey.booleanKey(name);
  }

  /** The name as the author wrote it. */
  public String name() {
    return name;
  }

  /** Whether the value must not be shown. */
  public boolean sensitive() {
    return sensitive;
  }

  AttributeKey<String> stringKey() {
    return stringKey;
  }

  AttributeKey<Long> longKey() {
    return longKey;
  }

  AttributeKey<Double> doubleKey() {
    return doubleKey;
  }

  AttributeKey<Boolean> booleanKey() {
    return booleanKey;
  }

  /** The keys seen so far, bounded, since a guest may make names up at run time. */
  public static final class Cache {
    private static final int LIMIT = 4096;
    private final ConcurrentHashMap<String, FieldKey> keys = new ConcurrentHashMap<>();
    private final Redactor redactor;

    /** A cache that asks the redactor once for each key. */
    public Cache(Redactor redactor) {
      this.redactor = redactor;
    }

    /** The key of that name. */
    public FieldKey get(String name) {
      FieldKey key = keys.get(name);
      if (key != null) {
        return key;
      }
      key = new FieldKey(name, redactor.isSensitive(name));
      if (keys.size() < LIMIT) {
        keys.put(name, key);
      }
      return key;
    }
  }
}
