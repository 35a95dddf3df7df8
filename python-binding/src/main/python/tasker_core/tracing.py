"""Spans, events and the identity of the current call.

```python
from tasker_core import tracing

with tracing.span("price_order", order_id=17) as span:
    span.set_attribute("lines", 3)
    tracing.event("lines_checked", count=3)

@tracing.span("load_order")
async def load_order(order_id): ...
```

Nothing here raises into its caller, save `TypeError` for wrong arguments.
"""

from __future__ import annotations

import json

from tasker_core._bridge import (
    LEVELS,
    SPAN_THRESHOLD,
    level_number,
    set_error,
    start_event,
)
from tasker_core._bridge import end as _end
from tasker_core._bridge import extract as _extract
from tasker_core._bridge import inject as _inject
from tasker_core._bridge import read as _read
from tasker_core._bridge import (
    start_span as _start_span,
)
from tasker_core._carrier import CURRENT, Carried, current
from tasker_core._failures import (
    backtrace,
    error_message,
    error_type,
    is_known_by,
    is_no_error,
    mark_known,
)
from tasker_core._fields import set_field, set_fields
from tasker_core._wrapping import wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping
    from contextvars import Token
    from types import TracebackType
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = [
    "Span",
    "SpanScope",
    "current_correlation_id",
    "current_span",
    "event",
    "extract",
    "inject",
    "record_exception",
    "span",
    "span_id",
    "start_span",
    "trace_id",
]


class Span(Carried):
    """A span of the host, by its handle. Usable from any thread; after its end it ignores calls."""

    __slots__ = ()

    def is_recording(self) -> bool:
        """Whether what is set here will be seen."""
        return self.handle > 0

    def set_attribute(self, key: str, value: Any) -> None:
        """Sets an attribute; str, bool, int, float and nested data keep their types."""
        if self.handle > 0:
            set_field(self.handle, key, value)

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        """Sets several attributes."""
        if self.handle > 0:
            set_fields(self.handle, attributes)

    def __setitem__(self, key: str, value: Any) -> None:
        """Sets an attribute: `span["lines"] = 3`."""
        self.set_attribute(key, value)

    def add_event(self, name: str, level: str = "info", **fields: Any) -> None:
        """Adds an event that happened now."""
        if self.handle > 0:
            _add_event(self.handle, name, level, fields)

    def record_exception(self, error: BaseException) -> None:
        """Adds the exception, with its traceback, as an event, and marks the span as failed."""
        if self.handle > 0:
            set_error(self.handle, error_type(error), error_message(error), backtrace(error))
            mark_known(error, self.handle)

    def end(self) -> None:
        """Ends the span; all but the first time does nothing."""
        if self.handle > 0:
            _end(self.handle)

    @property
    def trace_id(self) -> str:
        """The W3C trace ID in lower case hex, or the empty text."""
        return _read(self.handle, "trace_id")

    @property
    def span_id(self) -> str:
        """The W3C span ID in lower case hex, or the empty text."""
        return _read(self.handle, "span_id")

    def __repr__(self) -> str:
        """Says which span it is."""
        return f"<Span {self.handle}>"


NOT_RECORDED = Span(0)


