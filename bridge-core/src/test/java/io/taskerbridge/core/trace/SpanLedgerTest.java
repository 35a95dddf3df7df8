package io.taskerbridge.core.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.taskerbridge.core.log.Redactor;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The ring that finds records by their handles. */
class SpanLedgerTest {
  private final CallScope scope = new CallScope("ruby", null, Context.root());

  private OpenSpan span() {
    return new OpenSpan(scope, Span.getInvalid(), Context.root(), Redactor.none());
  }

  @Test
  void a_record_is_found_by_its_handle_only() {
    SpanLedger ledger = new SpanLedger(8);
    OpenSpan span = span();
    long handle = ledger.enter(span, true);

    assertThat(handle).isPositive();
    assertThat(ledger.find(handle)).isSameAs(span);
    assertThat(ledger.find(handle + 8)).isNull();
    assertThat(ledger.find(-handle)).isNull();
    assertThat(ledger.find(0)).isNull();
    assertThat(ledger.find(Long.MIN_VALUE)).isNull();
  }

  @Test
  void a_record_of_an_unrecorded_trace_has_a_negative_handle() {
    SpanLedger ledger = new SpanLedger(8);
    OpenSpan span = span();
    long handle = ledger.enter(span, false);

    assertThat(handle).isNegative();
    assertThat(ledger.find(handle)).isSameAs(span);
  }

  @Test
  void an_ended_record_is_found_until_its_slot_is_needed() {
    SpanLedger ledger = new SpanLedger(8);
    OpenSpan first = span();
    long handle = ledger.enter(first, true);
    first.end();

    assertThat(ledger.find(handle)).isSameAs(first);
    for (int i = 0; i < 8; i++) {
      ledger.enter(span(), true);
    }
    assertThat(ledger.find(handle)).isNull();
  }

  @Test
  void an_open_record_keeps_its_slot() {
    SpanLedger ledger = new SpanLedger(8);
    OpenSpan longLived = span();
    long handle = ledger.enter(longLived, true);

    for (int i = 0; i < 100; i++) {
      OpenSpan other = span();
      assertThat(ledger.enter(other, true)).isNotZero();
      other.end();
    }
    assertThat(ledger.find(handle)).isSameAs(longLived);
  }

  @Test
  void a_full_ledger_takes_no_more_and_says_so() {
    SpanLedger ledger = new SpanLedger(8);
    for (int i = 0; i < 8; i++) {
      assertThat(ledger.enter(span(), true)).isNotZero();
    }

    assertThat(ledger.enter(span(), true)).isZero();
  }

  @Test
  void sweep_ends_the_open_spans_of_its_own_scope() {
    SpanLedger ledger = new SpanLedger(8);
    OpenSpan open = span();
    OpenSpan ended = span();
    OpenSpan foreign =
        new OpenSpan(
            new CallScope("ruby", null, Context.root()),
            Span.getInvalid(),
            Context.root(),
            Redactor.none());
    ledger.enter(open, true);
    ledger.enter(ended, true);
    ledger.enter(foreign, true);
    ended.end();

    assertThat(ledger.sweep(scope)).isEqualTo(1);
    assertThat(open.isEnded()).isTrue();
    assertThat(foreign.isEnded()).isFalse();
    assertThat(ledger.sweep(scope)).isZero();
  }

  @Test
  void a_remote_span_keeps_its_slot_and_context_until_the_scope_has_no_open_span() {
    SpanLedger ledger = new SpanLedger(8);
    OpenSpan call = span();
    ledger.enter(call, true);
    Context extracted = Baggage.builder().put("tenant", "acme").build().storeInContext(remote());
    OpenSpan remote = OpenSpan.remote(scope, extracted, Redactor.none());
    long handle = ledger.enter(remote, true);

    remote.setError("E", "m", "backtrace");
    assertThat(remote.end()).isFalse();
    for (int i = 0; i < 100; i++) {
      OpenSpan other = span();
      assertThat(ledger.enter(other, true)).isNotZero();
      other.end();
    }

    assertThat(scope.hasRecorded("E", "m")).isFalse();
    assertThat(ledger.find(handle)).isSameAs(remote);
    assertThat(remote.context()).isSameAs(extracted);
    assertThat(remote.isEnded()).isFalse();
    call.end();
    assertThat(ledger.sweep(scope)).isZero();
    assertThat(remote.isEnded()).isTrue();
  }

  private static Context remote() {
    SpanContext parent =
        SpanContext.createFromRemoteParent(
            "0af7651916cd43dd8448eb211c80319c",
            "b7ad6b7169203331",
            TraceFlags.getSampled(),
            TraceState.getDefault());
    return Context.root().with(Span.wrap(parent));
  }

  @Test
  void handles_are_unique_when_many_threads_enter() throws Exception {
    SpanLedger ledger = new SpanLedger(1 << 10);
    Set<Long> handles = ConcurrentHashMap.newKeySet();
    AtomicInteger wrong = new AtomicInteger();
    int threads = 8;
    int each = 20_000;
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (int t = 0; t < threads; t++) {
        pool.execute(
            () -> {
              for (int i = 0; i < each; i++) {
                OpenSpan span = span();
                long handle = ledger.enter(span, true);
                if (handle == 0 || ledger.find(handle) != span) {
                  wrong.incrementAndGet();
                }
                handles.add(handle);
                span.end();
              }
            });
      }
      pool.shutdown();
      assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    assertThat(wrong).hasValue(0);
    assertThat(handles).hasSize(threads * each);
    assertThat(scope.openSpans()).isZero();
  }
}
