package io.taskerbridge.core.correlation;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which request, task and step the code that runs now works for. Immutable; carried in the
 * OpenTelemetry {@link Context} and, for other processes, as the baggage entries {@code
 * correlation_id} and {@code parent_correlation_id}.
 *
 * @param correlationId the ID of the request that started it all
 * @param parentCorrelationId the correlation ID of the workflow that started this one, or null
 * @param taskUuid the task, or null outside of one
 * @param stepUuid the step, or null outside of one
 * @param namespace the task's namespace, or null
 */
public record Correlation(
    UUID correlationId,
    @Nullable UUID parentCorrelationId,
    @Nullable UUID taskUuid,
    @Nullable UUID stepUuid,
    @Nullable String namespace) {

  private static final ContextKey<Correlation> KEY = ContextKey.named("tasker-correlation");
  private static final String CORRELATION_ENTRY = "correlation_id";
  private static final String PARENT_ENTRY = "parent_correlation_id";

  /** A request outside of any task. */
  public static Correlation of(UUID correlationId) {
    return new Correlation(correlationId, null, null, null, null);
  }

  /** What the context carries, or null. */
  public static @Nullable Correlation from(Context context) {
    return context.get(KEY);
  }

  /** The context with this correlation in it, as a value of its own and as baggage. */
  public Context storeIn(Context context) {
    var baggage =
        Baggage.fromContext(context).toBuilder().put(CORRELATION_ENTRY, correlationId.toString());
    if (parentCorrelationId != null) {
      baggage.put(PARENT_ENTRY, parentCorrelationId.toString());
    }
    return context.with(KEY, this).with(baggage.build());
  }
}
