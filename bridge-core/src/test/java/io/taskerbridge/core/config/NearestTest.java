package io.taskerbridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

  @ParameterizedTest(name = "{0} to {1}: {2}")
  @CsvSource({
    "threads, threads, 0",
    "Threads, tHREADS, 0",
    "thread, threads, 1",
    "treads, threads, 1",
    "theads, thredas, 2",
    "otpl, otlp, 1",
    "'', abc, 3",
    "kitten, sitting, 3"
  })
  void distance_counts_edits(String left, String right, int edits) {
    assertThat(Nearest.distance(left, right)).isEqualTo(edits);
    assertThat(Nearest.distance(right, left)).isEqualTo(edits);
  }

  @Test
  void a_name_that_is_too_far_away_is_not_meant() {
    assertThat(Nearest.to("threds", List.of("threads", "templates"))).contains("threads");
    assertThat(Nearest.to("colour", List.of("threads", "templates"))).isEmpty();
  }
}
