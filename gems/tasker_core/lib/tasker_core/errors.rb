# frozen_string_literal: true

module TaskerCore
  # Raised in a handler that ran past its deadline or was cancelled. Not a StandardError, so that an
  # ordinary +rescue+ does not swallow it.
  class Interrupted < Exception # rubocop:disable Lint/InheritException
  end

  # What a handler raises to say how it failed. The host decides by these classes whether the step is
  # tried again; any other error is.
  module Errors
    # The root of all of them.
    class Error < StandardError
      # @return [String, nil] the author's own code
      attr_reader :error_code
      # @return [Hash] more about the failure; becomes the outcome's metadata
      attr_reader :context

      # @param message [String, nil]
      # @param error_code [String, nil]
      # @param context [Hash]
      def initialize(message = nil, error_code: nil, context: {})
        super(message)
        @error_code = error_code
        @context = context
      end

      # @return [Numeric, nil] seconds to wait before the next attempt, nil for the step's own backoff
      def retry_after
        nil
      end
    end

    # Went wrong while a step was worked on.
    class ProceduralError < Error
    end

    # Worth another attempt.
    class RetryableError < ProceduralError
      # @return [Numeric, nil] seconds to wait before the next attempt
      attr_reader :retry_after

      # @param retry_after [Numeric, nil] seconds
      def initialize(message = nil, retry_after: nil, **options)
        super(message, **options)
        @retry_after = retry_after
      end
    end

    # Another attempt would fail as well.
    class PermanentError < ProceduralError
    end

    # Something took too long.
    class TimeoutError < RetryableError
      # @return [Numeric, nil] seconds
      attr_reader :timeout_duration

      # @param timeout_duration [Numeric, nil] seconds
      def initialize(message = nil, timeout_duration: nil, **options)
        super(message, **options)
        @timeout_duration = timeout_duration
      end
    end

    # Another system could not be reached or failed.
    class NetworkError < RetryableError
      # @return [Integer, nil] HTTP status
      attr_reader :status_code

      # @param status_code [Integer, nil]
      def initialize(message = nil, status_code: nil, **options)
        super(message, **options)
        @status_code = status_code
      end
    end

    # Another system asks for patience.
    class RateLimitError < RetryableError
    end

    # Another system does not take requests now.
    class ServiceUnavailableError < RetryableError
    end

    # Something is held by another.
    class ResourceContentionError < RetryableError
    end

    # The input is not what the handler needs.
    class ValidationError < PermanentError
      # @return [String, Symbol, nil] the field at fault
      attr_reader :field

      # @param field [String, Symbol, nil]
      def initialize(message = nil, field: nil, **options)
        super(message, **options)
        @field = field
      end
    end

    # What the handler looks for does not exist.
    class NotFoundError < PermanentError
      # @return [String, nil]
      attr_reader :resource_type

      # @param resource_type [String, nil]
      def initialize(message = nil, resource_type: nil, **options)
        super(message, **options)
        @resource_type = resource_type
      end
    end

    # Who asks is not known.
    class AuthenticationError < PermanentError
    end

    # Who asks may not.
    class AuthorizationError < PermanentError
    end

    # The handler is set up wrongly.
    class ConfigurationError < PermanentError
    end

    # A rule of the business forbids it.
    class BusinessLogicError < PermanentError
    end

    # A result cannot be written as JSON.
    class SerializationError < PermanentError
    end
  end
end
