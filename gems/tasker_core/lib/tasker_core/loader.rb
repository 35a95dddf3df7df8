# frozen_string_literal: true

module TaskerCore
  # Loads handler files for the host.
  # @api private
  module Loader
    class << self
      # @param path [String] an absolute path
      # @return [Array(Integer, String), nil] the line and what is wrong, or nil
      def load_file(path)
        loaded = false
        require path
        loaded = true
        nil
      rescue Exception => e # rubocop:disable Lint/RescueException
        [line(e, path), problem(e)]
      ensure
        # a thread that is killed comes by here alone
        HandlerRegistry.withdraw(path) unless loaded
        HandlerRegistry.settle
      end

      # @param frames [Array<String>, nil] a backtrace
      # @return [Integer] the innermost line of the file in it, or 0
      def line_in(frames, path)
        frame = Array(frames).find { |candidate| candidate.start_with?("#{path}:") }
        frame ? frame.delete_prefix(path)[/:(\d+)/, 1].to_i : 0
      end

      # @param folder [String] an installation folder of gems
      def use_gems(folder)
        require "rubygems"
        Gem.paths = { "GEM_HOME" => folder, "GEM_PATH" => [folder, *Gem.path].uniq.join(File::PATH_SEPARATOR) }
      end

      private

      def line(error, path)
        return Regexp.last_match(1).to_i if error.is_a?(SyntaxError) && error.message =~ /\A#{Regexp.escape(path)}:(\d+)/

        line_in(error.backtrace, path)
      end

      def problem(error)
        "#{error.class.name}: #{ErrorText.message(error)}"
      end
    end
  end
end
