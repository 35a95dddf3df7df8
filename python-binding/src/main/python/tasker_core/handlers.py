"""Step handlers: what an author writes, and what a handler is told.

```python
from tasker_core.handlers import StepHandler, depends_on, inputs, step_handler

class PriceOrder(StepHandler):
    def call(self, context):
        return self.success({"total": 12.5, "order": context.get_input("order_id")})

@step_handler("ship_order")
@depends_on(price="PriceOrder")
@inputs("order_id")
def ship_order(price, order_id, context):
    return {"shipped": order_id, "total": price["total"]}
```

Every class that defines `call` is registered when its file is loaded, under `handler_name` or the
class's name.
"""

from __future__ import annotations

import sys

from tasker_core import tracing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import Any, ClassVar, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = [
    "CheckpointYield",
    "HandlerRegistry",
    "StepContext",
    "StepHandler",
    "StepHandlerResult",
    "checkpoint_yield",
    "depends_on",
    "failure",
    "inputs",
    "step_handler",
    "success",
]


class StepHandlerResult:
    """How a handler ended, where it says so itself.

    Attributes:
        is_success: Whether it did what it should.
        result: Any JSON value, of a success.
        metadata: Kept with the step's outcome.
        error_message: What went wrong, of a failure.
        error_type: What kind of error.
        error_code: The author's own code, or None.
        retryable: Whether another attempt may succeed.
        retry_after: Seconds to wait before it, or None.
    """

    __slots__ = (
        "is_success",
        "result",
        "metadata",
        "error_message",
        "error_type",
        "error_code",
        "retryable",
        "retry_after",
    )

    def __init__(
        self,
        is_success: bool,
        result: Any = None,
        metadata: Mapping[str, Any] | None = None,
        error_message: str | None = None,
        error_type: str | None = None,
        error_code: str | None = None,
        retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        """Makes a result; `success` and `failure` are shorter."""
        self.is_success = is_success
        self.result = result
        self.metadata = dict(metadata or {})
        self.error_message = error_message
        self.error_type = error_type
        self.error_code = error_code
        self.retryable = retryable
        self.retry_after = retry_after

    @classmethod
    def success(
        cls, result: Any = None, metadata: Mapping[str, Any] | None = None
    ) -> StepHandlerResult:
        """A success with its result."""
        return cls(True, {} if result is None else result, metadata)

    @classmethod
    def failure(
        cls,
        message: str,
        error_type: str = "UnexpectedError",
        retryable: bool = False,
        metadata: Mapping[str, Any] | None = None,
        error_code: str | None = None,
        retry_after: float | None = None,
    ) -> StepHandlerResult:
        """A failure; not retried unless it says so."""
        return cls(False, None, metadata, message, error_type, error_code, retryable, retry_after)


class CheckpointYield:
    """A handler's wish to go on later from its cursor."""

    __slots__ = ("cursor", "items_processed", "accumulated_results")

    def __init__(self, cursor: Any, items_processed: int, accumulated_results: Any = None) -> None:
        """Makes the wish."""
        self.cursor = cursor
        self.items_processed = items_processed
        self.accumulated_results = accumulated_results


success = StepHandlerResult.success
failure = StepHandlerResult.failure


def checkpoint_yield(
    cursor: Any, items_processed: int = 0, accumulated_results: Any = None
) -> CheckpointYield:
    """Stops here; the step goes on later, with this in `context.checkpoint`."""
    return CheckpointYield(cursor, items_processed, accumulated_results)


_MISSING: Any = object()


class StepContext:
    """What a handler is told about its step.

    Attributes:
        handler_name: The registered name of the handler.
        step_name: The step's name in its workflow.
        correlation_id: Of the request that started it all.
        parent_correlation_id: Of the workflow that asked for this one, or None.
        task_uuid: The task, or None outside of one.
        step_uuid: The step, or None outside of one.
        namespace_name: The task's namespace, or None.
        attempt: 1 for the first attempt.
        max_attempts: How often the step is tried in all.
        input_data: The task's input.
        step_config: The step's configuration from its template.
        dependency_results: Step name to result.
        checkpoint: Where an earlier attempt stopped by its own will, or None.
    """

    def __init__(self, envelope: Mapping[str, Any]) -> None:
        """Reads what the host sent."""
        self.handler_name: str = envelope["handler"]
        self.step_name: str = envelope["step_name"]
        self.correlation_id: str = envelope["correlation_id"]
        self.parent_correlation_id: str | None = envelope.get("parent_correlation_id")
        self.task_uuid: str | None = envelope.get("task_uuid")
        self.step_uuid: str | None = envelope.get("step_uuid")
        self.namespace_name: str | None = envelope.get("namespace_name")
        self.attempt: int = envelope.get("attempt", 1)
        self.max_attempts: int = envelope.get("max_attempts", 1)
        self.input_data: dict[str, Any] = envelope.get("input") or {}
        self.step_config: dict[str, Any] = envelope.get("config") or {}
        self.dependency_results: dict[str, Any] = envelope.get("dependency_results") or {}
        self.checkpoint: dict[str, Any] | None = envelope.get("checkpoint")
        self._deadline: str | None = envelope.get("deadline")

    @property
    def trace_id(self) -> str | None:
        """The W3C trace ID in lower case hex."""
        return tracing.trace_id()

    @property
    def span_id(self) -> str | None:
        """The ID of the current span in lower case hex."""
        return tracing.span_id()

    @property
    def retry_count(self) -> int:
        """How many attempts there were before this one."""
        return self.attempt - 1

    @property
    def max_retries(self) -> int:
        """How many attempts there may be after the first."""
        return self.max_attempts - 1

    def is_retry(self) -> bool:
        """Whether an attempt failed before."""
        return self.attempt > 1

    def is_last_retry(self) -> bool:
        """Whether no attempt comes after this one."""
        return self.attempt >= self.max_attempts

    @property
    def deadline(self) -> datetime | None:
        """When the call is stopped, in UTC, or None for never."""
        if self._deadline is None:
            return None
        import datetime

        text = self._deadline
        if "." in text:
            seconds, fraction = text.rstrip("Z").split(".")
            text = f"{seconds}.{fraction[:6].ljust(6, '0')}Z"
        return datetime.datetime.fromisoformat(text)

    def get_input(self, name: str) -> Any:
        """Returns a value of the task's input, or None."""
        return self.input_data.get(name)

    def get_input_or(self, name: str, default: Any = None) -> Any:
        """Returns a value of the task's input, or the default where it is absent or null."""
        value = self.input_data.get(name)
        return default if value is None else value

    def get_config(self, name: str, default: Any = None) -> Any:
        """Returns a value of the step's configuration, or the default."""
        return self.step_config.get(name, default)

    def get_dependency_result(self, step: str) -> Any:
        """Returns the result of a step before this one, or None."""
        return self.dependency_results.get(step)

    def get_dependency_field(self, step: str, *path: str | int) -> Any:
        """Returns what the path leads to in the result of a step before, or None."""
        value: Any = self.dependency_results.get(step)
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def get_all_dependency_results(self, prefix: str = "") -> dict[str, Any]:
        """Returns the results of the steps before whose names begin so."""
        return {
            name: result
            for name, result in self.dependency_results.items()
            if name.startswith(prefix)
        }

    def has_checkpoint(self) -> bool:
        """Whether an earlier attempt stopped by its own will."""
        return self.checkpoint is not None

    @property
    def checkpoint_cursor(self) -> Any:
        """The cursor of the checkpoint, or None."""
        return (self.checkpoint or {}).get("cursor")

    @property
    def checkpoint_items_processed(self) -> int:
        """How many items were done at the checkpoint."""
        return int((self.checkpoint or {}).get("items_processed") or 0)

    @property
    def accumulated_results(self) -> Any:
        """What was gathered until the checkpoint, or None."""
        return (self.checkpoint or {}).get("accumulated_results")


class DuplicateHandlerError(ValueError):
    """Two handlers of one name."""


class HandlerRegistry:
    """The handlers that are loaded, by name."""

    def __init__(self) -> None:
        """Starts empty."""
        self._handlers: dict[str, tuple[Callable[[StepContext], Any], str, str]] = {}

    def register(
        self, name: str, handler: Callable[[StepContext], Any], source: str, module: str
    ) -> None:
        """Adds a handler.

        Raises:
            DuplicateHandlerError: If another of that name is there; the first one stays.
        """
        if not isinstance(name, str) or not name:
            raise ValueError(f"the name of a handler is a text, not {name!r}")
        known = self._handlers.get(name)
        # a file that another imports is loaded a second time; that is no second handler
        if known is not None and (known[1] != source or known[2] == module):
            raise DuplicateHandlerError(
                f"two handlers are named {name!r}, in {known[1]} and in {source}; rename one"
            )
        if known is None:
            self._handlers[name] = (handler, source, module)

    def resolve(self, name: str) -> Callable[[StepContext], Any] | None:
        """Returns what calls the handler, or None."""
        entry = self._handlers.get(name)
        return None if entry is None else entry[0]

    def is_registered(self, name: str) -> bool:
        """Whether there is a handler of that name."""
        return name in self._handlers

    def list_handlers(self) -> list[str]:
        """Returns the names, sorted."""
        return sorted(self._handlers)

    def sources(self) -> dict[str, str]:
        """Returns name to file."""
        return {name: entry[1] for name, entry in self._handlers.items()}

    def drop_module(self, module: str) -> None:
        """Forgets the handlers of a file that could not be loaded to its end."""
        for name in [name for name, entry in self._handlers.items() if entry[2] == module]:
            del self._handlers[name]


REGISTRY = HandlerRegistry()


def _source(module: str) -> str:
    return str(getattr(sys.modules.get(module), "__file__", None) or f"<{module}>")


class StepHandler:
    """The base of handlers written as classes. Each call gets an instance of its own.

    Attributes:
        handler_name: The registered name; the class's name where it is empty.
        handler_version: For people.
    """

    handler_name: ClassVar[str] = ""
    handler_version: ClassVar[str] = "1.0.0"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Registers a class that defines `call`."""
        super().__init_subclass__(**kwargs)
        if "call" not in cls.__dict__ or getattr(cls.call, "__isabstractmethod__", False):
            return
        name = cls.__dict__.get("handler_name") or cls.__name__
        REGISTRY.register(
            name, lambda context: cls().call(context), _source(cls.__module__), cls.__module__
        )

    def call(self, context: StepContext) -> Any:
        """Does the step's work; may be `async def`.

        Returns:
            `self.success(...)`, `self.failure(...)`, a checkpoint, or any JSON value as the result.
        """
        raise NotImplementedError(f"{type(self).__name__}.call is not defined")

    @property
    def name(self) -> str:
        """The registered name."""
        return type(self).handler_name or type(self).__name__

    @property
    def version(self) -> str:
        """For people."""
        return type(self).handler_version

    success = staticmethod(StepHandlerResult.success)
    failure = staticmethod(StepHandlerResult.failure)
    checkpoint_yield = staticmethod(checkpoint_yield)


_DEPENDS = "__tasker_depends_on__"
_INPUTS = "__tasker_inputs__"


def depends_on(**steps: str | tuple[str, Callable[..., Any]]) -> Callable[[F], F]:
    """Hands results of earlier steps to a function handler, by keyword.

    A value is a step's name, or the name and a class that is made from the result's fields.
    """
    for keyword, step in steps.items():
        if not isinstance(step, (str, tuple)):
            raise TypeError(
                f"depends_on: {keyword} is a step's name, or (name, class), not {step!r}"
            )

    def decorate(function: F) -> F:
        setattr(function, _DEPENDS, {**getattr(function, _DEPENDS, {}), **steps})
        return function

    return decorate


def inputs(*names: str | Callable[..., Any]) -> Callable[[F], F]:
    """Hands values of the task's input to a function handler, by keyword.

    One class instead of names gets all of the input, and is handed over as `inputs`.
    """
    for name in names:
        if not isinstance(name, str) and not (callable(name) and len(names) == 1):
            raise TypeError(f"inputs: names, or one class, not {name!r}")

    def decorate(function: F) -> F:
        setattr(function, _INPUTS, (*getattr(function, _INPUTS, ()), *names))
        return function

    return decorate


def step_handler(name: str, version: str = "1.0.0") -> Callable[[F], F]:
    """Registers a function, plain or async, as a handler.

    It gets its dependencies and inputs by keyword, and the `StepContext` as `context`.
    """
    del version  # for people
    if not isinstance(name, str) or not name:
        raise TypeError("step_handler: the first argument is the handler's name")

    def decorate(function: F) -> F:
        def call(context: StepContext) -> Any:
            return function(**_arguments(function, context))

        REGISTRY.register(name, call, _source(function.__module__), function.__module__)
        return function

    return decorate


def _arguments(function: Callable[..., Any], context: StepContext) -> dict[str, Any]:
    arguments: dict[str, Any] = {"context": context}
    for keyword, step in getattr(function, _DEPENDS, {}).items():
        if isinstance(step, str):
            arguments[keyword] = context.get_dependency_result(step)
        else:
            arguments[keyword] = _model(step[1], context.get_dependency_result(step[0]))
    for name in getattr(function, _INPUTS, ()):
        if isinstance(name, str):
            arguments[name] = context.get_input(name)
        else:
            arguments["inputs"] = _model(name, context.input_data)
    return arguments


def _model(model: Callable[..., Any], data: Any) -> Any:
    from tasker_core.errors import ValidationError

    if data is None:
        return None
    try:
        return model(**data)
    except (TypeError, ValueError) as error:
        raise ValidationError(f"{getattr(model, '__name__', model)}: {error}") from error
