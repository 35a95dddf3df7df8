import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from tasker_core import tracing
from tasker_core.handlers import StepHandler


class NestedSpans(StepHandler):
    def call(self, context):
        with tracing.span("outer", order_id=context.get_input("order_id")) as outer:
            with tracing.span("hidden", level="debug"):
                with tracing.span("inner") as inner:
                    inner["deep"] = {"a": [1, 2.5, None, True]}
            tracing.event("checked", count=3)
            outer.set_attribute("after", "x")
        return {
            "trace_id": tracing.trace_id(),
            "span_id": context.span_id,
            "correlation_id": tracing.current_correlation_id(),
            "headers": tracing.inject(),
        }


class _Unprintable:
    def __str__(self):
        raise RuntimeError("no text")


class _Text(str):
    pass


class AttributeTypes(StepHandler):
    def call(self, context):
        cycle = []
        cycle.append(cycle)
        deep = current = []
        for _ in range(5000):
            current.append([])
            current = current[0]
        with tracing.span(
            "types",
            text="t",
            whole=7,
            fraction=2.5,
            flag=True,
            nothing=None,
            huge=1 << 80,
            nested={"b": (1, "x"), 3: None},
            error=ValueError("odd"),
            unprintable=_Unprintable(),
            subclass=_Text("sub"),
            cycle=cycle,
            deep=deep,
            lone="\ud800!",
            data=b"ab",
        ) as span:
            span.set_attribute("\udfffkey", 1)
            span.set_attribute(12, "number as key")
        return None


class RaiseInSpan(StepHandler):
    def call(self, context):
        with tracing.span("outer"):
            with tracing.span("inner"):
                raise KeyError("missing")


class RaiseSameTwice(StepHandler):
    def call(self, context):
        error = ValueError("again")
        for name in ("first", "second"):
            try:
                with tracing.span(name):
                    raise error
            except ValueError:
                pass


class NoErrors(StepHandler):
    def call(self, context):
        async def cancelled():
            with tracing.span("cancelled"):
                raise asyncio.CancelledError

        for name, error in (("closed", GeneratorExit()), ("exit", SystemExit(0))):
            try:
                with tracing.span(name):
                    raise error
            except BaseException:
                pass
        try:
            asyncio.run(cancelled())
        except asyncio.CancelledError:
            pass


class RecordException(StepHandler):
    def call(self, context):
        with tracing.span("tolerant"):
            try:
                raise OSError("disk")
            except OSError as error:
                tracing.record_exception(error)


class Threads(StepHandler):
    def call(self, context):
        @tracing.span("in_thread")
        def work():
            pass

        @tracing.span("in_pool")
        def pooled(number):
            return number

        with tracing.span("starter"):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
            with ThreadPoolExecutor(max_workers=2) as pool:
                return {"sum": sum(pool.map(pooled, [1, 2, 3]))}


POOL = ThreadPoolExecutor(max_workers=1)


class SharedPool(StepHandler):
    """The pool's one thread outlives the call that started it."""

    def call(self, context):
        def work():
            with tracing.span("pooled"):
                return tracing.trace_id()

        return {"same": POOL.submit(work).result() == tracing.trace_id()}


class AsyncGather(StepHandler):
    async def call(self, context):
        async def branch(name):
            with tracing.span(name):
                for _ in range(3):
                    await asyncio.sleep(0)
                    with tracing.span(name + ".child"):
                        await asyncio.sleep(0)

        with tracing.span("all"):
            await asyncio.gather(branch("a"), branch("b"))
        return {"done": True}


class BrokenOffGenerators(StepHandler):
    async def call(self, context):
        @tracing.span("decorated")
        async def decorated():
            with tracing.span("decorated.inside"):
                yield 1
                yield 2

        async def plain():
            with tracing.span("plain"):
                yield 1
                yield 2

        @tracing.span("sync")
        def sync():
            yield 1
            yield 2

        before = tracing.span_id()
        async for _ in decorated():
            assert tracing.span_id() == before, "the generator's span is current outside of it"
            break
        generator = plain()
        await generator.__anext__()
        await asyncio.create_task(generator.aclose())
        with tracing.span("after_plain"):
            pass
        for _ in sync():
            assert tracing.span_id() is not None
            break


class LeakSpan(StepHandler):
    def call(self, context):
        tracing.start_span("leaked")
        span = tracing.span("entered_never_left")
        span.__enter__()
        return {}


class WhatIsCurrent(StepHandler):
    def call(self, context):
        return {"span_id": tracing.span_id(), "correlation_id": tracing.current_correlation_id()}


class EndElsewhere(StepHandler):
    def call(self, context):
        span = tracing.start_span("elsewhere")
        thread = threading.Thread(target=span.end)
        thread.start()
        thread.join()
        span.end()
        span.set_attribute("late", 1)
        outer, inner = tracing.span("outer"), tracing.span("inner")
        outer.__enter__()
        inner.__enter__()
        outer.__exit__(None, None, None)
        inner.__exit__(None, None, None)


class Remote(StepHandler):
    def call(self, context):
        with tracing.extract({"traceparent": context.get_input("traceparent")}):
            with tracing.span("answer"):
                pass
        with tracing.extract({"other": "x"}):
            with tracing.span("local"):
                pass


class Concurrent(StepHandler):
    def call(self, context):
        with tracing.span("work", number=context.get_input("n"), task=context.task_uuid):
            with tracing.span("part", number=context.get_input("n")):
                pass
        return {"n": context.get_input("n"), "trace_id": tracing.trace_id()}
