import asyncio
import unittest

from tasker_core import metrics
from tasker_core.metrics import Counter, Gauge, Histogram


class MetricsTest(unittest.TestCase):
    def test_a_counter_gets_its_suffix_once(self):
        self.assertEqual(repr(Counter("unit_a", "d")), "tasker_core.metrics.Counter(unit_a_total)")
        self.assertEqual(
            repr(Counter("unit_a_total", "d")), "tasker_core.metrics.Counter(unit_a_total)"
        )

    def test_namespace_subsystem_and_unit_are_joined(self):
        counter = Counter("size", "d", namespace="ns", subsystem="sub", unit="bytes")
        self.assertIn("ns_sub_size_bytes_total", repr(counter))

    def test_a_negative_increment_is_refused(self):
        with self.assertRaisesRegex(ValueError, "non-negative"):
            Counter("unit_a", "d").inc(-1)

    def test_illegal_names_are_refused(self):
        for name in ("", "1x", "a b", "ä", None):
            with self.subTest(name=name), self.assertRaises(ValueError):
                Gauge(name, "d")

    def test_illegal_labels_are_refused(self):
        for label in ("__x", "1x", "a-b", 3):
            with self.subTest(label=label), self.assertRaises(ValueError):
                Gauge("unit_labels", "d", [label])
        with self.assertRaises(ValueError):
            Histogram("unit_le", "d", ["le"])

    def test_labels_must_be_those_declared(self):
        counter = Counter("unit_b", "d", ["region", "kind"])
        for values, named in (
            (("eu",), {}),
            (("eu", "a", "b"), {}),
            ((), {"region": "eu"}),
            ((), {"region": "eu", "other": "x"}),
            (("eu",), {"kind": "a"}),
        ):
            with self.subTest(values=values, named=named), self.assertRaises(ValueError):
                counter.labels(*values, **named)
        self.assertIs(counter.labels("eu", 1), counter.labels(kind="1", region="eu"))

    def test_labels_are_needed_where_declared_and_only_there(self):
        with self.assertRaisesRegex(ValueError, "missing label values"):
            Counter("unit_b", "d", ["region", "kind"]).inc()
        with self.assertRaises(ValueError):
            Counter("unit_a", "d").labels("x")
        with self.assertRaises(ValueError):
            Counter("unit_b", "d", ["region", "kind"]).labels("a", "b").labels("a", "b")

    def test_a_clash_of_definitions_is_told(self):
        Gauge("unit_clash", "d")
        with self.assertRaisesRegex(ValueError, "unit_clash"):
            Histogram("unit_clash", "d")

    def test_buckets_are_checked(self):
        with self.assertRaises(ValueError):
            Histogram("unit_buckets", "d", buckets=(2, 1))
        with self.assertRaises(ValueError):
            Histogram("unit_buckets", "d", buckets=())

    def test_what_the_pipeline_cannot_do_says_so(self):
        gauge = Gauge("unit_gauge", "d")
        for attempt in (gauge.clear, gauge.remove, lambda: gauge.set_function(lambda: 1)):
            with self.assertRaises(NotImplementedError):
                attempt()

    def test_timers_trackers_and_exception_counters_wrap_functions(self):
        seconds = Histogram("unit_seconds", "d")
        gauge = Gauge("unit_gauge", "d")
        failures = Counter("unit_failures", "d")

        @seconds.time()
        @gauge.track_inprogress()
        @failures.count_exceptions(KeyError)
        def work(x):
            """Doc."""
            if x is None:
                raise KeyError("x")
            return x

        @metrics.Timer(seconds, "observe")
        async def asynchronous():
            await asyncio.sleep(0)
            return 2

        self.assertEqual(work(3), 3)
        self.assertEqual(work.__doc__, "Doc.")
        self.assertEqual(asyncio.run(asynchronous()), 2)
        with self.assertRaises(KeyError):
            work(None)

    def test_numbers_must_be_numbers(self):
        with self.assertRaises((TypeError, ValueError)):
            Gauge("unit_gauge", "d").set("high")
