from tasker_core import logging, tracing
from tasker_core.handlers import StepHandler


# region readme-python
class Shout(StepHandler):
    def call(self, context):
        with tracing.span("raise_voice", volume=11):
            logging.log_info("shouting", text=context.get_input("name"))
            return self.success(context.get_input("name").upper())
# endregion
