import logging as std_logging
import sys
import warnings

from tasker_core import logging, metrics
from tasker_core.handlers import StepHandler
from tasker_core.jobs import instrument_job, record_enqueue, update_queue_depths

LOG = std_logging.getLogger("shop.orders")
ORDERS = metrics.Counter("orders_priced", "Orders priced", ["region"])
LEVEL = metrics.Gauge("fill_level", "How full")
SECONDS = metrics.Histogram("price_seconds", "Time to price", buckets=(0.1, 1))


class Logs(StepHandler):
    def call(self, context):
        logging.log_info("priced", total=12.5, count=3, ok=True, nothing=None, lines=[1, {"a": 2}])
        logging.log_trace("not enabled")
        logging.structured_log("warning", "odd", logger="mine")
        logging.log_error("failed", error=ValueError("x"))
        logging.structured_log("loud", "unknown level")


class _BadText:
    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


class StandardLogging(StepHandler):
    def call(self, context):
        LOG.info("order %s", 17, extra={"order_id": 17})
        LOG.debug("detail")
        LOG.log(5, "not enabled")
        try:
            raise OSError("disk full")
        except OSError:
            LOG.exception("cannot save")
        LOG.info("does not fit %d", "text")
        LOG.info("bad %s", _BadText())
        warnings.warn("old way", stacklevel=1)


class Prints(StepHandler):
    def call(self, context):
        print("one\ntwo", 3)
        print("no end", end="")
        sys.stderr.write("careful\n")
        sys.stdout.buffer.write(b"bytes \xff\n")


class Measures(StepHandler):
    def call(self, context):
        ORDERS.labels("eu").inc()
        ORDERS.labels(region="eu").inc(2)
        LEVEL.set(5)
        LEVEL.inc(2)
        LEVEL.dec()
        with SECONDS.time():
            pass
        SECONDS.observe(3)


@instrument_job("bulk")
def rebuild_index(organization="acme"):
    LOG.info("rebuilding", extra={"password": "hunter2"})


class RunsJob(StepHandler):
    def call(self, context):
        rebuild_index(organization="acme")
        record_enqueue("bulk", "shop.rebuild_index", "acme")
        update_queue_depths({"bulk": 4})
