# frozen_string_literal: true

module TaskerCore
  # Handlers written as blocks:
  #
  #   extend TaskerCore::DSL
  #
  #   step_handler "price_order", depends_on: { order: "validate_order" }, inputs: [:region] do |order:, region:, context:|
  #     { total: order["lines"].size }
  #   end
  module DSL
    # Registers a handler. The block gets each dependency's result and each input under its name, and
    # +context:+; it may leave out what it does not need.
    #
    # @param name [String, Symbol]
    # @param depends_on [Hash] keyword to step name
    # @param inputs [Array<Symbol, String>] fields of the task's input
    # @return [Class] the handler
    def step_handler(name, depends_on: {}, inputs: [], &block)
      raise ArgumentError, "step_handler #{name.inspect} needs a block" unless block
      raise ArgumentError, "step_handler needs a name" if name.to_s.empty?

      source = caller_locations(1, 1).first.path
      handler = Class.new(BlockHandler)
      handler.describe(name.to_s, depends_on, inputs, block)
      HandlerRegistry.register(name, handler, source)
      handler
    end
  end

  # A handler that is a block.
  # @api private
  class BlockHandler < StepHandler::Base
    class << self
      attr_reader :depends_on, :inputs, :block

      def describe(name, depends_on, inputs, block)
        handler_name(name)
        @depends_on = depends_on
        @inputs = inputs
        @block = block
      end

      def handler? = !block.nil?
    end

    def call(context)
      handler = self.class
      given = { context: context }
      handler.depends_on.each { |keyword, step| given[keyword.to_sym] = context.get_dependency_result(step) }
      handler.inputs.each { |field| given[field.to_sym] = context.get_input(field) }
      instance_exec(**wanted(handler.block, given), &handler.block)
    end

    private

    def wanted(block, given)
      parameters = block.parameters
      return given if parameters.any? { |kind, _| kind == :keyrest }

      names = parameters.filter_map { |kind, name| name if %i[key keyreq].include?(kind) }
      given.slice(*names)
    end
  end
end
