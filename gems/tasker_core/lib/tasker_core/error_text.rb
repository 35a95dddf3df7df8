# frozen_string_literal: true

module TaskerCore
  # How errors are told: the class, the message, and the Ruby frames of the author's code.
  module ErrorText
    # Frames told of one error.
    FRAMES = 50
    # Causes told of one error.
    CAUSES = 5
    OWN_FOLDER = File.dirname(__FILE__)
    private_constant :OWN_FOLDER

    class << self
      # @param error [Exception]
      # @return [String] class, message and frames, with those of its causes
      def backtrace(error)
        told = []
        lines = []
        while error && told.size <= CAUSES && told.none? { |earlier| earlier.equal?(error) }
          lines << "#{"caused by " unless told.empty?}#{error.class.name}: #{message(error)}"
          lines.concat(frames(error.backtrace))
          told << error
          error = error.cause
        end
        lines.join("\n")
      end

      # @param frames [Array<String>, nil]
      # @return [Array<String>] those in Ruby files that are not this gem's own
      def frames(frames)
        Array(frames).map { |frame| text(frame) }.reject { |frame| internal?(frame) }.first(FRAMES)
      end

      # @param error [Exception]
      # @return [String] its message, whatever it takes
      def message(error)
        text(error.message)
      rescue StandardError
        "<unserializable: #{error.class.name}>"
      end

      # @param value [Object]
      # @return [String] valid UTF-8, whatever it takes
      def text(value)
        text = value.to_s
        text = text.dup.force_encoding(Encoding::UTF_8) if text.encoding == Encoding::BINARY
        text.encode(Encoding::UTF_8, invalid: :replace, undef: :replace).scrub
      rescue StandardError
        "<unserializable: #{value.class.name}>"
      end

      private

      def internal?(frame)
        frame.start_with?(OWN_FOLDER) || frame.match?(/\A[^:]*\.java:\d/)
      end
    end
  end
end
