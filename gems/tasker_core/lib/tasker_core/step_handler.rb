# frozen_string_literal: true

module TaskerCore
  # Handlers written as classes.
  module StepHandler
    # Registers the classes that inherit, by their own names.
    module Registered
      # Sets or reads the name that templates call the handler by; the class's own where none was set.
      #
      # @param name [String, nil]
      # @return [String, nil]
      def handler_name(name = nil)
        @handler_name = name.to_s if name
        @handler_name || self.name
      end

      # @api private
      def inherited(subclass)
        super
        HandlerRegistry.defined_class(subclass, caller_locations(1, 10).find { |at| !at.path.end_with?(".java") }&.path.to_s)
      end
    end

    # The base of handlers.
    #
    #   class ValidateOrder < TaskerCore::StepHandler::Base
    #     def call(context)
    #       success(result: { valid: true })
    #     end
    #   end
    class Base
      extend Registered

      # @api private
      def self.handler?
        instance_method(:call).owner != Base
      end

      # Does the step's work.
      #
      # @param context [StepContext]
      # @return [Object] a result of {success}, {failure} or {checkpoint_yield}, or any JSON value
      def call(context) # rubocop:disable Lint/UnusedMethodArgument
        raise NotImplementedError, "#{self.class.name} must define call(context)"
      end

      # @param result [Object] any JSON value
      # @param metadata [Hash]
      def success(result: {}, metadata: {})
        Results::Success.new(result, metadata)
      end

      # @param error_type [String]
      # @param error_code [String, nil] the author's own code
      # @param retryable [Boolean] whether another attempt may succeed
      def failure(message:, error_type: "UnexpectedError", error_code: nil, retryable: false, metadata: {})
        Results::Failure.new(message, error_type, error_code, retryable, metadata)
      end

      # Ends this attempt; the next goes on from the cursor.
      #
      # @param cursor [Object] any JSON value
      # @param items_processed [Integer]
      # @param accumulated_results [Object] any JSON value
      def checkpoint_yield(cursor:, items_processed: 0, accumulated_results: nil)
        Results::Checkpoint.new(cursor, items_processed, accumulated_results)
      end
    end
  end

  # A handler that defines +perform+ and reads its identifiers from itself.
  class BaseHandler < StepHandler::Base
    # @return [String, nil]
    attr_reader :correlation_id, :task_uuid, :step_uuid

    # @api private
    def self.handler?
      instance_method(:perform).owner != BaseHandler
    end

    # @api private
    def call(context)
      @correlation_id = context.correlation_id
      @task_uuid = context.task_uuid
      @step_uuid = context.step_uuid
      perform(context)
    end

    # Does the step's work.
    #
    # @param context [StepContext]
    def perform(context) # rubocop:disable Lint/UnusedMethodArgument
      raise NotImplementedError, "#{self.class.name} must define perform(context)"
    end
  end
end
