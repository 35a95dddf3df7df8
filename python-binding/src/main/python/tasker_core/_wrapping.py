"""One way to put a context manager around plain, async and generator functions."""

from __future__ import annotations

import functools

from tasker_core._carrier import CURRENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator
    from contextlib import AbstractContextManager
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

_GENERATOR = 0x20
_COROUTINE = 0x80
_ASYNC_GENERATOR = 0x200


def wrap(function: F, scope: Callable[[], AbstractContextManager[Any]]) -> F:
    """Returns the function with a new scope around each call, until what it returns has ended."""
    if not callable(function):
        raise TypeError(f"a function is decorated, not {type(function).__name__}")
    flags = function_flags(function)
    wrapper: Any
    if flags & _COROUTINE:

        @functools.wraps(function)
        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            with scope():
                return await function(*args, **kwargs)

    elif flags & _ASYNC_GENERATOR:
        # the driver is the async generator; this function only makes it
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return _drive_async(function(*args, **kwargs), scope())

    elif flags & _GENERATOR:

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return _drive(function(*args, **kwargs), scope())

    else:

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with scope():
                return function(*args, **kwargs)

    return wrapper  # type: ignore[no-any-return]


def _drive(
    generator: Generator[Any, Any, Any], scope: AbstractContextManager[Any]
) -> Generator[Any, Any, Any]:
    """Runs a generator inside of a scope whose span is not current between its items."""
    outer = CURRENT.get()
    scope.__enter__()
    try:
        inner = CURRENT.get()
        step, value = generator.send, None
        while True:
            CURRENT.set(inner)
            try:
                item = step(value)
            except StopIteration as end:
                result = end.value
                break
            finally:
                inner = CURRENT.get()
                CURRENT.set(outer)
            try:
                value = yield item
                step = generator.send
                outer = CURRENT.get()
            except GeneratorExit:
                outer = CURRENT.get()
                CURRENT.set(inner)
                generator.close()
                raise
            except BaseException as error:
                outer = CURRENT.get()
                step, value = generator.throw, error
    except BaseException as error:
        scope.__exit__(type(error), error, error.__traceback__)
        CURRENT.set(outer)
        raise
    scope.__exit__(None, None, None)
    CURRENT.set(outer)
    return result


async def _drive_async(
    generator: AsyncGenerator[Any, Any], scope: AbstractContextManager[Any]
) -> AsyncGenerator[Any, Any]:
    """The same for an async generator."""
    outer = CURRENT.get()
    scope.__enter__()
    try:
        inner = CURRENT.get()
        step, value = generator.asend, None
        while True:
            CURRENT.set(inner)
            try:
                item = await step(value)
            except StopAsyncIteration:
                break
            finally:
                inner = CURRENT.get()
                CURRENT.set(outer)
            try:
                value = yield item
                step = generator.asend
                outer = CURRENT.get()
            except GeneratorExit:
                outer = CURRENT.get()
                CURRENT.set(inner)
                await generator.aclose()
                raise
            except BaseException as error:
                outer = CURRENT.get()
                step, value = generator.athrow, error
    except BaseException as error:
        scope.__exit__(type(error), error, error.__traceback__)
        CURRENT.set(outer)
        raise
    scope.__exit__(None, None, None)
    CURRENT.set(outer)


def function_flags(function: Any) -> int:
    """Returns the flags of the code behind a function, method or partial; 0 where there is none."""
    while isinstance(function, functools.partial):
        function = function.func
    function = getattr(function, "__func__", function)
    return int(getattr(getattr(function, "__code__", None), "co_flags", 0))


def is_async(function: Any) -> bool:
    """Whether it was made by `async def` and returns a coroutine."""
    return bool(function_flags(function) & _COROUTINE)
