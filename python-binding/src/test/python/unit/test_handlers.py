import unittest

from tasker_core import errors
from tasker_core.handlers import (
    REGISTRY,
    HandlerRegistry,
    StepContext,
    StepHandler,
    StepHandlerResult,
    depends_on,
    inputs,
    step_handler,
)


def context(**more):
    return StepContext({"handler": "h", "step_name": "s", "correlation_id": "c", **more})


class ContextTest(unittest.TestCase):
    def test_retries_are_counted_from_the_attempt(self):
        first, last = context(attempt=1, max_attempts=3), context(attempt=3, max_attempts=3)
        self.assertEqual((first.retry_count, first.max_retries), (0, 2))
        self.assertEqual((first.is_retry(), first.is_last_retry()), (False, False))
        self.assertEqual((last.is_retry(), last.is_last_retry()), (True, True))

    def test_what_is_absent_is_none(self):
        empty = context(input=None, dependency_results=None)
        self.assertIsNone(empty.get_input("x"))
        self.assertEqual(empty.get_input_or("x", 3), 3)
        self.assertIsNone(empty.get_dependency_field("a", "b", 0))
        self.assertIsNone(empty.deadline)
        self.assertEqual(empty.checkpoint_items_processed, 0)
        self.assertFalse(empty.has_checkpoint())

    def test_a_deadline_is_a_time_in_utc(self):
        deadline = context(deadline="2026-01-02T03:04:05.123456789Z").deadline
        self.assertEqual(deadline.isoformat(), "2026-01-02T03:04:05.123456+00:00")

    def test_dependencies_by_prefix(self):
        some = context(dependency_results={"price_a": 1, "price_b": 2, "other": 3})
        self.assertEqual(some.get_all_dependency_results("price"), {"price_a": 1, "price_b": 2})


class RegistryTest(unittest.TestCase):
    def test_two_handlers_of_one_name_name_both_files(self):
        registry = HandlerRegistry()
        registry.register("a", print, "one.py", "one")
        registry.register("a", print, "one.py", "one_imported_again")
        with self.assertRaisesRegex(ValueError, "one.py.*two.py"):
            registry.register("a", print, "two.py", "two")

    def test_a_class_without_call_is_no_handler(self):
        class Base(StepHandler):
            pass

        self.assertFalse(REGISTRY.is_registered("Base"))
        with self.assertRaises(NotImplementedError):
            Base().call(context())

    def test_decorators_refuse_wrong_arguments(self):
        for attempt in (
            lambda: step_handler(print),
            lambda: depends_on(a=3),
            lambda: inputs(3),
        ):
            with self.assertRaises(TypeError):
                attempt()


class ResultTest(unittest.TestCase):
    def test_none_is_an_empty_result(self):
        self.assertEqual(StepHandlerResult.success().result, {})
        self.assertEqual(StepHandlerResult.success([]).result, [])

    def test_a_failure_is_not_retried_unless_it_says_so(self):
        self.assertFalse(StepHandlerResult.failure("no").retryable)
        self.assertTrue(StepHandlerResult.failure("no", retryable=True).retryable)


class ErrorsTest(unittest.TestCase):
    def test_errors_carry_what_they_are_given(self):
        error = errors.RateLimitError("slow", retry_after=2, error_code="E", metadata={"a": 1})
        self.assertEqual(
            (str(error), error.retry_after, error.error_code, error.metadata),
            ("slow", 2, "E", {"a": 1}),
        )
        self.assertIsInstance(error, errors.RetryableError)
        self.assertEqual(errors.ValidationError("x", field="f").metadata, {"field": "f"})
        self.assertEqual(errors.NetworkError("x", status_code=503).status_code, 503)