class SpanScope:
    """A span to be: `with` starts it and makes it current; as a decorator, each call does."""

    __slots__ = ("_name", "_level", "_fields", "_span", "_token")
    _span: Span
    _token: Token[Carried] | None

    def __init__(self, name: str, level: str, fields: dict[str, Any]) -> None:
        """Notes what to start; authors call `span`."""
        self._name = name
        self._level = level
        self._fields = fields

    def __enter__(self) -> Span:
        """Starts the span and makes it the current one."""
        above = current()
        parent = above.handle
        level = LEVELS.get(self._level)
        if level is None:
            level = level_number(self._level)
        handle = (
            0 if level < SPAN_THRESHOLD or parent < 0 else _start_span(parent, level, self._name)
        )
        if handle <= 0:
            self._token = None
            self._span = NOT_RECORDED
            return NOT_RECORDED
        fields = self._fields
        if fields:
            set_fields(handle, fields)
        span = Span(handle, above)
        self._span = span
        self._token = CURRENT.set(span)
        return span

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends the span, with the error if there is one, and makes its parent current again."""
        token = self._token
        if token is None:
            return
        self._token = None
        span = self._span
        if error is not None:
            _fail(span, error)
        _end(span.handle)
        if kind is GeneratorExit:
            # a generator broken off may be closed in another context than those that carry the span
            span.left = True
        try:
            CURRENT.reset(token)
        except (ValueError, RuntimeError):
            span.left = True

    def __call__(self, function: F) -> F:
        """Makes each call of the function, async function or generator a span."""
        return wrap(function, lambda: SpanScope(self._name, self._level, self._fields))


def _fail(span: Carried, error: BaseException) -> None:
    """Tells the span that the error left it; the innermost span tells it in full."""
    if is_no_error(error):
        return
    told = "" if is_known_by(error, span.handle) else backtrace(error)
    set_error(span.handle, error_type(error), error_message(error), told)
    mark_known(error, span.above.handle if span.above is not None else 0)


def span(name: str, /, level: str = "info", **fields: Any) -> SpanScope:
    """A span around a block or a function.

    Args:
        name: What is done, the same for every time it is done.
        level: `debug`, `info`, `warn` or `error`; below the configured level the block runs
            without a span.
        **fields: Attributes.

    Returns:
        A context manager that gives the `Span`, and a decorator for plain, `async` and generator
        functions.

    Raises:
        TypeError: If the name is not a str.
    """
    if not isinstance(name, str):
        raise _name_error("span", name)
    return SpanScope(name, level, fields)


def start_span(name: str, /, level: str = "info", **fields: Any) -> Span:
    """Starts a span that does not become current; the caller ends it.

    Raises:
        TypeError: If the name is not a str.
    """
    if not isinstance(name, str):
        raise _name_error("start_span", name)
    above = current()
    number = level_number(level)
    if number < SPAN_THRESHOLD or above.handle < 0:
        return NOT_RECORDED
    handle = _start_span(above.handle, number, name)
    if handle <= 0:
        return NOT_RECORDED
    set_fields(handle, fields)
    return Span(handle, above)


def event(name: str, /, level: str = "info", **fields: Any) -> None:
    """Adds an event to the current span.

    Raises:
        TypeError: If the name is not a str.
    """
    if not isinstance(name, str):
        raise _name_error("event", name)
    handle = current().handle
    if handle > 0:
        _add_event(handle, name, level, fields)


def _add_event(handle: int, name: str, level: str, fields: Mapping[str, Any]) -> None:
    if not isinstance(name, str):
        raise _name_error("add_event", name)
    number = level_number(level)
    if number < SPAN_THRESHOLD:
        return
    told = start_event(handle, number, name)
    if told:
        set_fields(told, fields)
        _end(told)


def _name_error(function: str, name: object) -> TypeError:
    return TypeError(f"{function}: name must be a str, not {type(name).__name__}")


def current_span() -> Span:
    """Returns the nearest span around; one that records nothing where there is none."""
    carried = current()
    return carried if isinstance(carried, Span) else Span(carried.handle, carried.above)


def record_exception(error: BaseException) -> None:
    """Adds the exception to the current span and marks it as failed."""
    current_span().record_exception(error)


def current_correlation_id() -> str | None:
    """Returns the correlation ID of the task or request that is worked for, or None."""
    return _read(current().handle, "correlation_id") or None


def trace_id() -> str | None:
    """Returns the current W3C trace ID in lower case hex, or None."""
    return _read(current().handle, "trace_id") or None


def span_id() -> str | None:
    """Returns the current W3C span ID in lower case hex, or None."""
    return _read(current().handle, "span_id") or None


def inject(carrier: MutableMapping[str, str] | None = None) -> MutableMapping[str, str]:
    """Writes the current context's headers (`traceparent`, `baggage`, ...) into the carrier.

    Returns:
        The carrier, a new dict if none was given.
    """
    headers: MutableMapping[str, str] = {} if carrier is None else carrier
    headers.update(json.loads(_inject(current().handle)))
    return headers


class extract:
    """Makes the span that the headers name the parent of the spans in the block.

    ```python
    with tracing.extract(request.headers):
        with tracing.span("answer"): ...
    ```
    Headers that name no span change nothing.
    """

    __slots__ = ("_carrier", "_token")
    _token: Token[Carried] | None

    def __init__(self, carrier: Mapping[str, str]) -> None:
        """Notes the headers."""
        self._carrier = carrier

    def __enter__(self) -> Span:
        """Makes the remote span current."""
        above = current()
        text = json.dumps({str(key): str(value) for key, value in dict(self._carrier).items()})
        parent = Span(_extract(above.handle, text), above)
        self._token = CURRENT.set(parent) if parent.handle not in (0, above.handle) else None
        return parent

    def __exit__(self, *exc: object) -> None:
        """Makes the span before current again."""
        if self._token is not None:
            try:
                CURRENT.reset(self._token)
            except (ValueError, RuntimeError):
                pass
            self._token = None
