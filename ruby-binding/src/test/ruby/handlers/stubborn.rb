# frozen_string_literal: true

# Runs until it is stopped, as its input says.
class Stubborn < TaskerCore::StepHandler::Base
  def call(context)
    TaskerCore::Tracing.span(:info, "stubborn") do
      Java::IoTaskerbridgeRuby::StoppingTest.ready
      send(context.get_input("what"))
    end
  end

  private

  def looping = loop {}

  def sleeping = sleep

  def rescuing
    begin
      sleep
    rescue Exception
      retry
    end
  end

  def regexp = ("a" * 40 + "b").match?(/\A(a|a|aa)+\z/)

  def blocked = Java::IoTaskerbridgeRuby::StoppingTest.block

end
