# frozen_string_literal: true

require "logger"

module TaskerCore
  # A drop-in for +::Logger+: every record goes to the host's log, with the span and the correlation ID of
  # the caller. Devices and rotation are the host's matter, so the arguments of +new+ are ignored.
  class Logger < ::Logger
    HOST_LEVELS = { DEBUG => :debug, INFO => :info, WARN => :warn, ERROR => :error, FATAL => :error,
                    UNKNOWN => :error }.freeze
    private_constant :HOST_LEVELS

    def initialize(*_device, progname: nil, level: DEBUG, **_options)
      super(nil, progname: progname, level: level)
    end

    # Writes a record, as +::Logger#add+ does.
    def add(severity, message = nil, progname = nil)
      severity ||= UNKNOWN
      return true if severity < self.level

      name = progname || self.progname
      if message.nil?
        if block_given?
          message = yield
        else
          message = progname
          name = self.progname
        end
      end
      write(HOST_LEVELS.fetch(severity, :info), name, message)
      true
    end
    alias log add

    # Writes a record of level info.
    def <<(message)
      write(:info, progname, message)
      self
    end

    # The host decides how a record looks; a formatter is ignored, with one warning.
    def formatter=(formatter)
      return if formatter.nil? || @told_of_formatter

      @told_of_formatter = true
      Host.log(:warn, "tasker_core.ruby", "a formatter of TaskerCore::Logger is ignored: the host formats records")
    end

    private

    def write(level, name, message)
      text = message.is_a?(String) || message.is_a?(Exception) ? message : message.inspect
      Host.log(level, (name || "ruby").to_s, text)
    end
  end
end
