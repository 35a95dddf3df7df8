package io.taskerbridge.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Labels with a correlation ID, next to what OpenTelemetry's own attributes do. */
final class SeriesAttributesTest {
  private static final AttributeKey<String> REGION = AttributeKey.stringKey("region");
  private static final AttributeKey<String> KIND = AttributeKey.stringKey("kind");
  private static final AttributeKey<Long> SIZE = AttributeKey.longKey("size");
  private static final Attributes LABELS = Attributes.of(REGION, "eu", KIND, "a");

  private final UUID id = UUID.randomUUID();
  private final SeriesAttributes plain = new SeriesAttributes(LABELS);
  private final SeriesAttributes traced = plain.with(id);
  private final Attributes standard =
      LABELS.toBuilder().put(SeriesAttributes.CORRELATION_ID, id.toString()).build();

  @Test
  void filtering_the_correlation_away_gives_the_labels_themselves() {
    for (SeriesAttributes attributes : new SeriesAttributes[] {plain, traced}) {
      Attributes filtered =
          attributes.toBuilder().removeIf(key -> Metrics.isExemplarOnly(key.getKey())).build();
      assertThat(filtered).isSameAs(LABELS);
    }
  }

  @Test
  void it_reads_as_other_attributes_do() {
    Map<AttributeKey<?>, Object> seen = new LinkedHashMap<>();
    traced.forEach(seen::put);

    assertThat(seen).isEqualTo(standard.asMap());
    assertThat(traced.asMap()).isEqualTo(standard.asMap());
    assertThat(traced.size()).isEqualTo(3);
    assertThat(traced.get(REGION)).isEqualTo("eu");
    assertThat(traced.get(SeriesAttributes.CORRELATION_ID)).isEqualTo(id.toString());
    assertThat(traced.get(SIZE)).isNull();
    assertThat(plain.get(SeriesAttributes.CORRELATION_ID)).isNull();
    assertThat(plain.asMap()).isEqualTo(LABELS.asMap());
    assertThat(new SeriesAttributes(Attributes.empty()).isEmpty()).isTrue();
    assertThat(traced).isEqualTo(plain.with(id)).hasSameHashCodeAs(plain.with(id));
    assertThat(traced).isNotEqualTo(plain);
  }

  @Test
  void it_is_edited_as_other_attributes_are() {
    same(builder -> builder);
    same(builder -> builder.removeIf(key -> key.equals(REGION)));
    same(builder -> builder.removeIf(LABELS.asMap().keySet()::contains));
    same(builder -> builder.removeIf(key -> false));
    same(
        builder ->
            builder
                .removeIf(SeriesAttributes.CORRELATION_ID::equals)
                .removeIf(KIND::equals)
                .put(SIZE, 3));
    same(builder -> builder.remove(KIND).put(REGION, "us").put(SIZE, 4L));
    same(builder -> builder.putAll(Attributes.of(SIZE, 5L)));
  }

  private void same(UnaryOperator<AttributesBuilder> edit) {
    AttributesBuilder builder = traced.toBuilder();
    Objects.requireNonNull(edit.apply(builder));

    assertThat(builder.build().asMap()).isEqualTo(edit.apply(standard.toBuilder()).build().asMap());
  }
}
