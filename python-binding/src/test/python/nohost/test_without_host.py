"""The package without a host: how an author tests a handler."""

import unittest

from tasker_core import errors, logging, metrics, testing, tracing
from tasker_core.handlers import StepHandler, inputs, step_handler

ORDERS = metrics.Counter("orders_priced_total", "Orders priced", ["region"])


class PriceOrder(StepHandler):
    def call(self, context):
        with tracing.span("price_order", order_id=context.get_input("order_id")) as span:
            span.set_attribute("lines", [1, 2])
            tracing.event("checked", count=3)
            ORDERS.labels(region="eu").inc(2)
            logging.log_info("priced", total=12.5)
        return self.success({"total": 12.5})


@step_handler("fail")
@inputs("what")
def fail(what, context):
    with tracing.span("doing"):
        raise errors.PermanentError(what, error_code="E1")


class WithoutHostTest(unittest.TestCase):
    def setUp(self):
        testing.recorder().clear()

    def test_a_handler_is_called_and_seen(self):
        outcome = testing.call("PriceOrder", {"order_id": 17})
        self.assertEqual(outcome["result"], {"total": 12.5})
        span, call = testing.recorder().spans
        self.assertEqual((span.name, call.name), ("price_order", "handler_execution"))
        self.assertIs(span.parent, call)
        self.assertEqual(span.fields, {"order_id": 17, "lines": [1, 2]})
        self.assertEqual(span.events[0].fields, {"count": 3})
        self.assertEqual(testing.recorder().sample("orders_priced_total", {"region": "eu"}), [2.0])
        (record,) = testing.recorder().logs
        self.assertEqual((record.name, record.fields["total"]), ("priced", 12.5))

    def test_a_failure_is_told(self):
        outcome = testing.call("fail", {"what": "no"})
        self.assertEqual(
            (outcome["status"], outcome["error_type"], outcome["error_code"]),
            ("failure", "PermanentError", "E1"),
        )
        self.assertEqual(testing.recorder().spans[0].error[:2], ("PermanentError", "no"))

    def test_outside_of_a_call_nothing_fails(self):
        self.assertIsNone(tracing.trace_id())
        tracing.event("nothing")
        with tracing.span("alone") as span:
            self.assertEqual(tracing.trace_id(), span.trace_id)
