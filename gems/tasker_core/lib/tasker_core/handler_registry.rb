# frozen_string_literal: true

require "monitor"

module TaskerCore
  # The handlers of this process by name. A name belongs to the file that took it first.
  module HandlerRegistry
    # A handler and where it comes from.
    Entry = Struct.new(:name, :handler, :source)

    @entries = {}
    @classes = []
    @clashes = []
    @lock = Monitor.new

    class << self
      # @param name [String, Symbol]
      # @param handler [Class] answers +new+ and its instances +call+ or +perform+
      # @param source [String] the file that defines it
      # @return [Boolean] false if the name is another's
      def register(name, handler, source = "")
        @lock.synchronize do
          known = @entries[name.to_s]
          if known && !known.handler.equal?(handler)
            @clashes << [source, "the handler name #{name} is taken by #{known.source}; rename one of the two"]
            return false
          end
          @entries[name.to_s] = Entry.new(name.to_s, handler, source)
          true
        end
      end

      # @param name [String, Symbol]
      # @return [Class, nil]
      def resolve(name)
        @entries[name.to_s]&.handler
      end

      # @return [Boolean]
      def registered?(name) = @entries.key?(name.to_s)

      # @return [Array<String>]
      def names = @entries.keys

      # Forgets a handler.
      def unregister(name)
        @lock.synchronize { @entries.delete(name.to_s) }
      end

      # @api private
      def defined_class(handler, source)
        @lock.synchronize { @classes << [handler, source] }
      end

      # Registers the classes defined since the last time: only now are their bodies complete.
      # @api private
      def settle
        @lock.synchronize do
          classes = @classes
          @classes = []
          classes.each do |handler, source|
            register(handler.handler_name, handler, source) if handler.name && handler.handler?
          end
        end
      end

      # Forgets all that comes from the file.
      # @api private
      def withdraw(source)
        @lock.synchronize do
          @classes.delete_if { |_, from| from == source }
          @entries.delete_if { |_, entry| entry.source == source }
        end
      end

      # @api private
      def entries
        @entries.values.map { |entry| [entry.name, entry.source] }
      end

      # @api private
      def take_clashes
        @lock.synchronize do
          clashes = @clashes
          @clashes = []
          clashes
        end
      end
    end
  end
end
