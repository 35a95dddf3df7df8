# frozen_string_literal: true

module TaskerCore
  # Calls handlers for the host: JSON in, JSON out.
  # @api private
  module Dispatcher
    class << self
      # @param json [String] the call
      # @return [String] the outcome
      def call(json)
        envelope = JSON.parse(json)
        JSON.generate(outcome(envelope))
      end

      private

      def outcome(envelope)
        OutputCapture.begin_call if HOSTED
        handler = HandlerRegistry.resolve(envelope["handler"])
        Results.from(handler.new.call(StepContext.new(envelope))).outcome
      rescue Interrupted
        raise
      rescue Errors::SerializationError => e
        failure(e, message: "handler #{envelope["handler"]} (#{source(handler)}): #{e.message}")
      rescue Exception => e # rubocop:disable Lint/RescueException
        raise if e.class.name.to_s.start_with?("Java::") # the host tells Java's errors

        failure(e)
      ensure
        OutputCapture.end_call if HOSTED
      end

      def source(handler)
        HandlerRegistry.entries.find { |name, _| HandlerRegistry.resolve(name).equal?(handler) }&.last
      end

      def failure(error, message: ErrorText.message(error))
        { status: "failure", error_type: error.class.name || "Exception", message: message,
          error_code: code(error), backtrace: ErrorText.backtrace(error),
          ancestors: error.class.ancestors.grep(Class).filter_map(&:name),
          retryable: nil, retry_after: seconds(read(error, :retry_after)),
          metadata: JsonValue.lossy(read(error, :context) || {}, "context") }
      end

      def read(error, reader)
        error.public_send(reader) if error.is_a?(Errors::Error)
      rescue StandardError
        nil
      end

      def code(error)
        code = read(error, :error_code)
        code.nil? ? nil : ErrorText.text(code)
      end

      # what is no finite number leaves the wait to the step's own backoff
      def seconds(value)
        return unless value.is_a?(Numeric) && value.real?

        seconds = value.to_f
        seconds if seconds.finite?
      rescue StandardError
        nil
      end
    end
  end
end
