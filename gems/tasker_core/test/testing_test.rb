# frozen_string_literal: true

# The recorder that stands in for the host.
class TestingTest < Minitest::Test
  class Order < TaskerCore::StepHandler::Base
    def call(context)
      TaskerCore::Tracing.span(:info, "validate", id: context.get_input(:id)) do |span|
        span["lines"] = 2
        TaskerCore::Tracing.event(:info, "checked", count: 2)
        TaskerCore::Tracing.info("valid", id: 1)
        TaskerCore::Metrics.counter("valid_total", labels: [:region]).increment(region: "eu", other: 1)
        Fiber.new { TaskerCore::Tracing.span(:info, "in_fiber") { nil } }.resume
        raise TaskerCore::Errors::PermanentError, "no" if context.get_input(:fail)
      end
      success(result: { ok: true })
    end
  end

  def setup
    skip "the host records" if TaskerCore::HOSTED
    TaskerCore::Testing.reset
  end

  def test_a_handler_is_tested_without_a_host
    outcome = TaskerCore::Testing.call(Order, input: { id: 7 })
    assert_equal({ "ok" => true }, outcome["result"])
    fiber, validate, execution = TaskerCore::Testing.spans
    assert_equal %w[in_fiber validate handler_execution], [fiber.name, validate.name, execution.name]
    assert_equal [validate.span_id, execution.span_id], [fiber.parent, validate.parent]
    assert_equal({ "id" => 7, "lines" => 2 }, validate.attributes)
    assert_equal [["checked", { "count" => 2 }]], validate.events
    assert_equal [["valid", validate.span_id]], TaskerCore::Testing.logs.map { |log| [log.message, log.span_id] }
    assert_equal [[1, { "region" => "eu" }]], TaskerCore::Testing.measurements.map { |m| [m.value, m.labels] }
  end

  def test_a_failure_is_told_as_the_host_would
    outcome = TaskerCore::Testing.call(Order, input: { fail: true })
    assert_equal %w[failure TaskerCore::Errors::PermanentError no],
                 outcome.values_at("status", "error_type", "message")
    assert_includes outcome["backtrace"], "testing_test.rb"
    assert_instance_of TaskerCore::Errors::PermanentError, TaskerCore::Testing.spans[1].error
  end

  def test_headers_are_written_and_read
    headers = TaskerCore::Tracing.span(:info, "a") { TaskerCore::Tracing.inject }
    TaskerCore::Tracing.extract(headers) { TaskerCore::Tracing.span(:info, "b") { nil } }
    a, b = TaskerCore::Testing.spans
    assert_equal [a.trace_id, a.span_id], [b.trace_id, b.parent]
  end

  def test_a_counter_does_not_fall
    assert_raises(ArgumentError) { TaskerCore::Metrics.counter("down_total").increment(-1) }
    assert_raises(ArgumentError) { TaskerCore::Metrics.counter("no name") }
  end
end
