"""Exceptions as the host is told of them: class name, message, traceback, ancestors."""

from __future__ import annotations

import os
import traceback

from tasker_core._fields import safe_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_MAX_FRAMES = 100
_ASYNCIO = f"{os.sep}asyncio{os.sep}"
_MARK = "__tasker_known_by__"


def error_type(error: BaseException) -> str:
    """Returns the name of its class, as authors write it in an except clause."""
    return type(error).__name__


def error_message(error: BaseException) -> str:
    """Returns the message; never raises."""
    return safe_text(error)


def ancestors(error: BaseException) -> list[str]:
    """Returns `module.Class` of its class and those above, its own first."""
    return [
        f"{kind.__module__}.{kind.__qualname__}"
        for kind in type(error).__mro__
        if kind is not object
    ]


def is_package_file(filename: str) -> bool:
    """Whether the file is one of this package, which no author wants in a traceback."""
    return filename.startswith(_PACKAGE)


def backtrace(error: BaseException) -> str:
    """Returns the traceback as Python writes it, without this package's own frames."""
    try:
        told = traceback.TracebackException(
            type(error), error, error.__traceback__, limit=-_MAX_FRAMES
        )
        for part in _chain(told):
            part.stack = traceback.StackSummary.from_list(_authors_frames(part.stack))
        return "".join(told.format())
    except Exception:
        return f"{error_type(error)}: {error_message(error)}\n"


def _authors_frames(stack: list[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    frames = [frame for frame in stack if not is_package_file(frame.filename)]
    first = 0
    while first < len(frames) and _ASYNCIO in frames[first].filename:
        first += 1  # how the event loop came to an async handler
    return frames[first:] or frames


def _chain(told: traceback.TracebackException) -> Iterator[traceback.TracebackException]:
    seen: set[int] = set()
    waiting: list[traceback.TracebackException | None] = [told]
    while waiting:
        part = waiting.pop()
        if part is None or id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        waiting.append(part.__cause__)
        waiting.append(part.__context__)


def is_no_error(error: BaseException) -> bool:
    """Whether it only ends a block early: a closed generator, a cancelled task, `sys.exit(0)`."""
    if isinstance(error, GeneratorExit):
        return True
    if isinstance(error, SystemExit):
        return error.code is None or error.code == 0
    return any(
        kind.__name__ == "CancelledError" and kind.__module__.startswith(("asyncio", "concurrent"))
        for kind in type(error).__mro__
    )


def is_known_by(error: BaseException, span: int) -> bool:
    """Whether a span inside of that span has told the error in full."""
    try:
        return bool(error.__dict__.get(_MARK) == span)
    except Exception:
        return False


def mark_known(error: BaseException, span: int) -> None:
    """Notes that the span need not tell the error in full any more."""
    try:
        error.__dict__[_MARK] = span
    except Exception:
        pass
