"""What the current call of a handler is, for those who ask."""

from __future__ import annotations

import contextvars


class Call:
    """One call; never changed once made."""

    __slots__ = ("handler", "correlation_id")

    def __init__(self, handler: str, correlation_id: str) -> None:
        """Notes the handler's registered name and the correlation ID."""
        self.handler = handler
        self.correlation_id = correlation_id


CALL: contextvars.ContextVar[Call | None] = contextvars.ContextVar("tasker_call", default=None)
