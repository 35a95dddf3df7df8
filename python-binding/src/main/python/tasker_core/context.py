"""The identity of a request, for code that is not a handler."""

from __future__ import annotations

from tasker_core import tracing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["get_correlation_id", "get_trace_id", "init_request_context"]

NO_TRACE = "no-trace"


def init_request_context(headers: Mapping[str, str] | None = None) -> str:
    """Takes over the trace context of a request, for the rest of the current call or task.

    Args:
        headers: The request's headers; none keeps the context as it is.

    Returns:
        The trace ID, as `get_trace_id` does.
    """
    if headers:
        tracing.extract(headers).__enter__()
    return get_trace_id()


def get_trace_id() -> str:
    """Returns the current trace ID in lower case hex, or `no-trace`."""
    return tracing.trace_id() or NO_TRACE


def get_correlation_id() -> str | None:
    """Returns the current correlation ID, or None."""
    return tracing.current_correlation_id()
