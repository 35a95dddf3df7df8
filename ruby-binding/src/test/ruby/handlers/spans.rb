# frozen_string_literal: true

require "timeout"

# Runs the piece of code that its input names.
class Spans < TaskerCore::StepHandler::Base
  T = TaskerCore::Tracing
  LATE = Queue.new

  def call(context)
    success(result: { value: send(context.get_input("what"), context) })
  end

  private

  def nested(_context)
    T.span(:info, "outer", order_id: 7) do |outer|
      T.span(:info, "inner") { |inner| T.event(:info, "checked", "count" => 3); inner["lines"] = 2 }
      outer.set_attribute(:done, true)
      "from block"
    end
  end

  def types(_context)
    broken = Object.new
    def broken.to_s = raise("no")
    cyclic = []
    cyclic << cyclic
    fields = { int: 42, big: 2**80, float: 1.5, inf: Float::INFINITY, yes: true, no: false, text: "héllo",
               sym: :abc, bad: "a\xFFb", null: nil, list: [1, "two", nil, 2.5], map: { a: { b: [true] } },
               error: ArgumentError.new("wrong"), broken: broken, cyclic: cyclic, "string" => "key",
               binary: "h\u00e9".b, range: (1..3) }
    T.span(:info, "typed", **fields.transform_keys(&:to_sym)) { T.info("typed", fields, more: 1) }
    T.event(:info, "typed_event", int: 1, nan: Float::NAN)
  end

  def levels(_context)
    T.span(:debug, "hidden", a: 1) do |hidden|
      T.span(:error, "shown") { nil }
      hidden["x"] = 1
      hidden.recording?
    end
  end

  def unknown_level(_context)
    2.times { T.span(:loud, "loud") { nil } }
    T.span("WARN", "string_level") { nil }
  end

  def ids(context)
    T.span(:info, "ids") do |span|
      { same: span.span_id == T.span_id && T.trace_id == context.trace_id, trace: T.trace_id, span: T.span_id,
        correlation: [T.current_correlation_id, context.correlation_id, Thread.current[:correlation_id]].uniq.size,
        current: T.current_span.equal?(span) }
    end
  end

  def logs(_context)
    T.span(:info, "logging") do
      T.info("order is valid", order_id: 7, duration_ms: 12.5, "nothing" => nil)
      T.warn("with hash", { a: 1 })
      T.debug(:symbol)
      T.trace("not enabled")
      T.error(ArgumentError.new("bad"))
      T.error("failed", error: ArgumentError.new("worse"))
      T.info("odd", 42)
    end
  end

  def printing(_context)
    puts "one", "two"
    print "half "
    $stdout << "line\nrest"
    warn "careful"
    $stderr.printf("%d left\n", 3)
    nil
  end

  def printing_elsewhere(_context)
    Thread.new { print "from a ", "thread" }.join
    fiber = Fiber.new do
      print "half of "
      Fiber.yield
      print "a line"
      Fiber.yield
    end
    2.times { fiber.resume }
    Thread.new { $stderr.print "whole\nrest of a thread" }.join
    go = Queue.new
    LATE << [go, Thread.new { go.pop; print "after the call" }]
    nil
  end

  def printing_late(_context)
    go, printer = LATE.pop
    go << true
    printer.join
    nil
  end

  def leave_by_break(_context)
    [1].each { T.span(:info, "broken") { break } }
    :after
  end

  def leave_by_next(_context)
    T.span(:info, "nexted") { next 5 }
  end

  def leave_by_throw(_context)
    catch(:done) { T.span(:info, "thrown") { T.span(:info, "deeper") { throw :done, 6 } } }
  end

  def leave_by_return(_context)
    T.span(:info, "returned") { return 7 }
  end

  def leave_by_raise(_context)
    T.span(:info, "raised_outer") { T.span(:info, "raised_inner") { raise ArgumentError, "told once" } }
  rescue ArgumentError => e
    e.message
  end

  def leave_by_exit(_context)
    T.span(:info, "exited") { exit(0) }
  rescue SystemExit
    "stayed"
  end

  def leave_by_kill(_context)
    Thread.new { T.span(:info, "killed") { Thread.current.kill } }.join
    nil
  end

  def leave_by_timeout(_context)
    Timeout.timeout(0.05) { T.span(:info, "timed") { sleep } }
  rescue Timeout::Error => e
    e.class.name
  end

  def leave_by_recursion(_context)
    T.span(:info, "deep") { recurse(1) }
  end

  def recurse(n) = recurse(n + 1) + 1

  def children(_context)
    T.span(:info, "parent") do
      Fiber.new { T.span(:info, "in_fiber") { Fiber.yield } }.tap(&:resume).resume
      Thread.new { T.span(:info, "in_thread") { nil } }.join
      Enumerator.new { |y| T.span(:info, "in_enumerator") { y << 1 } }.next
      (1..3).lazy.map { |i| T.span(:info, "in_lazy") { i } }.first(1)
      Timeout.timeout(5) { T.span(:info, "in_timeout") { nil } }
      queue = Queue.new
      worker = Thread.new { queue.pop.call }
      queue << -> { T.span(:info, "in_worker") { nil } }
      worker.join
      T.span(:info, "after") { nil }
    end
    nil
  end

  def carrier(_context)
    before = Fiber[:leftover]
    Fiber[:leftover] = nil
    [before, Thread.current[:correlation_id].nil?]
  end

  def leak(_context)
    T.span(:info, "leaked")
    nil
  end

  def manual(_context)
    span = T.span(:info, "manual", a: 1)
    span.within { T.span(:info, "under_manual") { nil } }
    Thread.new { span.add_event("tick", n: 1).finish }.join
    span["late"] = 1
    2.times { span.finish }
    nil
  end

  def misuse(_context)
    T.span(:info, nil) { nil }
    T.span(:info, "", a: nil) { nil }
    [-> { T.info }, -> { T.span(:info) }, -> { T.info("a", {}, {}, {}) }].map do |wrong|
      wrong.call
    rescue ArgumentError => e
      e.class.name
    end
  end

  def propagate(_context)
    T.span(:info, "sender") do |sender|
      headers = T.inject
      same = headers["traceparent"].include?(sender.span_id)
      value = T.extract(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01") do |remote|
        T.span(:info, "receiver") { remote.trace_id }
      end
      T.extract({}) { T.span(:info, "without_headers") { nil } }
      [same, value]
    end
  end

  def recorded(_context)
    T.span(:info, "recorder") { |span| span.record_exception(IOError.new("kept")); nil }
  end

  def java_error(_context)
    T.span(:info, "java_outer") { T.span(:info, "java_inner") { java.util.ArrayList.new.get(3) } }
  rescue java.lang.IndexOutOfBoundsException => e
    e.class.name
  end

  def defining(_context)
    same = Array.new(2) { TaskerCore::Metrics.counter("asked_total", +"Asked", labels: %i[region kind]) }
    other = TaskerCore::Metrics.counter(:asked_total, "Asked", labels: %w[region kind])
    kept = +"a"
    same[0].increment(region: kept, kind: 1)
    kept << "b"
    same[0].increment(kind: 1, region: kept)
    same[0].increment(region: "ab", kind: :x, other: 3)
    same[0].increment("kind" => "x", "region" => "ab")
    same[0].increment(region: 1.5, kind: nil)
    [same[0].equal?(same[1]), same[0].equal?(other)]
  end

  def metrics(_context)
    m = TaskerCore::Metrics
    T.span(:info, "measuring") do
      orders = m.counter("orders_total", "Orders", labels: [:region])
      orders.increment(region: "eu")
      orders.increment(2, region: :eu)
      orders.increment
      m.histogram("order_ms", "Time", labels: %i[kind]).time(kind: "fast") { nil }
      m.gauge("open_orders").set(5)
      m.gauge("open_orders").increment(2)
      m.up_down_counter("balance").decrement(3)
      m.stage("parse") { nil }
      m.stage("load") { raise TaskerCore::Errors::NetworkError.new("down", error_code: "E1") } rescue nil
      m.external_call(service: "erp", op: "get") { nil }
      m.external_call(service: "erp", op: "get") { Timeout.timeout(0.01) { sleep } } rescue nil
      m.instrument_job(queue: "bulk", method: "run", org: "acme") { raise "no" } rescue nil
    end
    [-> { orders = m.counter("falling_total"); orders.increment(-1) }, -> { m.counter("no name") },
     -> { m.gauge("g").set("x") }, -> { 2.times { m.counter("order_ms") } }].map do |wrong|
      wrong.call
    rescue ArgumentError => e
      e.message
    end
  end

  def unsampled(_context)
    T.span(:info, "dropped", a: 1) do |span|
      T.info("still logged")
      T.event(:info, "dropped")
      [span.recording?, T.trace_id]
    end
  end
end
