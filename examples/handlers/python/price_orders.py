"""Prices accepted orders: volume discount and the tax of the region."""

from __future__ import annotations

from typing import Any

from tasker_core import logging, metrics, tracing
from tasker_core.handlers import StepContext, StepHandler, StepHandlerResult

PRICED = metrics.Counter("orders_priced_total", "Orders priced", ["region"])
AMOUNT = metrics.Histogram(
    "order_amount_cents",
    "What an order comes to, tax included",
    ["region"],
    buckets=(1_000, 5_000, 20_000, 100_000, 500_000),
)


class PriceOrders(StepHandler):
    """Adds discount, tax and amount to each order."""

    def call(self, context: StepContext) -> StepHandlerResult:
        orders = context.get_dependency_field("validate", "orders")
        taxes = context.get_config("tax_percent")
        with tracing.span("price_orders", orders=len(orders)) as span:
            priced = [self.price(order, taxes[order["region"]]) for order in orders]
            total = sum(order["amount_cents"] for order in priced)
            span.set_attribute("total_cents", total)
        logging.log_info("orders priced", orders=len(priced), total_cents=total)
        return self.success({"orders": priced, "total_cents": total})

    @staticmethod
    @tracing.span("price_order")
    def price(order: dict[str, Any], tax_percent: float) -> dict[str, Any]:
        net = order["total_cents"]
        discount = net // 20 if net >= 100_000 else 0
        amount = round((net - discount) * (100 + tax_percent) / 100)
        if discount:
            tracing.event("discounted", order_id=order["order_id"], discount_cents=discount)
        PRICED.labels(region=order["region"]).inc()
        AMOUNT.labels(region=order["region"]).observe(amount)
        return {
            "order_id": order["order_id"],
            "region": order["region"],
            "discount_cents": discount,
            "amount_cents": amount,
        }
