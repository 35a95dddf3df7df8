import asyncio
import contextvars
import threading
import unittest

from tasker_core import context, jobs, tracing


class TracingTest(unittest.TestCase):
    def test_a_span_gives_the_blocks_span_and_restores_the_one_before(self):
        before = tracing.current_span().span_id
        with tracing.span("unit") as span:
            self.assertTrue(span.is_recording())
            self.assertEqual(tracing.span_id(), span.span_id)
            self.assertEqual(tracing.current_span().trace_id, tracing.trace_id())
            self.assertNotEqual(span.span_id, before)
        self.assertEqual(tracing.current_span().span_id, before)

    def test_wrong_arguments_are_type_errors(self):
        for attempt in (
            lambda: tracing.span(None),
            lambda: tracing.span(),
            lambda: tracing.event(3),
            lambda: tracing.start_span(b"x"),
            lambda: tracing.span("x")(7),
        ):
            with self.assertRaises(TypeError):
                attempt()

    def test_functions_keep_their_names_and_values(self):
        @tracing.span("plain")
        def plain(a, *, b):
            """Doc."""
            return a + b

        @tracing.span("async")
        async def asynchronous(a):
            await asyncio.sleep(0)
            return a

        @tracing.span("generator")
        def generator():
            got = yield 1
            try:
                yield got
            except KeyError as error:
                yield str(error)
            return "end"

        def delegate():
            return (yield from generator())

        self.assertEqual(plain(1, b=2), 3)
        self.assertEqual((plain.__name__, plain.__doc__), ("plain", "Doc."))
        self.assertEqual(asyncio.run(asynchronous(4)), 4)
        steps = delegate()
        self.assertEqual(next(steps), 1)
        self.assertEqual(steps.send(2), 2)
        self.assertEqual(steps.throw(KeyError("k")), "'k'")
        with self.assertRaises(StopIteration) as stop:
            next(steps)
        self.assertEqual(stop.exception.value, "end")

    def test_an_async_generator_passes_values_errors_and_its_end(self):
        @tracing.span("generator")
        async def generator():
            try:
                got = yield 1
                yield got
            except KeyError:
                yield "caught"

        async def consume():
            steps = generator()
            items = [await steps.__anext__(), await steps.asend(5)]
            items.append(await steps.athrow(KeyError("x")))
            try:
                await steps.__anext__()
            except StopAsyncIteration:
                items.append("end")
            return items

        self.assertEqual(asyncio.run(consume()), [1, 5, "caught", "end"])

    def test_between_its_items_a_generators_span_is_not_current(self):
        @tracing.span("generator")
        def generator():
            with tracing.span("inside"):
                yield tracing.span_id()
                yield tracing.span_id()

        outside = tracing.span_id()
        seen = []
        for inside in generator():
            self.assertEqual(tracing.span_id(), outside)
            self.assertNotEqual(inside, outside)
            seen.append(inside)
        self.assertEqual(len(set(seen)), 1)
        self.assertEqual(tracing.span_id(), outside)

    def test_a_thread_inherits_and_does_not_leak_back(self):
        variable = contextvars.ContextVar("unit", default=0)
        variable.set(1)
        seen = []

        class Mine(threading.Thread):
            def run(self):
                seen.append((variable.get(), tracing.span_id()))
                variable.set(2)

        with tracing.span("unit"):
            here = tracing.span_id()
            thread = Mine()
            thread.start()
            thread.join()
        self.assertEqual(seen, [(1, here)])
        self.assertEqual(variable.get(), 1)

    def test_inject_and_extract_are_inverse(self):
        with tracing.span("unit") as span:
            headers = tracing.inject()
        self.assertIn(span.trace_id, headers["traceparent"])
        with tracing.extract(headers):
            self.assertEqual(tracing.span_id(), span.span_id)
            self.assertEqual(context.get_trace_id(), span.trace_id)

    def test_ended_twice_and_used_late_is_tolerated(self):
        span = tracing.start_span("unit")
        span.end()
        span.end()
        span["late"] = 1
        span.add_event("late")
        span.record_exception(ValueError("late"))

    def test_below_the_level_the_block_runs_without_a_span(self):
        before = tracing.span_id()
        with tracing.span("unit", level="debug", a=1) as span:
            self.assertFalse(span.is_recording())
            span.set_attribute("b", object())
            self.assertEqual(tracing.span_id(), before)


class JobsTest(unittest.TestCase):
    def test_a_job_gives_its_value_and_its_exception(self):
        @jobs.instrument_job("bulk")
        def job(organization="acme", fail=None):
            if fail:
                raise fail
            return organization

        error = LookupError("mine")
        self.assertEqual(job(organization="acme"), "acme")
        with self.assertRaises(LookupError) as raised:
            job(fail=error)
        self.assertIs(raised.exception, error)

    def test_an_async_job_is_awaited(self):
        @jobs.instrument_job("bulk")
        async def job():
            await asyncio.sleep(0)
            return 1

        self.assertEqual(asyncio.run(job()), 1)

    def test_a_failing_depth_source_does_not_stop_the_others(self):
        jobs.queue_depth_source("broken", lambda: 1 / 0)
        jobs.queue_depth_source("fine", lambda: 7)
        jobs.update_queue_depths()
        jobs.update_queue_depths({"given": 3})
        jobs.record_enqueue("bulk", "m", "acme")
