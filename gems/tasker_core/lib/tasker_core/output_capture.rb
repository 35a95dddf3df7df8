# frozen_string_literal: true

require "stringio"

module TaskerCore
  # Stands in for +$stdout+ or +$stderr+: what a handler prints becomes log records, a line each; what
  # anything else prints goes where it always went.
  # @api private
  class OutputCapture
    # Longest line that is kept together.
    LINE_LIMIT = 16_384

    # The lines begun in one call, those of its threads and fibers among them, which find it in their
    # inherited storage.
    class Begun
      KEY = :tasker_output
      private_constant :KEY

      # @return [Begun, nil] that of the call that this fiber works for
      def self.current = Fiber[KEY]

      def self.current=(begun)
        Fiber[KEY] = begun
      end

      def initialize
        @lock = Mutex.new
        @rests = {}
        @ended = false
      end

      # @return [String, nil] what this fiber has begun on the stream
      def take(stream)
        @lock.synchronize { @rests.delete([stream, Fiber.current]) }
      end

      # @return [Boolean] false once the call has ended, since then nobody would log it
      def keep(stream, rest)
        @lock.synchronize do
          @rests[[stream, Fiber.current]] = rest unless @ended
          !@ended
        end
      end

      # @yieldparam stream [OutputCapture]
      # @yieldparam rest [String]
      def end_all
        rests = @lock.synchronize do
          @ended = true
          @rests.map { |(stream, _), rest| [stream, rest] }.tap { @rests.clear }
        end
        rests.each { |stream, rest| yield stream, rest }
      end
    end
    private_constant :Begun

    class << self
      # Takes the place of both streams.
      def install
        $stdout = new($stdout, :info, "stdout")
        $stderr = new($stderr, :warn, "stderr")
      end

      # Keeps lines together until the call ends.
      def begin_call
        Begun.current = Begun.new
      end

      # Logs the lines that were begun, on whichever thread or fiber of the call.
      def end_call
        Begun.current&.end_all { |stream, rest| stream.log(rest) }
        Begun.current = nil
        [$stdout, $stderr].each { |stream| stream.flush if stream.is_a?(OutputCapture) }
      end
    end

    def initialize(original, level, name)
      @original = original
      @level = level
      @name = name
    end

    def write(*values)
      return @original.write(*values) unless Host.inside_call?

      text = values.join
      take(text)
      text.bytesize
    end

    def puts(*values)
      write(formatted { |out| out.puts(*values) })
      nil
    end

    def print(*values)
      write(values.join)
      nil
    end

    def printf(format, *values)
      write(format(format, *values))
      nil
    end

    def putc(value)
      write(formatted { |out| out.putc(value) })
      value
    end

    def <<(value)
      write(value.to_s)
      self
    end

    def flush
      begun = Begun.current&.take(self)
      log(begun) if begun
      @original.flush
      self
    end

    def sync = true

    def sync=(value)
      value
    end

    def tty? = false
    alias isatty tty?

    def fileno = @original.fileno

    def fsync = 0

    def external_encoding = Encoding::UTF_8

    def respond_to_missing?(name, include_private = false)
      @original.respond_to?(name, include_private) || super
    end

    def method_missing(name, ...)
      @original.respond_to?(name) ? @original.public_send(name, ...) : super
    end

    # @api private
    def log(line)
      Host.log(@level, @name, line)
    end

    private

    def formatted
      out = StringIO.new
      yield out
      out.string
    end

    def take(text)
      call = Begun.current
      lines = "#{call&.take(self)}#{text}".scrub.split("\n", -1)
      rest = lines.pop.to_s
      lines.each { |line| log(line) unless line.empty? }
      return if rest.empty?

      log(rest) if rest.size > LINE_LIMIT || !call&.keep(self, rest)
    end
  end
end
