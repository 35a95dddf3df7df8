"""The current span, carried in a ContextVar, and the threads that it follows."""

from __future__ import annotations

import contextvars
import functools
import threading
import weakref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future, ThreadPoolExecutor
    from typing import Any


class Carried:
    """A span as it is carried: its handle and the one around it. The way up never changes."""

    __slots__ = ("handle", "above", "left")

    def __init__(self, handle: int, above: Carried | None = None) -> None:
        """Wraps a handle; 0 is no span, a negative one is not recorded."""
        self.handle = handle
        self.above = above
        self.left = False
        """Whether it was left in another context, as a generator broken off is; then whoever still
        carries it goes on with the one above."""


NOTHING = Carried(0)

CURRENT: contextvars.ContextVar[Carried] = contextvars.ContextVar(
    "tasker_current_span", default=NOTHING
)
"""The nearest recorded span."""


def current() -> Carried:
    """Returns the nearest recorded span that is still around."""
    carried = CURRENT.get()
    while carried.left and carried.above is not None:
        carried = carried.above
    return carried


_running: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
"""The threads started here that have not come to an end of their own."""


def has_running_threads() -> bool:
    """Whether a thread started here still runs, or was stopped from outside while it did."""
    return len(_running) > 0


def _run(thread: threading.Thread, run: Callable[[], None]) -> None:
    # no finally here: a thread that the host stops must stay in the set
    _running.add(thread)
    try:
        run()
    except (Exception, SystemExit):
        _running.discard(thread)
        raise
    _running.discard(thread)


def follow_threads() -> None:
    """Makes threads, and tasks of thread pools, inherit the context of who started them."""
    start = threading.Thread.start
    if getattr(start, "__tasker__", False):
        return

    @functools.wraps(start)
    def start_with_context(self: threading.Thread) -> None:
        if not self._started.is_set():  # type: ignore[attr-defined]
            context = contextvars.copy_context()
            self.run = functools.partial(  # type: ignore[method-assign]
                context.run, _run, self, self.run
            )
        start(self)

    start_with_context.__tasker__ = True  # type: ignore[attr-defined]
    threading.Thread.start = start_with_context  # type: ignore[method-assign]
    _follow_pools()


def _follow_pools() -> None:
    from concurrent.futures import ThreadPoolExecutor as pool

    submit: Any = pool.submit

    @functools.wraps(submit)
    def submit_with_context(
        self: ThreadPoolExecutor, function: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Future[Any]:
        future: Future[Any] = submit(
            self, contextvars.copy_context().run, function, *args, **kwargs
        )
        return future

    pool.submit = submit_with_context  # type: ignore[method-assign, assignment]
