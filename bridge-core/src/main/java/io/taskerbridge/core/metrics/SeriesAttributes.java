package io.taskerbridge.core.metrics;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The labels of a series and, for an exemplar, the correlation ID. The view that keeps the ID off
 * the series filters every record; made like this, neither adding the ID nor taking it away copies
 * the labels, and the ID becomes text only for an exemplar that is read. Immutable.
 */
final class SeriesAttributes implements Attributes {
  static final AttributeKey<String> CORRELATION_ID = AttributeKey.stringKey("correlation_id");

  private final Attributes labels;
  private final AttributeKey<?>[] keys;
  private final @Nullable UUID correlationId;

  /** The labels alone. */
  SeriesAttributes(Attributes labels) {
    this(labels, labels.asMap().keySet().toArray(new AttributeKey<?>[0]), null);
  }

  private SeriesAttributes(
      Attributes labels, AttributeKey<?>[] keys, @Nullable UUID correlationId) {
    this.labels = labels;
    this.keys = keys;
    this.correlationId = correlationId;
  }

  /** These labels with the correlation ID, which is none of them. */
  SeriesAttributes with(UUID id) {
    return new SeriesAttributes(labels, keys, id);
  }

  Attributes labels() {
    return labels;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> @Nullable T get(AttributeKey<T> key) {
    // equal keys have one type: this is a key of text
    return correlationId != null && CORRELATION_ID.equals(key)
        ? (T) correlationId.toString()
        : labels.get(key);
  }

  @Override
  public void forEach(BiConsumer<? super AttributeKey<?>, ? super Object> consumer) {
    labels.forEach(consumer);
    if (correlationId != null) {
      consumer.accept(CORRELATION_ID, correlationId.toString());
    }
  }

  @Override
  public int size() {
    return correlationId == null ? labels.size() : labels.size() + 1;
  }

  @Override
  public boolean isEmpty() {
    return size() == 0;
  }

  @Override
  public Map<AttributeKey<?>, Object> asMap() {
    if (correlationId == null) {
      return labels.asMap();
    }
    Map<AttributeKey<?>, Object> map = new LinkedHashMap<>(labels.asMap());
    map.put(CORRELATION_ID, correlationId.toString());
    return Collections.unmodifiableMap(map);
  }

  @Override
  public AttributesBuilder toBuilder() {
    return new Edit(this);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SeriesAttributes that
        && labels.equals(that.labels)
        && Objects.equals(correlationId, that.correlationId);
  }

  @Override
  public int hashCode() {
    return 31 * labels.hashCode() + Objects.hashCode(correlationId);
  }

  @Override
  public String toString() {
    return asMap().toString();
  }

  /** Copies only for what is not the view's filtering. */
  private static final class Edit implements AttributesBuilder {
    private Attributes current;
    private @Nullable AttributesBuilder copy;

    Edit(SeriesAttributes source) {
      current = source;
    }

    @Override
    public AttributesBuilder removeIf(Predicate<AttributeKey<?>> unwanted) {
      if (copy == null && current instanceof SeriesAttributes source) {
        if (source.keepsLabels(unwanted)) {
          if (source.correlationId == null || unwanted.test(CORRELATION_ID)) {
            current = source.labels;
          }
          return this;
        }
      }
      copy().removeIf(unwanted);
      return this;
    }

    @Override
    public <T> AttributesBuilder remove(AttributeKey<T> key) {
      copy().remove(key);
      return this;
    }

    @Override
    public <T> AttributesBuilder put(AttributeKey<Long> key, int value) {
      copy().put(key, value);
      return this;
    }

    @Override
    public <T> AttributesBuilder put(AttributeKey<T> key, @Nullable T value) {
      copy().put(key, value);
      return this;
    }

    @Override
    public AttributesBuilder putAll(Attributes attributes) {
      copy().putAll(attributes);
      return this;
    }

    private AttributesBuilder copy() {
      AttributesBuilder made = copy;
      if (made == null) {
        made = Attributes.builder();
        made.putAll(current);
        copy = made;
      }
      return made;
    }

    @Override
    public Attributes build() {
      return copy == null ? current : copy.build();
    }
  }

  private boolean keepsLabels(Predicate<AttributeKey<?>> unwanted) {
    for (AttributeKey<?> key : keys) {
      if (unwanted.test(key)) {
        return false;
      }
    }
    return true;
  }
}
