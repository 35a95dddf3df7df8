import os
import sys
import time
from datetime import timedelta

from tasker_core import errors
from tasker_core.handlers import (
    StepHandler,
    checkpoint_yield,
    depends_on,
    inputs,
    step_handler,
)


class Echo(StepHandler):
    handler_name = "echo"

    def call(self, context):
        return {
            "input": context.input_data,
            "config": context.get_config("rate"),
            "dependency": context.get_dependency_result("before"),
            "field": context.get_dependency_field("before", "list", 1),
            "absent": context.get_input_or("absent", "default"),
            "attempt": context.attempt,
            "retry_count": context.retry_count,
            "max_retries": context.max_retries,
            "is_retry": context.is_retry(),
            "is_last_retry": context.is_last_retry(),
            "step_name": context.step_name,
            "namespace": context.namespace_name,
            "ids": [context.correlation_id, context.task_uuid, context.step_uuid],
            "checkpoint": context.checkpoint_cursor,
            "deadline": context.deadline and context.deadline.isoformat(),
        }


@step_handler("ship")
@depends_on(price="before", first=("before", lambda total, list: list[0]))
@inputs("order_id")
async def ship(price, first, order_id, context):
    return [price["total"], first, order_id, context.step_name]


class ReturnValue(StepHandler):
    def call(self, context):
        cycle = {}
        cycle["self"] = [cycle]
        return {
            "none": None,
            "scalar": 4.5,
            "text": "ä€😀",
            "list": [1, (2, 3)],
            "set": {"ids": {1, 2}},
            "nan": [float("nan")],
            "cycle": cycle,
            "object": {"a": [{"b": object()}]},
            "bytes": b"x",
            "lone": "\ud800",
            "key": {(1, 2): 3},
            "success": self.success({"a": 1}, metadata={"m": 2}),
            "failure": self.failure("no", error_type="Declined", error_code="E7", retryable=True),
            "checkpoint": checkpoint_yield({"page": 3}, 30, {"sum": 5}),
        }[context.get_input("what")]


class Raise(StepHandler):
    def call(self, context):
        what = context.get_input("what")
        if what == "permanent":
            raise errors.ValidationError("bad order", field="id", error_code="E1")
        if what == "subclass":
            raise OutOfStock("none left")
        if what == "retry_after":
            raise errors.RateLimitError("slow down", retry_after=2.5)
        if what == "metadata":
            raise errors.RetryableError("odd", metadata={"ratio": float("nan")}, retry_after=2)
        if what == "timedelta":
            raise errors.RetryableError("odd", retry_after=timedelta(seconds=90), context={"a": 1})
        if what == "infinite":
            raise errors.RetryableError("odd", retry_after=float("inf"), error_code="E9")
        if what == "huge":
            raise errors.RetryableError("odd", retry_after=10**400)
        if what == "retryable":
            raise errors.RetryableError("odd", retryable=object())
        if what == "chained":
            try:
                {}["x"]
            except KeyError as error:
                raise RuntimeError("wrapped") from error
        if what == "exit":
            sys.exit(3)
        if what == "exit0":
            sys.exit(0)
        if what == "os_exit":
            os._exit(4)
        if what == "interrupt":
            raise KeyboardInterrupt
        if what == "recursion":
            return self.call(context)
        if what == "unprintable":
            raise Unprintable
        raise ValueError("lone \ud800 text")


class OutOfStock(errors.BusinessLogicError):
    pass


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError("no text")


class Spin(StepHandler):
    def call(self, context):
        while True:
            pass


class Sleep(StepHandler):
    def call(self, context):
        time.sleep(1000)


class Stubborn(StepHandler):
    def call(self, context):
        while True:
            try:
                while True:
                    time.sleep(0.01)
            except BaseException:
                pass


class SlowFinally(StepHandler):
    def call(self, context):
        try:
            while True:
                pass
        finally:
            time.sleep(1000)


class Nap(StepHandler):
    def call(self, context):
        time.sleep(context.get_input("seconds"))
        return {"slept": True}


class Slots(StepHandler):
    """Instances are not shared between calls."""

    def __init__(self):
        self.seen = 0

    def call(self, context):
        self.seen += 1
        return {"seen": self.seen}
