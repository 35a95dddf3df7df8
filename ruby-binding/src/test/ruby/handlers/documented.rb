# frozen_string_literal: true

class ValidateOrder < TaskerCore::StepHandler::Base
  ORDERS = TaskerCore::Metrics.counter("orders_validated_total", "Orders validated", labels: [:region])

  def call(context)
    lines = context.get_input("lines") || []
    TaskerCore::Tracing.span(:info, "validate_order", order_id: context.get_input("order_id")) do |span|
      raise TaskerCore::Errors::ValidationError.new("no lines", field: :lines) if lines.empty?

      span["lines"] = lines.size
      TaskerCore::Tracing.event(:info, "lines_checked", count: lines.size)
      TaskerCore::Tracing.info("order is valid", order_id: context.get_input("order_id"))
      ORDERS.increment(region: "eu")
    end
    success(result: { valid: true, lines: lines.size })
  end
end

step_handler "ship_order", depends_on: { order: "validate_order" }, inputs: [:order_id] do |order:, order_id:|
  { shipped: order_id, parcels: order["lines"] }
end
