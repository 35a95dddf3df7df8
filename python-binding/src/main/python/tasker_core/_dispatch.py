"""The host's way in: loads handler files, calls handlers, tells how they ended as one JSON text."""

from __future__ import annotations

import contextvars
import datetime
import importlib
import importlib.util
import json
import math
import os
import sys
import traceback

from tasker_core import logging as _logging
from tasker_core._call import CALL, Call
from tasker_core._carrier import CURRENT, Carried, follow_threads, has_running_threads
from tasker_core._failures import (
    ancestors,
    backtrace,
    error_message,
    error_type,
    is_no_error,
)
from tasker_core._fields import safe_text
from tasker_core.errors import SerializationError, TaskerError
from tasker_core.handlers import REGISTRY, CheckpointYield, StepContext, StepHandlerResult

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_streams: list[_logging.LineWriter] = []
_CONTAINERS = (dict, list, tuple)


def open_context() -> None:
    """Prepares this context for handlers: threads, streams, the standard logging module."""
    follow_threads()
    _streams.extend(_logging.route_to_host())


# ---- loading -----------------------------------------------------------------------------------


def load(path: str, folder: str) -> str:
    """Loads a handler file as a module of its own.

    Returns:
        The empty text, or a JSON object of `line` and `message` if it could not be loaded.
    """
    name = _module_name(path, folder)
    try:
        _import(name, path)
    except BaseException as error:
        sys.modules.pop(name, None)
        REGISTRY.drop_module(name)
        return json.dumps({"line": _line(error, path), "message": _load_message(error)})
    finally:
        flush_streams()
    return ""


def handlers() -> str:
    """Returns a JSON object of handler name to file."""
    return json.dumps(REGISTRY.sources())


def add_folder(folder: str) -> None:
    """Lets handler files import their neighbours."""
    if folder not in sys.path:
        sys.path.append(folder)
        importlib.invalidate_caches()


def _module_name(path: str, folder: str) -> str:
    """The name under which an import finds this very file; if there is none, one of its own."""
    relative = os.path.relpath(path, folder)
    parts = relative[: -len(".py")].split(os.sep)
    if parts[-1] == "__init__":
        parts.pop()
    if parts and all(part.isidentifier() for part in parts):
        name = ".".join(parts)
        try:
            spec = importlib.util.find_spec(name)
        except Exception:
            spec = None
        if (
            spec is not None
            and spec.origin
            and os.path.realpath(spec.origin) == os.path.realpath(path)
        ):
            return name
    unique = "".join(char if char.isalnum() else "_" for char in path)
    return f"tasker_handlers.{unique}"


def _import(name: str, path: str) -> ModuleType:
    known = sys.modules.get(name)
    if known is not None:
        return known
    if not name.startswith("tasker_handlers."):
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _line(error: BaseException, path: str) -> int:
    if isinstance(error, SyntaxError) and error.filename == path:
        return error.lineno or 0
    lines = [
        frame.lineno or 0
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == path
    ]
    return lines[-1] if lines else 0


def _load_message(error: BaseException) -> str:
    text = error.msg if isinstance(error, SyntaxError) else error_message(error)
    return f"{error_type(error)}: {text}" if text else error_type(error)


# ---- calling -----------------------------------------------------------------------------------


def call(envelope: str, span: int) -> str:
    """Calls the handler that the envelope names, with the span as the current one.

    What the handler leaves in context variables ends with the call, since pooled threads keep them.
    """
    return contextvars.copy_context().run(_call, envelope, span)


def _call(envelope: str, span: int) -> str:
    # no finally here: the host stops a call by unwinding it, and then wants the author's frames
    CURRENT.set(Carried(span))
    outcome = _outcome_of(envelope)
    flush_streams()
    return outcome


def _outcome_of(envelope: str) -> str:
    name = "?"
    try:
        told = json.loads(envelope)
        name = told["handler"]
        CALL.set(Call(name, told["correlation_id"]))
        handler = REGISTRY.resolve(name)
        if handler is None:
            raise LookupError(f"there is no Python handler named {name!r}")
        value = handler(StepContext(told))
        if hasattr(value, "__await__"):
            value = _await(value)
        return _outcome(name, value)
    except BaseException as error:
        if isinstance(error, SystemExit) and is_no_error(error):
            return _outcome(name, None)
        return _failure(error)


def _await(awaitable: Any) -> Any:
    import asyncio

    async def run() -> Any:
        return await awaitable

    return asyncio.run(run())


def flush_streams() -> None:
    """Writes what was printed without an end of line."""
    for stream in _streams:
        stream.flush_rest()


