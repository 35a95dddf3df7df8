"""Repeats one telemetry operation, so that the cost of the call around it does not count."""

from tasker_core import logging, metrics, tracing
from tasker_core.handlers import StepHandler

COUNTER = metrics.Counter("bench_python", "Operations", ["region", "kind"])


def span(times):
    for i in range(times):
        with tracing.span("work", order_id="A-1001", lines=i):
            pass


def log(times):
    for i in range(times):
        logging.log_info("order is valid", order_id="A-1001", lines=i, total=12.5)


def disabled_log(times):
    for i in range(times):
        logging.log_debug("order is valid", order_id="A-1001", lines=i, total=12.5)


def counter(times):
    for _ in range(times):
        COUNTER.labels(region="eu", kind="web").inc()


OPERATIONS = {"span": span, "log": log, "disabled_log": disabled_log, "counter": counter}


class BenchPythonOperations(StepHandler):
    def call(self, context):
        OPERATIONS[context.get_config("operation")](context.get_config("times"))
        return self.success({})
