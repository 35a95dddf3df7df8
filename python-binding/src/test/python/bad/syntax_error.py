from tasker_core.handlers import StepHandler


class Never(StepHandler):
    def call(self, context)
        return {}
