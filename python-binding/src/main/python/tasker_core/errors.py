"""The errors by which a handler says whether another attempt is worth it.

A `PermanentError` is never retried, a `RetryableError` is, and so is any exception of another kind.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = [
    "AuthenticationError",
    "AuthorizationError",
    "BusinessLogicError",
    "ConfigurationError",
    "FFIError",
    "NetworkError",
    "NotFoundError",
    "PermanentError",
    "RateLimitError",
    "ResourceContentionError",
    "RetryableError",
    "SerializationError",
    "ServiceUnavailableError",
    "TaskerError",
    "TimeoutError",
    "ValidationError",
]


class TaskerError(Exception):
    """The base of all.

    Attributes:
        retryable: What the raiser said, or None for what the class implies.
        metadata: Kept with the step's outcome.
        error_code: The author's own code, or None.
        retry_after: Seconds to wait before the next attempt, or None for the step's own backoff.
        context: More for the metadata.
    """

    def __init__(
        self,
        message: str = "",
        *,
        retryable: bool | None = None,
        metadata: Mapping[str, Any] | None = None,
        error_code: str | None = None,
        retry_after: float | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> None:
        """Makes the error."""
        super().__init__(message)
        self.message = message
        self.retryable = retryable
        self.metadata = dict(metadata or {})
        self.error_code = error_code
        self.retry_after = retry_after
        self.context = dict(context or {})


class RetryableError(TaskerError):
    """Another attempt may succeed."""


class TimeoutError(RetryableError):
    """Something took too long."""


class NetworkError(RetryableError):
    """A network failed; `status_code` is that of the answer, if there was one."""

    def __init__(self, message: str = "", *, status_code: int | None = None, **more: Any) -> None:
        """Makes the error."""
        super().__init__(message, **more)
        self.status_code = status_code
        if status_code is not None:
            self.metadata.setdefault("status_code", status_code)


class RateLimitError(RetryableError):
    """A service asks for patience; set `retry_after`."""


class ServiceUnavailableError(RetryableError):
    """A service is down for now."""


class ResourceContentionError(RetryableError):
    """Another holds what is needed."""


class PermanentError(TaskerError):
    """No attempt will succeed."""


class ValidationError(PermanentError):
    """The input is wrong; `field` names where."""

    def __init__(self, message: str = "", *, field: str | None = None, **more: Any) -> None:
        """Makes the error."""
        super().__init__(message, **more)
        self.field = field
        if field is not None:
            self.metadata.setdefault("field", field)


class NotFoundError(PermanentError):
    """What is asked for does not exist; `resource_type` says of what kind."""

    def __init__(self, message: str = "", *, resource_type: str | None = None, **more: Any) -> None:
        """Makes the error."""
        super().__init__(message, **more)
        self.resource_type = resource_type
        if resource_type is not None:
            self.metadata.setdefault("resource_type", resource_type)


class AuthenticationError(PermanentError):
    """Nobody knows who asks."""


class AuthorizationError(PermanentError):
    """Who asks may not."""


class ConfigurationError(PermanentError):
    """The set-up is wrong."""


class BusinessLogicError(PermanentError):
    """A rule of the business forbids it."""


class SerializationError(PermanentError):
    """A value cannot be written as JSON."""


class FFIError(TaskerError):
    """The host could not do what was asked."""
