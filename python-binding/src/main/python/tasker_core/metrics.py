"""Counters, gauges and histograms with the surface of prometheus_client, on the host's pipeline.

```python
from tasker_core import metrics

ORDERS = metrics.Counter("orders_priced_total", "Orders priced", ["region"])
ORDERS.labels(region="eu").inc()
```

An instrument defined again, in another context of the worker too, is the same instrument. Wrong use
raises `ValueError` where prometheus_client does.
"""

from __future__ import annotations

import re
import time as _time

from tasker_core import _bridge
from tasker_core._bridge import SEPARATOR
from tasker_core._bridge import adjust as _adjust
from tasker_core._bridge import bind as _bind
from tasker_core._bridge import record as _record
from tasker_core._carrier import current
from tasker_core._fields import safe_text
from tasker_core._wrapping import wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, Self, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["Counter", "Gauge", "Histogram", "Timer"]

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:.]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_MAX_CACHED_SERIES = 2_000


class _Metric:
    """What the instruments share: the definition, the labels, the series."""

    _kind = ""
    _reserved: tuple[str, ...] = ()
    _no_series = -1

    def __init__(
        self,
        name: str,
        documentation: str,
        labelnames: Iterable[str] = (),
        namespace: str = "",
        subsystem: str = "",
        unit: str = "",
        registry: object = None,
        *,
        buckets: str = "",
    ) -> None:
        del registry  # there is one pipeline
        self._name = self._full_name(name, namespace, subsystem, unit)
        self._documentation = safe_text(documentation)
        self._labelnames = self._checked_labels(labelnames)
        number = _bridge.define(
            self._kind,
            self._name,
            self._documentation,
            "",
            SEPARATOR.join(self._labelnames),
            buckets,
        )
        if number.startswith("!"):
            raise ValueError(number[1:])
        self._instrument = int(number)
        self._children: dict[tuple[str, ...], Self] = {}
        self._series = self._no_series if self._labelnames else _bind(self._instrument, "")

    def _full_name(self, name: str, namespace: str, subsystem: str, unit: str) -> str:
        if not isinstance(name, str):
            raise ValueError(f"metric name must be a str, not {type(name).__name__}")
        full = "_".join(part for part in (namespace, subsystem, name) if part)
        if unit and not full.endswith("_" + unit):
            full += "_" + unit
        if not _NAME.fullmatch(full):
            raise ValueError(
                f"Invalid metric name: {full!r}; letters, digits, _ and : are allowed, no digit first"
            )
        return full

    def _checked_labels(self, labelnames: Iterable[str]) -> tuple[str, ...]:
        names = (labelnames,) if isinstance(labelnames, str) else tuple(labelnames)
        for name in names:
            if not isinstance(name, str) or not _LABEL.fullmatch(name):
                raise ValueError(f"Invalid label metric name: {name!r}")
            if name.startswith("__"):
                raise ValueError(f"Reserved label metric name: {name!r}")
            if name in self._reserved:
                raise ValueError(f"Reserved label metric name: {name!r}")
        return names

    def labels(self, *labelvalues: object, **labelkwargs: object) -> Self:
        """Returns the instrument with its labels given, by position or by name.

        Raises:
            ValueError: For a wrong number of labels or a name that was not declared.
        """
        if not self._labelnames:
            raise ValueError(f"No label names were set when constructing {self!r}")
        if self._series != self._no_series:
            raise ValueError(f"{self!r} already has labels set")
        if labelvalues and labelkwargs:
            raise ValueError("Can't pass both *args and **kwargs")
        if labelkwargs:
            if len(labelkwargs) != len(self._labelnames) or any(
                name not in labelkwargs for name in self._labelnames
            ):
                raise ValueError(
                    f"Incorrect label names: {self._name} has {', '.join(self._labelnames)}"
                )
            values = tuple(safe_text(labelkwargs[name]) for name in self._labelnames)
        else:
            if len(labelvalues) != len(self._labelnames):
                raise ValueError(
                    f"Incorrect label count: {self._name} has {', '.join(self._labelnames)}"
                )
            values = tuple(safe_text(value) for value in labelvalues)
        child = self._children.get(values)
        return child if child is not None else self._child(values)

    def _child(self, values: tuple[str, ...]) -> Self:
        joined = SEPARATOR.join(
            part
            for name, value in zip(self._labelnames, values, strict=True)
            for part in (name, value.replace(SEPARATOR, " "))
        )
        child = object.__new__(type(self))
        child.__dict__.update(self.__dict__)
        child._children = {}
        child._series = _bind(self._instrument, joined)
        if len(self._children) < _MAX_CACHED_SERIES:
            self._children[values] = child
        return child

    def remove(self, *labelvalues: object) -> None:
        """Not possible: a series of the pipeline cannot be taken back."""
        raise NotImplementedError("remove: a series of the pipeline cannot be taken back")

    def clear(self) -> None:
        """Not possible: the series of the pipeline cannot be taken back."""
        raise NotImplementedError("clear: the series of the pipeline cannot be taken back")

    def _check_series(self) -> None:
        if self._series == self._no_series:
            raise ValueError(f"{self._kind} metric is missing label values: {self._name}")

    def __repr__(self) -> str:
        """Names it."""
        return f"tasker_core.metrics.{type(self).__name__}({self._name})"


