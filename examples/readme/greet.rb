# frozen_string_literal: true

require "tasker_core"

# region readme-ruby
class Greet < TaskerCore::StepHandler::Base
  def call(context)
    TaskerCore::Tracing.span(:info, "compose") { success(result: "Hello, #{context.get_input("name")}") }
  end
end
# endregion
