package io.taskerbridge.host;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The ended spans of the newest traces of this process, kept in memory for people who look at a
 * task: bounded in all, the oldest trace goes first. Safe for use by many threads, never blocks.
 */
public final class RecentTraces implements SpanProcessor {
  private static final int DEFAULT_SPANS = 20_000;
  private static final int DEFAULT_SPANS_OF_A_TRACE = 4_000;

  private final int spanLimit;
  private final int spansOfATrace;
  private final ConcurrentHashMap<String, Trace> traces = new ConcurrentHashMap<>();
  private final Queue<String> oldestFirst = new ConcurrentLinkedQueue<>();
  private final AtomicInteger spans = new AtomicInteger();

  /** Keeps up to 20,000 spans, of one trace up to 4,000. */
  public RecentTraces() {
    this(DEFAULT_SPANS, DEFAULT_SPANS_OF_A_TRACE);
  }

  /**
   * Keeps that many spans.
   *
   * @param spanLimit in all
   * @param spansOfATrace of one trace, those that end first; at most {@code spanLimit}
   */
  public RecentTraces(int spanLimit, int spansOfATrace) {
    if (spanLimit < 1) {
      throw new IllegalArgumentException("spanLimit must be at least 1, not " + spanLimit);
    }
    if (spansOfATrace < 1 || spansOfATrace > spanLimit) {
      throw new IllegalArgumentException(
          "spansOfATrace must be from 1 to spanLimit, not " + spansOfATrace);
    }
    this.spanLimit = spanLimit;
    this.spansOfATrace = spansOfATrace;
  }

  /** The ended spans of that trace, by start time; empty if none is known. */
  public List<SpanData> trace(String traceId) {
    Trace trace = traces.get(traceId);
    return trace == null
        ? List.of()
        : trace.spans.stream()
            .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
            .toList();
  }

  @Override
  public void onEnd(ReadableSpan span) {
    if (!span.getSpanContext().isSampled()) {
      return;
    }
    String traceId = span.getSpanContext().getTraceId();
    Trace trace = traces.get(traceId);
    if (trace == null) {
      Trace created = new Trace();
      trace = traces.putIfAbsent(traceId, created);
      if (trace == null) {
        trace = created;
        oldestFirst.add(traceId);
      }
    }
    if (trace.size.incrementAndGet() > spansOfATrace) {
      trace.size.decrementAndGet();
      return;
    }
    trace.spans.add(span.toSpanData());
    if (spans.incrementAndGet() > spanLimit) {
      forgetOldest();
    }
  }

  private void forgetOldest() {
    String oldest = oldestFirst.poll();
    Trace gone = oldest == null ? null : traces.remove(oldest);
    if (gone != null) {
      spans.addAndGet(-gone.size.get());
    }
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  @Override
  public void onStart(Context parentContext, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }

  private static final class Trace {
    private final Queue<SpanData> spans = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
  }
}