class Counter(_Metric):
    """A number that only grows. Its name ends in `_total`, which is added where it is missing."""

    _kind = "counter"

    def _full_name(self, name: str, namespace: str, subsystem: str, unit: str) -> str:
        if isinstance(name, str) and name.endswith("_total"):
            name = name[: -len("_total")]
        return super()._full_name(name, namespace, subsystem, unit) + "_total"

    def inc(self, amount: float = 1, exemplar: Mapping[str, str] | None = None) -> None:
        """Adds; the current span is the exemplar.

        Raises:
            ValueError: For a negative amount.
        """
        del exemplar
        if self._series < 0:
            self._check_series()
        if amount < 0:
            raise ValueError("Counters can only be incremented by non-negative amounts.")
        _record(self._series, float(amount), current().handle)

    def reset(self) -> None:
        """Not possible: a counter of the pipeline only grows."""
        raise NotImplementedError("reset: a counter of the pipeline only grows")

    def count_exceptions(
        self, exception: type[BaseException] | tuple[type[BaseException], ...] = Exception
    ) -> ExceptionCounter:
        """Counts exceptions that leave a block or a function; they propagate."""
        self._check_series()
        return ExceptionCounter(self, exception)


class Gauge(_Metric):
    """A number that goes up and down."""

    _kind = "gauge"

    def __init__(
        self,
        name: str,
        documentation: str,
        labelnames: Iterable[str] = (),
        namespace: str = "",
        subsystem: str = "",
        unit: str = "",
        registry: object = None,
        multiprocess_mode: str = "all",
    ) -> None:
        """Defines the gauge, or finds it."""
        del multiprocess_mode  # there is one process
        super().__init__(name, documentation, labelnames, namespace, subsystem, unit, registry)

    def inc(self, amount: float = 1) -> None:
        """Adds."""
        if self._series < 0:
            self._check_series()
        _adjust(self._series, float(amount))

    def dec(self, amount: float = 1) -> None:
        """Subtracts."""
        if self._series < 0:
            self._check_series()
        _adjust(self._series, -float(amount))

    def set(self, value: float) -> None:
        """Sets it."""
        if self._series < 0:
            self._check_series()
        _record(self._series, float(value), current().handle)

    def set_to_current_time(self) -> None:
        """Sets it to the seconds since 1970."""
        self.set(_time.time())

    def track_inprogress(self) -> InprogressTracker:
        """Counts the runs of a block or function that are under way."""
        self._check_series()
        return InprogressTracker(self)

    def time(self) -> Timer:
        """Sets it to the seconds that a block or function took."""
        self._check_series()
        return Timer(self, "set")

    def set_function(self, f: Callable[[], float]) -> None:
        """Not possible: the pipeline does not ask Python while it collects. Call `set` instead."""
        raise NotImplementedError("set_function: the pipeline does not call back; use set()")


