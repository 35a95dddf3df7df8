"""Metrics and spans of background jobs.

```python
from tasker_core.jobs import instrument_job, record_enqueue

@instrument_job("bulk")
def rebuild_index(organization="acme"): ...

record_enqueue("bulk", "shop.rebuild_index", "acme")
```
"""

from __future__ import annotations

import time

from tasker_core import logging, tracing
from tasker_core._failures import is_no_error
from tasker_core._wrapping import is_async
from tasker_core.metrics import Counter, Gauge, Histogram

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["instrument_job", "queue_depth_source", "record_enqueue", "update_queue_depths"]

_ENQUEUED = Counter("jobs.enqueued_total", "Jobs put on a queue", ["queue", "method", "org"])
_COMPLETED = Counter("jobs.completed_total", "Jobs ended", ["queue", "method", "org", "status"])
_DURATION = Histogram("jobs.duration_seconds", "Time a job took", ["queue", "method"])
_DEPTH = Gauge("queue_depth", "Jobs that wait", ["queue"])

_sources: dict[str, Callable[[], float]] = {}


class _Job:
    """One run of a job: its span, its duration, how it ended."""

    def __init__(self, queue: str, method: str, org: str) -> None:
        self._queue = queue
        self._method = method
        self._org = org
        self._span = tracing.span("job.execute", queue=queue, method=method, org=org)
        self._started = 0.0

    def __enter__(self) -> tracing.Span:
        self._started = time.perf_counter()
        return self._span.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        seconds = time.perf_counter() - self._started
        status = "success" if error is None or is_no_error(error) else "failure"
        _COMPLETED.labels(self._queue, self._method, self._org, status).inc()
        _DURATION.labels(self._queue, self._method).observe(seconds)
        self._span.__exit__(kind, error, trace)


def instrument_job(queue: str) -> Callable[[F], F]:
    """Counts and times each run of a function, plain or async, as a job of the queue.

    The keyword argument `organization` is the label `org`, `system` where there is none. What the
    function raises propagates unchanged.
    """
    if not isinstance(queue, str):
        raise TypeError(f"instrument_job: queue must be a str, not {type(queue).__name__}")

    def decorate(function: F) -> F:
        import functools

        method = f"{function.__module__}.{function.__name__}"

        def job(kwargs: Mapping[str, Any]) -> _Job:
            return _Job(queue, method, str(kwargs.get("organization") or "system"))

        wrapper: Any
        if is_async(function):

            @functools.wraps(function)
            async def wrapper(*args: Any, **kwargs: Any) -> Any:
                with job(kwargs):
                    return await function(*args, **kwargs)

        else:

            @functools.wraps(function)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                with job(kwargs):
                    return function(*args, **kwargs)

        return wrapper  # type: ignore[no-any-return]

    return decorate


def record_enqueue(queue: str, method: str, org: str = "system") -> None:
    """Counts a job put on a queue."""
    _ENQUEUED.labels(queue, method, org).inc()


def queue_depth_source(queue: str, depth: Callable[[], float]) -> None:
    """Names the function that tells how many jobs of a queue wait."""
    _sources[queue] = depth


def update_queue_depths(depths: Mapping[str, float] | None = None) -> None:
    """Sets the gauge of each queue's depth.

    Args:
        depths: Queue to depth; without it each source of `queue_depth_source` is asked. A source
            that raises is logged, and the others are asked all the same.
    """
    for queue, depth in (depths or {}).items():
        _DEPTH.labels(queue).set(depth)
    if depths is not None:
        return
    for queue, source in list(_sources.items()):
        try:
            _DEPTH.labels(queue).set(source())
        except Exception as error:
            logging.log_warning("queue depth unknown", queue=queue, error=error)
