"""Tracing, metrics, structured logs and step handlers for workers of Tasker Bridge.

Inside the host every call goes to its one telemetry pipeline. Without a host, under an ordinary
Python, the package records into memory, where `tasker_core.testing` shows what was recorded.
"""

from tasker_core import context, errors, handlers, jobs, logging, metrics, tracing
from tasker_core.handlers import StepContext, StepHandler, StepHandlerResult

__all__ = [
    "StepContext",
    "StepHandler",
    "StepHandlerResult",
    "context",
    "errors",
    "handlers",
    "jobs",
    "logging",
    "metrics",
    "tracing",
]
__version__ = "0.1.0"
