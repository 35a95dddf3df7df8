# frozen_string_literal: true

class DoesNotParse < TaskerCore::StepHandler::Base
  def call(context
end
