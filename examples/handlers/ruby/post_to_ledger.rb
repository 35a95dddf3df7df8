# frozen_string_literal: true

require "tasker_core"

# Books paid orders. An order that does not add up must never be booked, however often it is tried:
# that is a permanent error.
class PostToLedger < TaskerCore::StepHandler::Base
  def call(context)
    orders = context.get_dependency_field("collect_payments", "orders")
    entries = TaskerCore::Tracing.span(:info, "post_entries", orders: orders.size) do
      orders.map { |order| entry(order) }
    end
    success(result: { entries: entries.size, amount_cents: entries.sum { |entry| entry[:amount_cents] } })
  end

  private

  def entry(order)
    { order_id: order["order_id"], currency: order["currency"], amount_cents: amount_of(order) }
  end

  def amount_of(order)
    sum = order["lines"].sum { |line| line["quantity"] * line["price_cents"] }
    return sum if sum == order["total_cents"]

    raise TaskerCore::Errors::PermanentError.new(
      "#{order["order_id"]} says #{order["total_cents"]} cents, its lines make #{sum}",
      error_code: "UNBALANCED_ORDER"
    )
  end
end
