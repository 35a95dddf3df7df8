"""Runs the suite in ../unit, one test a call."""

import io
import pathlib
import sys
import unittest

from tasker_core.handlers import StepHandler

UNIT = str(pathlib.Path(__file__).parent.parent / "unit")


def _suite():
    if UNIT not in sys.path:
        sys.path.append(UNIT)
    return unittest.TestLoader().discover(UNIT)


def _cases(suite):
    for entry in suite:
        if isinstance(entry, unittest.TestSuite):
            yield from _cases(entry)
        else:
            yield entry


class ListUnitTests(StepHandler):
    def call(self, context):
        return [case.id() for case in _cases(_suite())]


class RunUnitTest(StepHandler):
    def call(self, context):
        suite = unittest.TestSuite(
            case for case in _cases(_suite()) if case.id() == context.get_input("id")
        )
        output = io.StringIO()
        result = unittest.TextTestRunner(output, verbosity=2).run(suite)
        return {"ok": result.wasSuccessful() and result.testsRun == 1, "output": output.getvalue()}
