# frozen_string_literal: true

module TaskerCore
  # Metrics on the host's pipeline. Defining raises ArgumentError for a bad name or a clash; recording
  # raises only where the value cannot be right: no number, or a counter that falls.
  module Metrics
    # A counter, up-down counter, histogram or gauge. Labels that were not declared are dropped.
    #
    # @!method increment(by = 1, **labels)
    # @!method decrement(by = 1, **labels)
    # @!method add(delta, **labels)
    # @!method observe(value, **labels)
    # @!method set(value, **labels)
    # @!method unit
    class Instrument
      # Observes how long the block takes, in milliseconds, or in seconds if the unit is +s+.
      #
      # @return [Object] the block's value
      def time(**labels)
        started = Process.clock_gettime(Process::CLOCK_MONOTONIC)
        yield
      ensure
        elapsed = Process.clock_gettime(Process::CLOCK_MONOTONIC) - started
        observe(unit == "s" ? elapsed : elapsed * 1000, **labels)
      end
    end

    class << self
      # @param name [String, Symbol]
      # @param description [String]
      # @param labels [Array<Symbol, String>] the label names allowed
      # @param unit [String] as OpenTelemetry writes it
      # @return [Instrument]
      def counter(name, description = "", labels: [], unit: "")
        define("counter", name, description, labels, unit)
      end

      # A counter that may fall, with the same parameters.
      def up_down_counter(name, description = "", labels: [], unit: "")
        define("up_down_counter", name, description, labels, unit)
      end

      # A value that is set, with the same parameters.
      def gauge(name, description = "", labels: [], unit: "")
        define("gauge", name, description, labels, unit)
      end

      # @param unit [String] +ms+ or +s+ for times
      # @param buckets [Array<Numeric>] upper bounds, empty for the default
      # @return [Instrument]
      def histogram(name, description = "", labels: [], unit: "ms", buckets: [])
        define("histogram", name, description, labels, unit, buckets)
      end

      # Times one stage of a job: +worker.stage_latency_ms+ and, if it raises,
      # +worker.stage_failures_total+ with the error's class as code.
      #
      # @param name [String, Symbol]
      # @return [Object] the block's value
      def stage(name, &block)
        catalog(:stage_latency).time(stage: name, &block)
      rescue StandardError => e
        catalog(:stage_failures).increment(stage: name, code: code(e))
        raise
      end

      # Counts and times a call of another system: +external.calls_total+ and
      # +external.call_latency_ms+.
      #
      # @return [Object] the block's value
      def external_call(service:, op:, &block)
        outcome = "error"
        value = catalog(:external_latency).time(service: service, op: op, &block)
        outcome = "success"
        value
      rescue Errors::TimeoutError, *timeouts
        outcome = "timeout"
        raise
      ensure
        catalog(:external_calls).increment(service: service, op: op, outcome: outcome)
      end

      # Counts and times a background job: +jobs.completed_total+ and +jobs.duration_seconds+. The
      # job's own exception propagates.
      #
      # @return [Object] the block's value
      def instrument_job(queue:, method:, org: "", &block)
        status = "failure"
        value = catalog(:job_duration).time(queue: queue, method: method, &block)
        status = "success"
        value
      ensure
        catalog(:jobs_completed).increment(queue: queue, method: method, org: org, status: status)
      end

      private

      def define(kind, name, description, labels, unit, buckets = [])
        Host.instrument(kind, name, description, unit, Array(labels), Array(buckets))
      end

      CATALOG = {
        stage_latency: [:histogram, "worker.stage_latency_ms", "Duration of a stage of a job", %i[stage], "ms"],
        stage_failures: [:counter, "worker.stage_failures_total", "Stages that failed", %i[stage code], ""],
        external_calls: [:counter, "external.calls_total", "Calls of other systems", %i[service op outcome], ""],
        external_latency: [:histogram, "external.call_latency_ms", "Duration of calls of other systems",
                           %i[service op], "ms"],
        job_duration: [:histogram, "jobs.duration_seconds", "Duration of jobs", %i[queue method], "s"],
        jobs_completed: [:counter, "jobs.completed_total", "Jobs completed", %i[queue method org status], ""]
      }.freeze
      private_constant :CATALOG

      def catalog(key)
        (@catalog ||= {})[key] ||= begin
          kind, name, description, labels, unit = CATALOG.fetch(key)
          define(kind.to_s, name, description, labels, unit)
        end
      end

      def code(error)
        (error.error_code if error.is_a?(Errors::Error)) || error.class.name
      end

      def timeouts
        defined?(::Timeout::Error) ? [::Timeout::Error] : []
      end
    end
  end
end
