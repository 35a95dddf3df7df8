# frozen_string_literal: true

require "json"
require "tasker_core"

# Reserves what the warehouses hold, in the order in which the orders came.
class CheckStock < TaskerCore::StepHandler::Base
  STOCK = JSON.parse(File.read(File.expand_path("../../data/stock.json", __dir__))).freeze
  RESERVED = TaskerCore::Metrics.counter("stock_reserved_units_total", "Units reserved",
                                         labels: %i[warehouse])

  def call(context)
    left = STOCK.transform_values { |level| level["on_hand"] }
    orders = context.get_dependency_field("validate", "orders")
    available, short = TaskerCore::Metrics.stage("reserve") do
      TaskerCore::Tracing.span(:info, "reserve_stock", orders: orders.size) do
        orders.partition { |order| reserve(order, left) }
      end
    end
    TaskerCore::Tracing.warn("stock does not suffice", orders: short.size) if short.any?
    success(result: { reserved: ids(available), back_ordered: ids(short) })
  end

  private

  def reserve(order, left)
    wanted = order["lines"].to_h { |line| [line["sku"], line["quantity"]] }
    missing = wanted.find { |sku, quantity| left.fetch(sku, 0) < quantity }
    if missing
      TaskerCore::Tracing.event(:info, "back_ordered", order_id: order["order_id"], sku: missing.first)
      return false
    end
    wanted.each do |sku, quantity|
      left[sku] -= quantity
      RESERVED.increment(quantity, warehouse: STOCK[sku]["warehouse"])
    end
    true
  end

  def ids(orders)
    orders.map { |order| order["order_id"] }
  end
end
