# frozen_string_literal: true

# The example of docs/ruby.md.
class DocumentedTest < Minitest::Test
  class Greet < TaskerCore::StepHandler::Base
    def call(context)
      TaskerCore::Tracing.span(:info, "greet") { success(result: "hello #{context.get_input(:name)}") }
    end
  end

  def test_greeting
    skip "the host records" if TaskerCore::HOSTED
    TaskerCore::Testing.reset

    outcome = TaskerCore::Testing.call(Greet, input: { name: "Ada" })
    assert_equal "hello Ada", outcome["result"]
    assert_equal %w[greet handler_execution], TaskerCore::Testing.spans.map(&:name)
  end
end
