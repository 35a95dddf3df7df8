# frozen_string_literal: true

require "tasker_core"

# Repeats one telemetry operation, so that the cost of the call around it does not count.
class BenchOperations < TaskerCore::StepHandler::Base
  COUNTER = TaskerCore::Metrics.counter("bench_ruby_total", "Operations", labels: %i[region kind])

  def call(context)
    send(context.get_config("operation"), context.get_config("times"))
    success(result: {})
  end

  private

  def span(times)
    i = 0
    while i < times
      TaskerCore::Tracing.span(:info, "work", order_id: "A-1001", lines: i) { |_span| nil }
      i += 1
    end
  end

  def log(times)
    i = 0
    while i < times
      TaskerCore::Tracing.info("order is valid", order_id: "A-1001", lines: i, total: 12.5)
      i += 1
    end
  end

  def disabled_log(times)
    i = 0
    while i < times
      TaskerCore::Tracing.debug("order is valid", order_id: "A-1001", lines: i, total: 12.5)
      i += 1
    end
  end

  def counter(times)
    i = 0
    while i < times
      COUNTER.increment(region: "eu", kind: "web")
      i += 1
    end
  end
end
