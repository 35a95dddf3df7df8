import time
from concurrent.futures import ThreadPoolExecutor

from tasker_core.handlers import StepHandler

POOL = ThreadPoolExecutor(max_workers=1)


class UsesPool(StepHandler):
    def call(self, context):
        return POOL.submit(lambda: 7).result(timeout=20)


class UsesPoolThenSleeps(StepHandler):
    def call(self, context):
        POOL.submit(lambda: 7).result(timeout=20)
        time.sleep(1000)


class PrintsThenSpins(StepHandler):
    def call(self, context):
        print("left unended", end="")
        while True:
            pass


class PrintsPart(StepHandler):
    def call(self, context):
        print("of my own", end="")