def _outcome(name: str, value: Any) -> str:
    if isinstance(value, StepHandlerResult):
        if not value.is_success:
            return _json(
                name,
                {
                    "status": "failure",
                    "error_type": safe_text(value.error_type or "UnexpectedError"),
                    "message": safe_text(value.error_message or ""),
                    "error_code": value.error_code and safe_text(value.error_code),
                    "backtrace": "",
                    "ancestors": [],
                    "retryable": bool(value.retryable),
                    "retry_after": _seconds(value.retry_after),
                    "metadata": value.metadata,
                },
                "metadata",
            )
        outcome = {"status": "success", "result": value.result, "metadata": value.metadata}
    elif isinstance(value, CheckpointYield):
        checkpoint = {
            "cursor": value.cursor,
            "items_processed": value.items_processed,
            "accumulated_results": value.accumulated_results,
        }
        return _json(name, {"status": "checkpoint", "checkpoint": checkpoint}, "checkpoint")
    else:
        outcome = {"status": "success", "result": {} if value is None else value, "metadata": {}}
    return _json(name, outcome, "result")


def _json(name: str, outcome: dict[str, Any], part: str) -> str:
    try:
        text = json.dumps(outcome, ensure_ascii=False, allow_nan=False)
        text.encode("utf-8")
        return text
    except (TypeError, ValueError, RecursionError):
        place, what, remedy = _find_bad(outcome[part], part, ())
        if not what and "metadata" in outcome:
            place, what, remedy = _find_bad(outcome["metadata"], "metadata", ())
        told = f"handler {name}: {place} is {what or 'nothing that JSON can hold'}; {remedy or _REMEDY}"
        return _failure(SerializationError(told))


_REMEDY = "return dicts with text keys, lists, text, numbers, booleans and None"


def _find_bad(value: Any, place: str, above: tuple[int, ...]) -> tuple[str, str, str]:
    """The place of the first value that JSON cannot hold, what it is, and the remedy."""
    if value is None or isinstance(value, (bool, int)):
        return "", "", ""
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            return place, "text with a lone surrogate", "decode bytes with errors='replace'"
        return "", "", ""
    if isinstance(value, float):
        return ("", "", "") if math.isfinite(value) else (place, repr(value), "return None instead")
    if not isinstance(value, _CONTAINERS):
        return place, f"a {type(value).__name__}", _remedy_for(value)
    if id(value) in above:
        return place, f"a {type(value).__name__} that contains itself", "break the cycle"
    if len(above) > 500:
        return place, "nested too deep", "return flatter data"
    above = (*above, id(value))
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in pairs:
        if isinstance(value, dict) and not isinstance(key, (str, int, float, bool, type(None))):
            return f"a key of {place}", f"a {type(key).__name__}", "use text keys"
        found = _find_bad(item, f"{place}[{key!r}]", above)
        if found[1]:
            return found
        if isinstance(key, str):
            found = _find_bad(key, f"a key of {place}", above)
            if found[1]:
                return found
    return "", "", ""


def _remedy_for(value: Any) -> str:
    if isinstance(value, (set, frozenset)):
        return "return a list, for example sorted(...)"
    if isinstance(value, (bytes, bytearray)):
        return "return text, for example .decode() or base64"
    return _REMEDY


def _failure(error: BaseException) -> str:
    outcome: dict[str, Any] = {
        "status": "failure",
        "error_type": error_type(error),
        "message": _encodable(error_message(error)),
        "error_code": None,
        "backtrace": _encodable(backtrace(error)),
        "ancestors": ancestors(error),
        "retryable": None,
        "retry_after": None,
        "metadata": {},
    }
    if isinstance(error, TaskerError):
        _add_told(outcome, error)
    try:
        return json.dumps(outcome)
    except Exception:
        return json.dumps({**outcome, "metadata": {}, "retry_after": None})


def _add_told(outcome: dict[str, Any], error: TaskerError) -> None:
    """Adds what the raiser said, part by part: one bad part does not cost the others."""
    retryable = _part(error, "retryable")
    outcome["retryable"] = None if retryable is None else bool(retryable)
    outcome["retry_after"] = _seconds(_part(error, "retry_after"))
    code = _part(error, "error_code")
    outcome["error_code"] = None if code is None else _encodable(safe_text(code))
    try:
        told = {**(_part(error, "context") or {}), **(_part(error, "metadata") or {})}
        text = json.dumps(told, ensure_ascii=False, allow_nan=False, default=safe_text)
        outcome["metadata"] = json.loads(_encodable(text))
    except Exception:
        outcome["metadata"] = {}


def _part(error: TaskerError, name: str) -> Any:
    """What the error says; None if a class of the author's left it out or cannot say it."""
    try:
        return getattr(error, name, None)
    except Exception:
        return None


def _seconds(value: Any) -> float | None:
    """The wait in seconds; None if it is no finite number and no timedelta."""
    try:
        if isinstance(value, datetime.timedelta):
            return value.total_seconds()
        if isinstance(value, (int, float)) and math.isfinite(value):
            return float(value)
    except Exception:
        return None
    return None


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def health() -> int:
    """Answers, if Python can."""
    return 1


def settle(interrupted: bool) -> bool:
    """Ends a call that did not end itself.

    Returns:
        Whether the context is as good as before. An interrupt stops its other threads too, and a
        thread pool of a module whose workers are gone takes tasks that it never runs.
    """
    flush_streams()
    return not (interrupted and has_running_threads())
