# frozen_string_literal: true

# The first file that the host loads.
require "tasker_core"
require "tasker_core/loader"
require "tasker_core/output_capture"

# handler files may say step_handler at their top level
self.extend(TaskerCore::DSL)
TaskerCore::OutputCapture.install
