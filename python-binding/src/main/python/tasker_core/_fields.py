"""How Python values become fields of spans, events and log records."""

from __future__ import annotations

import json
import math

from tasker_core._bridge import set_boolean, set_double, set_json, set_long, set_string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

MAX_DEPTH = 8
MAX_ITEMS = 256
MAX_TEXT = 65_536
_LONG_MIN = -(1 << 63)
_LONG_MAX = (1 << 63) - 1


def set_fields(record: int, fields: Mapping[str, Any]) -> None:
    """Sets each field, by its type."""
    for key in fields:
        set_field(record, key, fields[key])


def set_field(record: int, key: Any, value: Any) -> None:
    """Sets one field. Never raises: what cannot be converted becomes a marker."""
    kind = type(value)
    if type(key) is not str:
        key = safe_text(key)
    if kind is str:
        set_string(record, key, value if len(value) <= MAX_TEXT else value[:MAX_TEXT])
    elif kind is int and _LONG_MIN <= value <= _LONG_MAX:
        set_long(record, key, value)
    elif kind is bool:
        set_boolean(record, key, value)
    elif kind is float:
        set_double(record, key, value)
    elif value is None:
        set_json(record, key, "null")
    else:
        _set_other(record, key, value)


def _set_other(record: int, key: str, value: Any) -> None:
    plain = _plain(value, 0, ())
    if isinstance(plain, (dict, list)):
        try:
            set_json(record, key, json.dumps(plain, ensure_ascii=True, allow_nan=False))
        except Exception:
            set_string(record, key, marker(value))
    else:
        set_field(record, key, plain)


def _plain(value: Any, depth: int, above: tuple[int, ...]) -> Any:
    """The value as str, bool, int, float, None, dict or list, all of exactly these types."""
    try:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            number = int(value)
            return number if _LONG_MIN <= number <= _LONG_MAX else str(number)
        if isinstance(value, float):
            fraction = float(value)
            return fraction if depth == 0 or math.isfinite(fraction) else str(fraction)
        if isinstance(value, str):
            text = str.__str__(value)
            return text if len(text) <= MAX_TEXT else text[:MAX_TEXT]
        if isinstance(value, BaseException):
            return f"{type(value).__name__}: {value}"
        if isinstance(value, (dict, list, tuple)):
            return _nested(value, depth, above)
        return safe_text(value)
    except Exception:
        return marker(value)


def _nested(value: Any, depth: int, above: tuple[int, ...]) -> Any:
    if id(value) in above:
        return "<cycle>"
    if depth >= MAX_DEPTH:
        return f"<nested deeper than {MAX_DEPTH}>"
    above = (*above, id(value))
    if isinstance(value, dict):
        result: dict[str, Any] = {}
        for key in value:
            if len(result) >= MAX_ITEMS:
                result["..."] = f"<{len(value) - MAX_ITEMS} more>"
                break
            result[safe_text(key)] = _plain(value[key], depth + 1, above)
        return result
    items = [_plain(item, depth + 1, above) for item in value[:MAX_ITEMS]]
    if len(value) > MAX_ITEMS:
        items.append(f"<{len(value) - MAX_ITEMS} more>")
    return items


def safe_text(value: Any) -> str:
    """Returns `str(value)`, cut to a bound, or a marker where that raises."""
    try:
        text = str(value)
    except Exception:
        return marker(value)
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT]


def marker(value: Any) -> str:
    """Returns what stands for a value that cannot be shown."""
    return f"<unserializable: {type(value).__name__}>"
