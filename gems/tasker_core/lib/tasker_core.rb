# frozen_string_literal: true

require "json"

# Handlers for Tasker Bridge, and the spans, events, log records and metrics that they make.
#
# Inside the worker the host is behind all of it; anywhere else an in-memory recorder is, so that a
# handler can be tested with nothing but Ruby (see {TaskerCore::Testing}).
module TaskerCore
  # Whether the Java host runs this code.
  HOSTED = const_defined?(:Host, false)

  autoload :Logger, "tasker_core/logger"
end

require "tasker_core/version"
require "tasker_core/errors"
require "tasker_core/error_text"
require "tasker_core/testing" unless TaskerCore::HOSTED
require "tasker_core/tracing"
require "tasker_core/metrics"
require "tasker_core/step_context"
require "tasker_core/json_value"
require "tasker_core/results"
require "tasker_core/handler_registry"
require "tasker_core/step_handler"
require "tasker_core/dsl"
require "tasker_core/dispatcher"
