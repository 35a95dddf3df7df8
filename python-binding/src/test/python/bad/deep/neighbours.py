import twin_a
from tasker_core.handlers import StepHandler


class Neighbours(StepHandler):
    def call(self, context):
        return {"imported": twin_a.Twin.__name__}
