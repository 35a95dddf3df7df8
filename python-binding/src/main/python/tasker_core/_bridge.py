"""The calls that cross to the host, bound once; without a host, the recorder's.

Every parameter is a str, int, float or bool: text and numbers cross cheaply, other objects do not.
A handle is a positive number that names a span, an event or a log record on the other side. 0 is
nothing, a negative handle names a span whose trace is not recorded.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Host(Protocol):
        """What the other side offers."""

        def startSpan(self, parent: int, level: int, name: str) -> int: ...
        def startEvent(self, span: int, level: int, name: str) -> int: ...
        def startLog(self, span: int, level: int, logger: str, message: str) -> int: ...
        def setString(self, record: int, key: str, value: str) -> None: ...
        def setLong(self, record: int, key: str, value: int) -> None: ...
        def setDouble(self, record: int, key: str, value: float) -> None: ...
        def setBoolean(self, record: int, key: str, value: bool) -> None: ...
        def setJson(self, record: int, key: str, value: str) -> None: ...
        def setError(self, record: int, kind: str, message: str, backtrace: str) -> None: ...
        def end(self, record: int) -> bool: ...
        def read(self, span: int, what: str) -> str: ...
        def inject(self, span: int) -> str: ...
        def extract(self, span: int, carrier: str) -> int: ...
        def spanThreshold(self) -> int: ...
        def logThreshold(self) -> int: ...
        def define(
            self, kind: str, name: str, description: str, unit: str, labels: str, buckets: str
        ) -> str: ...
        def bind(self, instrument: int, labels: str) -> int: ...
        def record(self, series: int, value: float, span: int) -> None: ...
        def adjust(self, series: int, delta: float) -> None: ...


def _connect() -> tuple[Host, bool]:
    module = sys.modules.get("_tasker_host")
    if module is not None:
        return module.host, True
    from tasker_core._recorder import RECORDER

    return RECORDER, False


host, HOSTED = _connect()

SEPARATOR = "\x1f"
"""Between the elements of a list that crosses as one text."""

start_span = host.startSpan
start_event = host.startEvent
start_log = host.startLog
set_string = host.setString
set_long = host.setLong
set_double = host.setDouble
set_boolean = host.setBoolean
set_json = host.setJson
set_error = host.setError
end = host.end
read = host.read
inject = host.inject
extract = host.extract
define = host.define
bind = host.bind
record = host.record
adjust = host.adjust

SPAN_THRESHOLD: int = host.spanThreshold()
"""Spans and events below this level are not recorded."""

LOG_THRESHOLD: int = host.logThreshold()
"""Log records below this level are not written."""

LEVELS = {
    "trace": 0,
    "debug": 1,
    "info": 2,
    "warn": 3,
    "warning": 3,
    "error": 4,
    "critical": 4,
    "fatal": 4,
}
INFO = 2
ERROR = 4

_unknown_levels: set[str] = set()


def level_number(level: object) -> int:
    """Returns the number of a level's name; info, and one warning, for a name that is none."""
    if isinstance(level, str):
        number = LEVELS.get(level.lower())
        if number is not None:
            return number
    text = _safe_text(level)
    if text not in _unknown_levels and len(_unknown_levels) < 100:
        _unknown_levels.add(text)
        handle = start_log(
            0, 3, "tasker_core", f"unknown level {text!r} is taken as info; use {', '.join(LEVELS)}"
        )
        if handle:
            end(handle)
    return INFO


def _safe_text(value: object) -> str:
    try:
        return str(value)
    except Exception:
        return f"<unserializable: {type(value).__name__}>"
