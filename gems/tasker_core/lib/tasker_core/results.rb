# frozen_string_literal: true

module TaskerCore
  # How a handler says that it ended; made by {StepHandler::Base#success} and its like.
  module Results
    # The step succeeded.
    Success = Struct.new(:result, :metadata) do
      # @return [Boolean]
      def success? = true

      # @return [Boolean]
      def checkpoint? = false

      # @return [Hash] the outcome as the host reads it
      def outcome
        { status: "success", result: JsonValue.plain(result), metadata: JsonValue.plain(metadata, "metadata") }
      end
    end

    # The step failed.
    Failure = Struct.new(:message, :error_type, :error_code, :retryable, :metadata) do
      # @return [Boolean]
      def success? = false

      # @return [Boolean]
      def checkpoint? = false

      # @return [Hash] the outcome as the host reads it
      def outcome
        { status: "failure", error_type: ErrorText.text(error_type), message: ErrorText.text(message),
          error_code: error_code.nil? ? nil : ErrorText.text(error_code),
          backtrace: "", ancestors: [], retryable: retryable ? true : false, retry_after: nil,
          metadata: JsonValue.lossy(metadata || {}, "metadata") }
      end
    end

    # The step goes on later from its cursor.
    Checkpoint = Struct.new(:cursor, :items_processed, :accumulated_results) do
      # @return [Boolean]
      def success? = false

      # @return [Boolean]
      def checkpoint? = true

      # @return [Hash] the outcome as the host reads it
      def outcome
        { status: "checkpoint", checkpoint: JsonValue.plain(to_h, "checkpoint") }
      end
    end

    # @param value [Object] what a handler returned
    # @return [Success, Failure, Checkpoint]
    def self.from(value)
      case value
      when Success, Failure, Checkpoint then value
      when nil then Success.new({}, {})
      else Success.new(value, {})
      end
    end
  end
end
