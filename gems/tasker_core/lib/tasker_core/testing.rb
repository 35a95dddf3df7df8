# frozen_string_literal: true

require "securerandom"

module TaskerCore
  # Where there is no host: spans, log records and metrics are kept in memory, for a test to look at.
  #
  #   result = TaskerCore::Testing.call(ValidateOrder, input: { order_id: 7 })
  #   TaskerCore::Testing.spans.map(&:name)   # => ["validate_order", "handler_execution"]
  module Testing
    # A span that ended, or is still open.
    Recorded = Struct.new(:name, :level, :attributes, :events, :error, :parent, :trace_id, :span_id, :ended) do
      # @return [Boolean]
      def ended? = ended
    end
    # A log record.
    LogRecord = Struct.new(:level, :logger, :message, :fields, :span_id)
    # One value recorded by an instrument.
    Measurement = Struct.new(:name, :kind, :value, :labels)

    @lock = Mutex.new
    @spans = []
    @logs = []
    @measurements = []

    class << self
      # @return [Array<Recorded>] in the order in which they ended
      def spans = @lock.synchronize { @spans.dup }

      # @return [Array<LogRecord>]
      def logs = @lock.synchronize { @logs.dup }

      # @return [Array<Measurement>]
      def measurements = @lock.synchronize { @measurements.dup }

      # Forgets all that was recorded.
      def reset
        @lock.synchronize { [@spans, @logs, @measurements].each(&:clear) }
      end

      # Runs a handler as the worker would.
      #
      # @param handler [Class]
      # @param input [Hash] the task's input
      # @param dependency_results [Hash]
      # @param config [Hash]
      # @param attempt [Integer]
      # @param max_attempts [Integer]
      # @param checkpoint [Hash, nil]
      # @return [Hash] the outcome: +status+ and, by it, +result+ or the error's fields
      def call(handler, input: {}, dependency_results: {}, config: {}, attempt: 1, max_attempts: 1, checkpoint: nil)
        HandlerRegistry.settle
        name = handler.handler_name
        HandlerRegistry.register(name, handler, "")
        envelope = { handler: name, step_name: name, correlation_id: SecureRandom.uuid, attempt: attempt,
                     max_attempts: max_attempts, input: input, config: config,
                     dependency_results: dependency_results, checkpoint: checkpoint }
        span = Span.start(:info, "handler_execution", { handler: name })
        JSON.parse(span.around { Dispatcher.call(JSON.generate(envelope)) })
      end

      # @api private
      def add(list, entry)
        @lock.synchronize { instance_variable_get(list) << entry }
      end
    end
  end

  # A span. Inside the worker it is a handle of the host.
  class Span
    KEY = :tasker_span
    private_constant :KEY

    class << self
      # @api private
      def current = Fiber[KEY]

      # @api private
      def start(level, name, fields)
        parent = current&.recorded
        recorded = Testing::Recorded.new(name.to_s, level, {}, [], nil, parent&.span_id,
                                         parent&.trace_id || SecureRandom.hex(16), SecureRandom.hex(8), false)
        new(recorded).tap { |span| fields.each { |key, value| span[key] = value } }
      end
    end

    # @api private
    attr_reader :recorded

    # @api private
    def initialize(recorded)
      @recorded = recorded
    end

    # Sets an attribute.
    def []=(key, value)
      @recorded.attributes[key.to_s] = value
    end

    # Sets an attribute.
    #
    # @return [Span] itself
    def set_attribute(key, value)
      self[key] = value
      self
    end

    # Adds an event.
    #
    # @return [Span] itself
    def add_event(name, **fields)
      @recorded.events << [name.to_s, fields.transform_keys(&:to_s)]
      self
    end

    # Tells an error.
    #
    # @return [Span] itself
    def record_exception(error)
      @recorded.error ||= error
      self
    end

    # Ends the span.
    def finish
      return if @recorded.ended

      @recorded.ended = true
      Testing.add(:@spans, @recorded)
      nil
    end

    # @return [Boolean] whether fields are kept
    def recording? = !@recorded.ended

    # @return [String] 32 hex digits
    def trace_id = @recorded.trace_id

    # @return [String] 16 hex digits
    def span_id = @recorded.span_id

    # @return [String] 2 hex digits
    def trace_flags = "01"

    # Makes the span current for the block and leaves it open.
    def within
      before = Fiber[KEY]
      Fiber[KEY] = self
      yield self
    ensure
      Fiber[KEY] = before
    end

    # @api private
    def around(&block)
      within(&block)
    rescue Exception => e # rubocop:disable Lint/RescueException
      record_exception(e)
      raise
    ensure
      finish
    end
  end

  module Tracing
    class << self
      def span(level, name, **fields, &block)
        span = Span.start(level, name, fields)
        block ? span.around(&block) : span
      end

      def event(_level, message, **fields)
        Span.current&.add_event(message, **fields)
        nil
      end

      %i[error warn info debug trace].each do |level|
        define_method(level) do |message, fields = {}, **more|
          Host.log(level, "tasker_core.ruby", message, fields.is_a?(Hash) ? fields.merge(more) : more)
        end
      end

      def current_span = Span.current || Span.new(Testing::Recorded.new("", :info, {}, [], nil, nil, nil, nil, true))

      def current_correlation_id = Thread.current[:correlation_id]

      def trace_id = Span.current&.trace_id

      def span_id = Span.current&.span_id

      def record_exception(error)
        Span.current&.record_exception(error)
        nil
      end
    end
  end

  # What the host does, done in memory.
  # @api private
  module Host
    class << self
      def log(level, logger, message, fields = nil)
        Testing.add(:@logs, Testing::LogRecord.new(level.to_sym, logger, message.to_s,
                                                   (fields || {}).to_h.transform_keys(&:to_s), Tracing.span_id))
        nil
      end

      def logged?(_level) = true

      def inside_call? = !Span.current.nil?

      def inject
        span = Span.current
        JSON.generate(span ? { "traceparent" => "00-#{span.trace_id}-#{span.span_id}-01" } : {})
      end

      def extract(json)
        _, trace, span = JSON.parse(json)["traceparent"].to_s.split("-")
        return Tracing.current_span unless span

        Span.new(Testing::Recorded.new("extracted", :info, {}, [], nil, nil, trace, span, true))
      end

      def instrument(kind, name, _description, unit, labels, _buckets)
        unless name.to_s.match?(%r{\A[A-Za-z][-A-Za-z0-9_./]{0,254}\z})
          raise ArgumentError, "#{name.inspect} is no legal metric name"
        end

        Metrics::Instrument.new(kind, name.to_s, unit, labels)
      end
    end
  end

  module Metrics
    class Instrument
      # @api private
      def initialize(kind, name, unit, labels)
        @kind = kind
        @name = name
        @unit = unit
        @labels = labels.map(&:to_s)
      end

      attr_reader :unit

      def increment(by = 1, **labels)
        raise ArgumentError, "a counter cannot fall: use an up_down_counter" if by.negative? && @kind == "counter"

        record(by, labels)
      end
      alias add increment

      def decrement(by = 1, **labels) = increment(-by, **labels)

      def observe(value, **labels) = record(value, labels)
      alias set observe

      private

      def record(value, labels)
        raise ArgumentError, "a metric takes a number, not #{value.class.name}" unless value.is_a?(Numeric)

        kept = labels.transform_keys(&:to_s).slice(*@labels)
        Testing.add(:@measurements, Testing::Measurement.new(@name, @kind, value, kept))
        self
      end
    end
  end
end
