# frozen_string_literal: true

module TaskerCore
  # What a handler is told of its step. String and symbol keys are equal.
  class StepContext
    # @return [String] the registered name of the handler
    attr_reader :handler_name
    # @return [String]
    attr_reader :step_name, :correlation_id
    # @return [String, nil]
    attr_reader :parent_correlation_id, :task_uuid, :step_uuid, :namespace_name
    # @return [Integer] 1 for the first attempt
    attr_reader :attempt
    # @return [Hash] the task's input
    attr_reader :input_data
    # @return [Hash] the step's configuration from its template
    attr_reader :step_config
    # @return [Hash] results by step name
    attr_reader :dependency_results
    # @return [Hash, nil] where an earlier attempt stopped by its own will
    attr_reader :checkpoint

    # @param envelope [Hash] the call as the host tells it
    def initialize(envelope)
      @envelope = envelope
      @handler_name = envelope["handler"]
      @step_name = envelope["step_name"]
      @correlation_id = envelope["correlation_id"]
      @parent_correlation_id = envelope["parent_correlation_id"]
      @task_uuid = envelope["task_uuid"]
      @step_uuid = envelope["step_uuid"]
      @namespace_name = envelope["namespace_name"]
      @attempt = envelope.fetch("attempt", 1)
      @max_attempts = envelope.fetch("max_attempts", 1)
      @input_data = envelope["input"] || {}
      @step_config = envelope["config"] || {}
      @dependency_results = envelope["dependency_results"] || {}
      @checkpoint = envelope["checkpoint"]
    end

    alias step_inputs input_data

    # @return [Integer] attempts before this one
    def retry_count = attempt - 1

    # @return [Integer] how often the step is tried in all
    def max_retries = @max_attempts

    # @return [Boolean]
    def is_retry? = attempt > 1

    # @return [Boolean] whether this is the last attempt
    def is_last_retry? = attempt >= @max_attempts

    # @return [String, nil] 32 hex digits
    def trace_id = Tracing.trace_id

    # @return [String, nil] 16 hex digits
    def span_id = Tracing.span_id

    # @return [Time, nil] when the call is stopped
    def deadline
      text = @envelope["deadline"]
      return unless text

      require "time"
      @deadline ||= Time.iso8601(text)
    end

    # @return [Object, nil] the field of the task's input
    def get_input(key) = input_data[key.to_s]
    alias get_task_field get_input

    # @return [Object] the field of the task's input, or the default where it is absent or nil
    def get_input_or(key, default = nil)
      value = get_input(key)
      value.nil? ? default : value
    end

    # @return [Object, nil] the entry of the step's configuration
    def get_config(key) = step_config[key.to_s]

    # @return [Object, nil] the result of a step that this one depends on
    def get_dependency_result(step) = dependency_results[step.to_s]

    # @param path [Array<String, Symbol, Integer>]
    # @return [Object, nil] a field inside a dependency's result; nil where the path leads nowhere
    def get_dependency_field(step, *path)
      path.reduce(get_dependency_result(step)) do |value, key|
        case value
        when Hash then value[key.to_s]
        when Array then key.is_a?(Integer) ? value[key] : nil
        end
      end
    end

    # @return [Boolean]
    def has_checkpoint? = !checkpoint.nil?

    # @return [Object, nil]
    def checkpoint_cursor = checkpoint&.fetch("cursor", nil)

    # @return [Integer]
    def checkpoint_items_processed = checkpoint&.fetch("items_processed", 0) || 0

    # @return [Object, nil]
    def accumulated_results = checkpoint&.fetch("accumulated_results", nil)

    # Reads a field as a hash would: one of the readers, or else the task's input.
    #
    # @return [Object, nil]
    def [](key)
      name = key.to_s
      READERS.include?(name) ? public_send(name) : get_input(name)
    end

    READERS = %w[handler_name step_name correlation_id parent_correlation_id task_uuid step_uuid namespace_name
                 attempt retry_count max_retries checkpoint deadline].freeze
    private_constant :READERS
  end
end
