"""The other side where there is no host: it keeps in memory what it is told."""

from __future__ import annotations

import itertools
import json
import math
import os
import re
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:.]*")


class Recorded:
    """A span, event or log record with its fields."""

    def __init__(self, kind: str, name: str, level: int, parent: Recorded | None) -> None:
        """Starts it."""
        self.kind = kind
        self.name = name
        self.level = level
        self.parent = parent
        self.fields: dict[str, Any] = {}
        self.error: tuple[str, str, str] | None = None
        self.events: list[Recorded] = []
        self.ended = False
        self.trace_id: str = parent.trace_id if parent else os.urandom(16).hex()
        self.span_id: str = os.urandom(8).hex()

    def __repr__(self) -> str:
        """Names it."""
        return f"<{self.kind} {self.name!r} {self.fields}>"


class Recorder:
    """Records in memory. Safe for use by many threads."""

    def __init__(self) -> None:
        """Starts empty."""
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._open: dict[int, Recorded] = {}
        self._instruments: dict[str, tuple[int, str, tuple[str, ...]]] = {}
        self._series: dict[tuple[int, str], int] = {}
        self.correlation: dict[str, str] = {}
        self.spans: list[Recorded] = []
        self.logs: list[Recorded] = []
        self.values: dict[int, list[float]] = {}

    def clear(self) -> None:
        """Forgets spans, logs and values; instruments stay."""
        with self._lock:
            self._open.clear()
            self.correlation.clear()
            self.spans.clear()
            self.logs.clear()
            self.values.clear()

    def sample(self, name: str, labels: dict[str, str]) -> list[float]:
        """Returns the values recorded for an instrument with these labels, in order."""
        known = self._instruments.get(name)
        if known is None:
            return []
        joined = "\x1f".join(part for label in known[2] for part in (label, str(labels[label])))
        return list(self.values.get(self._series.get((known[0], joined), -1), []))

    def startSpan(self, parent: int, level: int, name: str) -> int:
        return self._start(Recorded("span", name, level, self._span(parent)))

    def startEvent(self, span: int, level: int, name: str) -> int:
        return self._start(Recorded("event", name, level, self._open.get(span)))

    def startLog(self, span: int, level: int, logger: str, message: str) -> int:
        record = Recorded("log", message, level, self._open.get(span))
        record.fields["logger"] = logger
        return self._start(record)

    def _span(self, handle: int) -> Recorded | None:
        return self._open.get(handle)

    def _start(self, record: Recorded) -> int:
        handle = next(self._numbers)
        with self._lock:
            self._open[handle] = record
        return handle

    def _set(self, record: int, key: str, value: Any) -> None:
        target = self._open.get(record)
        if target is not None and not target.ended:
            target.fields[key] = value

    def setString(self, record: int, key: str, value: str) -> None:
        self._set(record, key, value)

    def setLong(self, record: int, key: str, value: int) -> None:
        self._set(record, key, value)

    def setDouble(self, record: int, key: str, value: float) -> None:
        self._set(record, key, value)

    def setBoolean(self, record: int, key: str, value: bool) -> None:
        self._set(record, key, value)

    def setJson(self, record: int, key: str, value: str) -> None:
        self._set(record, key, json.loads(value))

    def setError(self, record: int, kind: str, message: str, backtrace: str) -> None:
        target = self._open.get(record)
        if target is not None and not target.ended:
            target.error = (kind, message, backtrace)

    def end(self, record: int) -> bool:
        target = self._open.get(record)
        if target is None or target.ended:
            return False
        target.ended = True
        with self._lock:
            if target.kind == "span":
                self.spans.append(target)
            else:
                del self._open[record]
                if target.kind == "log":
                    self.logs.append(target)
                elif target.parent is not None:
                    target.parent.events.append(target)
        return True

    def read(self, span: int, what: str) -> str:
        target = self._open.get(span)
        if what in ("trace_id", "span_id"):
            return str(getattr(target, what)) if target else ""
        return self.correlation.get(what, "")

    def inject(self, span: int) -> str:
        target = self._open.get(span)
        if target is None:
            return "{}"
        return json.dumps({"traceparent": f"00-{target.trace_id}-{target.span_id}-01"})

    def extract(self, span: int, carrier: str) -> int:
        parts = str(json.loads(carrier).get("traceparent", "")).split("-")
        if len(parts) != 4:
            return span
        remote = Recorded("remote", "", 2, None)
        remote.trace_id, remote.span_id = parts[1], parts[2]
        return self._start(remote)

    def spanThreshold(self) -> int:
        return 0

    def logThreshold(self) -> int:
        return 0

    def define(
        self, kind: str, name: str, description: str, unit: str, labels: str, buckets: str
    ) -> str:
        if not _METRIC_NAME.fullmatch(name):
            return f"!{name!r} is not a legal metric name"
        names = tuple(labels.split("\x1f")) if labels else ()
        with self._lock:
            known = self._instruments.setdefault(name, (len(self._instruments), kind, names))
        if known[1:] != (kind, names):
            return f"!{name} exists as a {known[1]} with the labels {', '.join(known[2])}"
        return str(known[0])

    def bind(self, instrument: int, labels: str) -> int:
        with self._lock:
            return self._series.setdefault((instrument, labels), len(self._series))

    def record(self, series: int, value: float, span: int) -> None:
        if not math.isnan(value):
            with self._lock:
                self.values.setdefault(series, []).append(value)

    def adjust(self, series: int, delta: float) -> None:
        with self._lock:
            values = self.values.setdefault(series, [])
            values.append((values[-1] if values else 0.0) + delta)


RECORDER = Recorder()
