"""For tests of handlers without a host: what was recorded, and a call as the host makes it.

```python
from tasker_core import testing

def test_price_order():
    testing.recorder().clear()
    outcome = testing.call("PriceOrder", {"order_id": 17})
    assert outcome["result"] == {"total": 12.5}
    assert [span.name for span in testing.recorder().spans] == ["price_order", "handler_execution"]
```
"""

from __future__ import annotations

import json
import uuid

from tasker_core import _bridge
from tasker_core._recorder import RECORDER, Recorded, Recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["Recorded", "Recorder", "call", "recorder"]


def recorder() -> Recorder:
    """Returns the recorder.

    Raises:
        RuntimeError: Inside the host, whose pipeline gets everything.
    """
    if _bridge.HOSTED:
        raise RuntimeError("inside the host nothing is recorded in memory")
    return RECORDER


def call(handler: str, input: Mapping[str, Any] | None = None, **envelope: Any) -> dict[str, Any]:
    """Calls a registered handler as the host does, inside a `handler_execution` span.

    Args:
        handler: Its registered name.
        input: The task's input.
        **envelope: More of what a call is told: `step_name`, `config`, `dependency_results`, ...

    Returns:
        The outcome: `status`, and by it `result` and `metadata`, `checkpoint`, or the error.
    """
    from tasker_core import _dispatch

    told = {
        "handler": handler,
        "step_name": handler,
        "correlation_id": str(uuid.uuid4()),
        "attempt": 1,
        "max_attempts": 1,
        "input": dict(input or {}),
        "config": {},
        "dependency_results": {},
    }
    told.update(envelope)
    record = recorder()
    record.correlation.update({key: value for key, value in told.items() if isinstance(value, str)})
    span = record.startSpan(0, 2, "handler_execution")
    outcome: dict[str, Any] = json.loads(_dispatch.call(json.dumps(told), span))
    record.end(span)
    return outcome
