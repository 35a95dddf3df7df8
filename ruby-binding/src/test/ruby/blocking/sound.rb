# frozen_string_literal: true

class Sound < TaskerCore::StepHandler::Base
  def call(_context) = "loaded"
end
