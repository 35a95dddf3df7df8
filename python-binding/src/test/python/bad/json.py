"""Bears the name of a standard module, and shadows it for nobody."""

from tasker_core.handlers import StepHandler


class Shadow(StepHandler):
    def call(self, context):
        import json

        return {"standard": hasattr(json, "dumps")}
