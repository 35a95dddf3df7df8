"""Structured log records with the identity of the current call.

```python
from tasker_core import logging

logging.log_info("priced", total=12.5)
```

Inside the host the standard `logging` module and `print` end in the same log.
"""

from __future__ import annotations

import io
import logging as _std
import threading

from tasker_core._bridge import (
    ERROR,
    INFO,
    LEVELS,
    LOG_THRESHOLD,
    end,
    level_number,
    set_error,
    start_log,
)
from tasker_core._call import CALL
from tasker_core._carrier import current
from tasker_core._failures import backtrace, error_message, error_type
from tasker_core._fields import safe_text, set_field, set_fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = [
    "LogContext",
    "log_debug",
    "log_error",
    "log_info",
    "log_trace",
    "log_warn",
    "log_warning",
    "structured_log",
]


class LogContext:
    """Fields that several records share; those that are None are left out."""

    def __init__(self, **fields: Any) -> None:
        """Notes the fields: `correlation_id`, `task_uuid`, `operation`, ..."""
        self.fields = {key: value for key, value in fields.items() if value is not None}


def structured_log(
    level: str,
    message: str,
    fields: Mapping[str, Any] | LogContext | None = None,
    /,
    **context: Any,
) -> None:
    """Writes a record.

    Args:
        level: `trace`, `debug`, `info`, `warn` or `error`.
        message: For people.
        fields: Fields as a mapping, beside those given by keyword.
        **context: Fields; str, bool, int, float, None and nested data keep their types. An
            exception as `error` or `exc_info` becomes the record's error.
    """
    number = LEVELS.get(level) if type(level) is str else None
    _write(level_number(level) if number is None else number, message, fields, context)


def log_trace(
    message: str, fields: Mapping[str, Any] | LogContext | None = None, /, **context: Any
) -> None:
    """Writes a record of the level trace."""
    _write(0, message, fields, context)


def log_debug(
    message: str, fields: Mapping[str, Any] | LogContext | None = None, /, **context: Any
) -> None:
    """Writes a record of the level debug."""
    _write(1, message, fields, context)


def log_info(
    message: str, fields: Mapping[str, Any] | LogContext | None = None, /, **context: Any
) -> None:
    """Writes a record of the level info."""
    _write(INFO, message, fields, context)


def log_warning(
    message: str, fields: Mapping[str, Any] | LogContext | None = None, /, **context: Any
) -> None:
    """Writes a record of the level warn."""
    _write(3, message, fields, context)


log_warn = log_warning


def log_error(
    message: str, fields: Mapping[str, Any] | LogContext | None = None, /, **context: Any
) -> None:
    """Writes a record of the level error."""
    _write(ERROR, message, fields, context)


def _write(
    level: int,
    message: str,
    fields: Mapping[str, Any] | LogContext | None,
    context: dict[str, Any],
) -> None:
    if level < LOG_THRESHOLD:
        return
    call = CALL.get()
    record = start_log(
        current().handle,
        level,
        "tasker_core" if call is None else call.handler,
        message if type(message) is str else safe_text(message),
    )
    if not record:
        return
    if isinstance(fields, LogContext):
        fields = fields.fields
    if fields:
        if isinstance(fields, dict):
            set_fields(record, fields)
        else:
            set_field(record, "fields", fields)
    for key in context:
        value = context[key]
        if isinstance(value, BaseException) and key in ("error", "exc_info", "exception"):
            set_error(record, error_type(value), error_message(value), backtrace(value))
        else:
            set_field(record, key, value)
    end(record)


# ---- the standard logging module and print, inside the host ---------------------------------------

_STANDARD = frozenset(
    _std.LogRecord("", 0, "", 0, "", None, None).__dict__.keys()
    | {"message", "asctime", "taskName"}
)
_busy = threading.local()


