"""Joins prices and stock: what leaves the warehouse today, and what it is worth."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tasker_core import logging, tracing
from tasker_core.handlers import depends_on, step_handler


@step_handler("plan_shipments")
@depends_on(prices="price", stock="check_stock")
def plan_shipments(prices: dict[str, Any], stock: dict[str, Any], context: Any) -> dict[str, Any]:
    """One shipment for each priced order whose stock is reserved."""
    reserved = set(stock["reserved"])
    with tracing.span("plan_shipments", reserved=len(reserved)):
        shipped = [order for order in prices["orders"] if order["order_id"] in reserved]
        by_region = Counter(order["region"] for order in shipped)
    amount = sum(order["amount_cents"] for order in shipped)
    logging.log_info("shipments planned", shipments=len(shipped), amount_cents=amount)
    return {
        "shipments": len(shipped),
        "back_ordered": len(stock["back_ordered"]),
        "amount_cents": amount,
        "by_region": dict(sorted(by_region.items())),
    }
