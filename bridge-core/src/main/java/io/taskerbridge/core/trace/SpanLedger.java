package io.taskerbridge.core.trace;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Finds records by their handles, and the spans that a handler left open. A ring of slots: an ended
 * record stays findable, as the parent of a late child, until its slot is needed again; a slot
 * whose record is still open is passed over. Safe for use by many threads.
 */
public final class SpanLedger {
  private static final int DEFAULT_SLOTS = 1 << 14;
  private static final int PROBES = 256;

  private final AtomicReferenceArray<@Nullable OpenRecord> slots;
  private final int mask;
  private final AtomicLong sequence = new AtomicLong();

  /** A ledger of the default size. */
  public SpanLedger() {
    this(DEFAULT_SLOTS);
  }

  SpanLedger(int size) {
    slots = new AtomicReferenceArray<>(size);
    mask = size - 1;
  }

  /**
   * Enters the record and gives it its handle.
   *
   * @param recorded whether the trace is recorded; if not the handle is negative
   * @return the handle, or 0 if so many records are open that no slot is free: the record is then
   *     not entered
   */
  public long enter(OpenRecord entry, boolean recorded) {
    for (int i = 0; i < PROBES; i++) {
      long number = sequence.incrementAndGet();
      int slot = (int) number & mask;
      OpenRecord occupant = slots.get(slot);
      if (occupant == null || occupant.isEnded()) {
        entry.assign(recorded ? number : -number);
        if (slots.compareAndSet(slot, occupant, entry)) {
          return entry.handle();
        }
      }
    }
    return 0;
  }

  /** The record of the handle, or null if there never was one or its slot was needed. */
  public @Nullable OpenRecord find(long handle) {
    if (handle == 0) {
      return null;
    }
    OpenRecord entry = slots.get((int) Math.abs(handle) & mask);
    return entry != null && entry.handle() == handle ? entry : null;
  }

  /** Ends and marks the spans of the scope that are still open, and returns how many there were. */
  public int sweep(CallScope scope) {
    if (scope.openSpans() == 0) {
      return 0;
    }
    int leaked = 0;
    for (int i = 0; i <= mask; i++) {
      if (slots.get(i) instanceof OpenSpan span && span.scope() == scope && span.endLeaked()) {
        leaked++;
      }
    }
    return leaked;
  }
}
