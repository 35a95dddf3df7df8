package io.taskerbridge.core.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a running call is told to stop. */
class CancellationTest {
  private final Cancellation cancellation = new Cancellation();
  private final List<String> ran = new ArrayList<>();

  @Test
  void cancel_runs_each_action_once_and_keeps_the_first_reason() {
    cancellation.onCancel(() -> ran.add("first"));
    cancellation.onCancel(() -> ran.add("second"));
    assertThat(cancellation.reason()).isNull();

    cancellation.cancel(Cancellation.Reason.TIMEOUT);
    cancellation.cancel(Cancellation.Reason.CANCELLED);

    assertThat(ran).containsExactly("first", "second");
    assertThat(cancellation.reason()).isEqualTo(Cancellation.Reason.TIMEOUT);
  }

  @Test
  void onCancel_after_the_cancel_runs_at_once() {
    cancellation.cancel(Cancellation.Reason.CANCELLED);
    cancellation.onCancel(() -> ran.add("late"));

    assertThat(ran).containsExactly("late");
  }
}
