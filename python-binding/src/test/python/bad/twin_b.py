from tasker_core.handlers import StepHandler


class Twin(StepHandler):
    def call(self, context):
        return {"file": "b"}
