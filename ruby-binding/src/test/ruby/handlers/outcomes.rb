# frozen_string_literal: true

# Ends as its input says.
class Outcomes < TaskerCore::StepHandler::Base
  Point = Struct.new(:x, :y)

  def call(context)
    case context.get_input(:what)
    when "nothing" then nil
    when "hash" then { "a" => [1, nil, 2.5], b: :sym, point: Point.new(1, 2) }
    when "scalar" then 5
    when "metadata" then success(result: [1], metadata: { took: 3 })
    when "failure" then failure(message: "no", error_type: "OutOfStock", error_code: "E7", retryable: true)
    when "checkpoint" then checkpoint_yield(cursor: { page: 2 }, items_processed: 10, accumulated_results: [1])
    when "proc" then { list: [1, { job: -> {} }] }
    when "nan" then { ratio: Float::NAN }
    when "cyclic" then {}.tap { |h| h[:self] = h }
    when "bytes" then { raw: "\xFF\xFE" }
    when "raise" then raise ArgumentError, "wrong input"
    when "validation" then raise TaskerCore::Errors::ValidationError.new("bad", field: "a", error_code: "V1")
    when "retry" then raise TaskerCore::Errors::RateLimitError.new("slow", retry_after: 2.5, context: { limit: 5 })
    when "wait_infinity" then slow(Float::INFINITY)
    when "wait_nan" then slow(Float::NAN)
    when "wait_text" then slow("soon")
    when "wait_complex" then slow(Complex(1, 2))
    when "odd_context" then odd
    when "odd_metadata" then failure(message: "no\xFF".b, error_type: "Odd", metadata: { ratio: Float::NAN, ok: 1 })
    when "cause" then caused
    when "exit" then exit(3)
    when "kill" then Thread.current.kill
    when "recursion" then call(context)
    when "throw" then throw :nowhere
    when "bad_message" then raise(Class.new(StandardError) { def message = raise("no") })
    when "context" then facts(context)
    end
  end

  private

  def slow(wait)
    raise TaskerCore::Errors::RateLimitError.new("slow", retry_after: wait, context: { limit: 5 })
  end

  def odd
    context = { ok: 1, ratio: Float::NAN, job: -> {}, raw: "\xFF" }
    context[:self] = context
    raise TaskerCore::Errors::PermanentError.new("still told \xFF".b, error_code: "\xFE", context: context)
  end

  def caused
    Integer("x")
  rescue ArgumentError
    raise TaskerCore::Errors::PermanentError, "no number"
  end

  def facts(c)
    { handler: c.handler_name, step: c.step_name, attempt: c.attempt, retries: [c.retry_count, c.max_retries],
      is: [c.is_retry?, c.is_last_retry?], input: [c.get_input(:what), c.get_input_or("none", 1)],
      config: c.get_config(:limit), result: c.get_dependency_result(:first),
      field: c.get_dependency_field("first", :items, 1, "id"), missing: c.get_dependency_field("first", :no, :way),
      checkpoint: c.checkpoint_cursor, deadline: c.deadline.utc.iso8601, namespace: c.namespace_name,
      ids: [c.task_uuid, c.step_uuid, c.parent_correlation_id], own: c["step_name"] }
  end
end

# The form with perform.
class Performer < TaskerCore::BaseHandler
  def perform(_context)
    { correlation_id: correlation_id, task_uuid: task_uuid, step_uuid: step_uuid }
  end
end

# Known to templates by another name.
class Renamed < TaskerCore::StepHandler::Base
  handler_name "orders.renamed"

  def call(_context) = { ok: true }
end

# No handler: defines no call.
class AbstractOrder < TaskerCore::StepHandler::Base
end

Class.new(TaskerCore::StepHandler::Base) { def call(_context) = nil }

step_handler "price_order", depends_on: { order: "validate_order" }, inputs: [:region] do |order:, region:|
  { lines: order["lines"], region: region, id: TaskerCore::Tracing.current_correlation_id.size }
end
