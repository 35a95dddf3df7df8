package io.taskerbridge.core.correlation;

import com.github.f4b6a3.uuid.UuidCreator;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Makes and reads correlation IDs: UUIDs, version 7 where this process makes them. */
public final class CorrelationId {
  private static final Pattern CANONICAL =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private CorrelationId() {}

  /** A new UUIDv7, later than all that this process made before. Safe for use by many threads. */
  public static UUID next() {
    return UuidCreator.getTimeOrderedEpochPlus1();
  }

  /** Reads a canonical UUID of any version; empty when the text is not one. */
  public static Optional<UUID> parse(String text) {
    return CANONICAL.matcher(text).matches()
        ? Optional.of(UUID.fromString(text))
        : Optional.empty();
  }
}
