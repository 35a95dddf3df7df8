package io.taskerbridge.core.correlation;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Correlation IDs and how they travel. */
class CorrelationTest {

  @Test
  void next_is_a_uuid_of_version_7_and_rises() {
    List<UUID> made = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      made.add(CorrelationId.next());
    }

    assertThat(made).allMatch(id -> id.version() == 7).doesNotHaveDuplicates();
    assertThat(made.stream().map(UUID::toString)).isSorted();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "1-1-1-1-1",
        "0199c3e0-ccdb-7581-87ab-3f67daeaa4a",
        " 0199c3e0-ccdb-7581-87ab-3f67daeaa4a5"
      })
  void parse_text_that_is_no_uuid_is_empty(String text) {
    assertThat(CorrelationId.parse(text)).isEmpty();
  }

  @Test
  void parse_takes_a_uuid_of_any_version() {
    UUID random = UUID.randomUUID();

    assertThat(CorrelationId.parse(random.toString())).contains(random);
    assertThat(CorrelationId.parse(random.toString().toUpperCase(java.util.Locale.ROOT)))
        .contains(random);
  }

  @Test
  void storeIn_carries_the_correlation_and_its_baggage() {
    Correlation correlation =
        new Correlation(CorrelationId.next(), CorrelationId.next(), null, null, "orders");
    Context context = correlation.storeIn(Context.root());

    assertThat(Correlation.from(context)).isEqualTo(correlation);
    Baggage baggage = Baggage.fromContext(context);
    assertThat(baggage.getEntryValue("correlation_id"))
        .isEqualTo(correlation.correlationId().toString());
    assertThat(baggage.getEntryValue("parent_correlation_id"))
        .isEqualTo(String.valueOf(correlation.parentCorrelationId()));
  }

  @Test
  void from_a_context_without_one_is_null() {
    assertThat(Correlation.from(Context.root())).isNull();
  }
}