def _number_of(levelno: int) -> int:
    return min(max(levelno // 10, 0), ERROR)


class HostHandler(_std.Handler):
    """Hands the records of the standard logging module to the host. Never raises."""

    def emit(self, record: _std.LogRecord) -> None:
        """Writes the record, with its extra fields, its place and its exception."""
        if getattr(_busy, "now", False):
            return
        _busy.now = True
        try:
            self._emit(record)
        except Exception:
            self._emit_broken(record)
        finally:
            _busy.now = False

    def _emit(self, record: _std.LogRecord) -> None:
        level = _number_of(record.levelno)
        if level < LOG_THRESHOLD:
            return
        handle = start_log(current().handle, level, record.name, self.format_message(record))
        if not handle:
            return
        for key, value in record.__dict__.items():
            if key not in _STANDARD:
                set_field(handle, key, value)
        set_field(handle, "code.file.path", record.pathname)
        set_field(handle, "code.line.number", record.lineno)
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            set_error(handle, error_type(error), error_message(error), backtrace(error))
        end(handle)

    def _emit_broken(self, record: _std.LogRecord) -> None:
        """A message whose arguments do not fit is written as it is."""
        handle = start_log(
            current().handle, _number_of(record.levelno), record.name, safe_text(record.msg)
        )
        if handle:
            set_field(handle, "logging_error", "the arguments do not fit the message")
            set_field(handle, "code.file.path", safe_text(record.pathname))
            set_field(handle, "code.line.number", record.lineno)
            end(handle)

    @staticmethod
    def format_message(record: _std.LogRecord) -> str:
        """Returns the message with its arguments in it."""
        return record.getMessage()


_MAX_LINE = 16_384


class LineWriter(io.TextIOBase):
    """A text stream each line of which is a log record. Safe for use by many threads."""

    def __init__(self, level: int, name: str) -> None:
        """Makes the stream of that name."""
        super().__init__()
        self._level = level
        self._name = name
        self._rest = ""
        self._span = 0
        self._guard = threading.RLock()
        self.buffer = _Bytes(self)

    @property
    def name(self) -> str:
        """`<stdout>` or `<stderr>`."""
        return f"<{self._name}>"

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Always `utf-8`."""
        return "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        """Always `replace`."""
        return "replace"

    def writable(self) -> bool:
        """Always true."""
        return True

    def write(self, text: str) -> int:
        """Writes the lines that are complete; the rest waits for its end."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        now = current().handle
        with self._guard:
            first = self._span if self._rest else now
            lines = (self._rest + text).split("\n")
            self._rest = lines.pop()
            # a line belongs to the span in which it began
            self._span = now if lines else first
            if len(self._rest) > _MAX_LINE:
                lines.append(self._rest)
                self._rest = ""
        for line in lines:
            self._log(line, first)
            first = now
        return len(text)

    def flush_rest(self) -> None:
        """Writes a last line that has no end."""
        with self._guard:
            rest, self._rest = self._rest, ""
            span = self._span
        self._log(rest, span)

    def flush(self) -> None:
        """Does nothing: a record is a line."""

    def _log(self, line: str, span: int) -> None:
        line = line.rstrip("\r")
        if not line or self._level < LOG_THRESHOLD:
            return
        record = start_log(span, self._level, self._name, line)
        if record:
            end(record)


class _Bytes(io.RawIOBase):
    """The `buffer` of a line writer."""

    def __init__(self, text: LineWriter) -> None:
        super().__init__()
        self._text = text

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        content = bytes(data)
        self._text.write(content.decode("utf-8", "replace"))
        return len(content)


def route_to_host() -> tuple[LineWriter, LineWriter]:
    """Sends the standard logging module, warnings, `print` and standard error to the host."""
    import sys

    root = _std.getLogger()
    root.addHandler(HostHandler())
    root.setLevel(max(LOG_THRESHOLD * 10, 1))
    _std.captureWarnings(True)
    out, err = LineWriter(INFO, "stdout"), LineWriter(3, "stderr")
    sys.stdout = out
    sys.stderr = err
    return out, err