_INFINITY = float("inf")


class Histogram(_Metric):
    """The distribution of a number, in buckets."""

    _kind = "histogram"
    _reserved = ("le",)
    DEFAULT_BUCKETS = (
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, _INFINITY,
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        documentation: str,
        labelnames: Iterable[str] = (),
        namespace: str = "",
        subsystem: str = "",
        unit: str = "",
        registry: object = None,
        buckets: Iterable[float | str] = DEFAULT_BUCKETS,
    ) -> None:
        """Defines the histogram, or finds it.

        Raises:
            ValueError: For buckets that are fewer than two or not in order, beside what all raise.
        """
        bounds = [float(bound) for bound in buckets]
        if bounds != sorted(bounds):
            raise ValueError("Buckets not in sorted order")
        if bounds and bounds[-1] == _INFINITY:
            bounds.pop()
        if not bounds:
            raise ValueError("Must have at least two buckets")
        super().__init__(
            name,
            documentation,
            labelnames,
            namespace,
            subsystem,
            unit,
            registry,
            buckets=SEPARATOR.join(repr(bound) for bound in bounds),
        )

    def observe(self, amount: float, exemplar: Mapping[str, str] | None = None) -> None:
        """Adds a value; the current span is the exemplar."""
        del exemplar
        if self._series < 0:
            self._check_series()
        _record(self._series, float(amount), current().handle)

    def time(self) -> Timer:
        """Observes the seconds that a block or function took."""
        self._check_series()
        return Timer(self, "observe")


class Timer:
    """Times a block or a function. For the block, `labels` may still be given inside of it."""

    def __init__(self, metric: Any, callback_name: str) -> None:
        """Notes whom to tell."""
        self._metric = metric
        self._callback_name = callback_name
        self._started = 0.0

    def __enter__(self) -> Timer:
        """Starts the clock."""
        self._started = _time.perf_counter()
        return self

    def __exit__(self, *exc: object) -> None:
        """Stops the clock and tells."""
        seconds = max(_time.perf_counter() - self._started, 0.0)
        getattr(self._metric, self._callback_name)(seconds)

    def labels(self, *args: object, **kw: object) -> None:
        """Gives the labels of the instrument that is told."""
        self._metric = self._metric.labels(*args, **kw)

    def __call__(self, f: F) -> F:
        """Times each call of the function."""
        return wrap(f, lambda: Timer(self._metric, self._callback_name))


class InprogressTracker:
    """Adds one to a gauge while a block or function runs."""

    def __init__(self, gauge: Gauge) -> None:
        """Notes the gauge."""
        self._gauge = gauge

    def __enter__(self) -> None:
        """Adds one."""
        self._gauge.inc()

    def __exit__(self, *exc: object) -> None:
        """Takes it back."""
        self._gauge.dec()

    def __call__(self, f: F) -> F:
        """Tracks each call of the function."""
        return wrap(f, lambda: InprogressTracker(self._gauge))


class ExceptionCounter:
    """Counts exceptions that leave a block or function."""

    def __init__(
        self, counter: Counter, exception: type[BaseException] | tuple[type[BaseException], ...]
    ) -> None:
        """Notes what to count."""
        self._counter = counter
        self._exception = exception

    def __enter__(self) -> None:
        """Does nothing."""

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        """Counts what leaves; it propagates."""
        if isinstance(error, self._exception):
            self._counter.inc()

    def __call__(self, f: F) -> F:
        """Counts in each call of the function."""
        return wrap(f, lambda: ExceptionCounter(self._counter, self._exception))
