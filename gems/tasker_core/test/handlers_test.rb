# frozen_string_literal: true

# How handlers are found and named.
class HandlersTest < Minitest::Test
  include TaskerCore::DSL

  class Plain < TaskerCore::StepHandler::Base
    def call(_context) = 1
  end

  class Named < TaskerCore::StepHandler::Base
    handler_name "orders.named"
    def call(_context) = 2
  end

  class Abstract < TaskerCore::StepHandler::Base
  end

  def setup
    TaskerCore::HandlerRegistry.settle
  end

  def test_classes_are_known_by_their_names
    assert_equal Plain, TaskerCore::HandlerRegistry.resolve("HandlersTest::Plain")
    assert_equal Named, TaskerCore::HandlerRegistry.resolve("orders.named")
    refute TaskerCore::HandlerRegistry.registered?("HandlersTest::Abstract")
    refute TaskerCore::HandlerRegistry.registered?("TaskerCore::BaseHandler")
  end

  def test_a_block_gets_what_it_asks_for
    handler = step_handler("asks", depends_on: { order: "first" }, inputs: [:region]) { |region:| region }
    call = TaskerCore::StepContext.new("input" => { "region" => "eu" })
    assert_equal "eu", handler.new.call(call)
    all = step_handler("asks_all", depends_on: { order: "first" }) { |**given| given.keys }
    assert_equal %i[context order], all.new.call(call)
  ensure
    %w[asks asks_all].each { |name| TaskerCore::HandlerRegistry.unregister(name) }
  end

  def test_a_name_belongs_to_the_first
    step_handler("mine") { 1 }
    step_handler("mine") { 2 }
    _, message = TaskerCore::HandlerRegistry.take_clashes.last
    assert_includes message, "the handler name mine is taken by #{__FILE__}"
    assert_equal 1, TaskerCore::HandlerRegistry.resolve("mine").new.call(TaskerCore::StepContext.new({}))
  ensure
    TaskerCore::HandlerRegistry.unregister("mine")
  end

  def test_a_step_handler_needs_a_name_and_a_block
    assert_raises(ArgumentError) { step_handler("x") }
    assert_raises(ArgumentError) { step_handler("") { nil } }
  end
end
