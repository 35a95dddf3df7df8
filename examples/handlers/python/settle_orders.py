"""Collects payments from a gateway that is busy at first, and tells the customers in the end."""

from __future__ import annotations

from typing import Any

from tasker_core import logging, metrics, tracing
from tasker_core.errors import RetryableError
from tasker_core.handlers import StepContext, StepHandler, StepHandlerResult, depends_on, step_handler

COLLECTED = metrics.Counter("payments_collected_total", "Payments collected", ["region"])


class CollectPayments(StepHandler):
    """Asks the gateway; as long as it is busy, another attempt is worth it."""

    def call(self, context: StepContext) -> StepHandlerResult:
        orders = context.get_input("orders")
        with tracing.span("collect_payments", orders=len(orders), attempt=context.attempt):
            self.open_session(context)
            for order in orders:
                COLLECTED.labels(region=order.get("region", "none")).inc()
        logging.log_info("payments collected", orders=len(orders), attempt=context.attempt)
        return self.success({"orders": orders})

    @staticmethod
    def open_session(context: StepContext) -> None:
        busy_until = context.get_config("busy_attempts")
        if context.attempt <= busy_until:
            tracing.event("gateway_busy", attempt=context.attempt)
            raise RetryableError(f"the payment gateway is busy (attempt {context.attempt})")


@step_handler("notify_customers")
@depends_on(ledger="post_to_ledger")
def notify_customers(ledger: dict[str, Any], context: Any) -> dict[str, Any]:
    """Runs only when every order is booked."""
    logging.log_info("customers told", entries=ledger["entries"])
    return {"told": ledger["entries"]}
