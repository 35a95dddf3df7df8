# frozen_string_literal: true

module TaskerCore
  # Spans, events and log records. Symbol and string keys are equal, values keep their types, and
  # nothing here raises into the handler but a wrong number of arguments.
  #
  # @!method self.span(level, name, **fields)
  #   With a block: runs it under a new span and returns its value. Without: returns the span, which
  #   the caller finishes.
  #   @param level [Symbol] +:trace+, +:debug+, +:info+, +:warn+ or +:error+
  #   @yieldparam span [Span]
  # @!method self.event(level, message, **fields)
  #   Adds an event to the current span.
  # @!method self.debug(message, fields = {}, **more)
  #   Writes a log record; likewise +info+, +warn+, +error+ and +trace+.
  # @!method self.current_span
  #   @return [Span] one that records nothing where there is none
  # @!method self.current_correlation_id
  #   @return [String, nil]
  # @!method self.trace_id
  #   @return [String, nil] 32 hex digits
  # @!method self.span_id
  #   @return [String, nil] 16 hex digits
  # @!method self.record_exception(error)
  #   Tells an error on the current span.
  module Tracing
    class << self
      # Writes the headers that carry the current span to another process.
      #
      # @param carrier [Hash] receives +traceparent+, +tracestate+ and +baggage+
      # @return [Hash] the carrier
      def inject(carrier = {})
        JSON.parse(Host.inject).each { |name, value| carrier[name] = value }
        carrier
      rescue StandardError
        carrier
      end

      # Reads the headers of another process.
      #
      # @param carrier [Hash] headers, with string or symbol keys
      # @yieldparam span [Span] stands for the other process's span and is current in the block
      # @return [Object, Span] the block's value, or without a block the span: see {Span#within}
      def extract(carrier, &block)
        span = Host.extract(JSON.generate(headers(carrier)))
        block ? span.within(&block) : span
      end

      private

      def headers(carrier)
        carrier.to_h.each_with_object({}) do |(name, value), headers|
          headers[name.to_s.scrub] = value.to_s.scrub unless value.nil?
        end
      rescue StandardError
        {}
      end
    end
  end
end
