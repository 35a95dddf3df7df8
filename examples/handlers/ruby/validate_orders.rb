# frozen_string_literal: true

require "json"
require "tasker_core"

# Sorts a batch of orders into those that can be served and those that cannot, with the reason.
class ValidateOrders < TaskerCore::StepHandler::Base
  CATALOG = JSON.parse(File.read(File.expand_path("../../data/catalog.json", __dir__))).freeze
  VALIDATED = TaskerCore::Metrics.counter("orders_validated_total", "Orders validated",
                                          labels: %i[region outcome])

  def call(context)
    orders = context.get_input("orders")
    accepted, rejected = TaskerCore::Tracing.span(:info, "validate_orders", orders: orders.size) do |span|
      split(orders).tap { |_, bad| span["rejected"] = bad.size }
    end
    TaskerCore::Tracing.info("orders validated", accepted: accepted.size, rejected: rejected.size)
    success(result: { orders: accepted, rejected: rejected }, metadata: { checked: orders.size })
  end

  private

  def split(orders)
    rejected = []
    accepted = orders.select do |order|
      reason = fault_of(order)
      VALIDATED.increment(region: order["region"] || "none", outcome: reason ? "rejected" : "accepted")
      reject(order, reason, rejected) if reason
      reason.nil?
    end
    [accepted, rejected]
  end

  def reject(order, reason, rejected)
    rejected << { order_id: order["order_id"], reason: reason }
    TaskerCore::Tracing.event(:warn, "order_rejected", order_id: order["order_id"], reason: reason)
  end

  def fault_of(order)
    lines = order["lines"]
    return "no region" unless order["region"]
    return "no lines" if lines.empty?
    return "unknown item" unless lines.all? { |line| CATALOG.key?(line["sku"]) }
    return "quantity below one" unless lines.all? { |line| line["quantity"].positive? }

    total = lines.sum { |line| line["quantity"] * line["price_cents"] }
    "total is not the sum of the lines" unless total == order["total_cents"]
  end
end
