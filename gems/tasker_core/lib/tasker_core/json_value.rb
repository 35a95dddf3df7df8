# frozen_string_literal: true

module TaskerCore
  # Turns what a handler returned into plain JSON data, or says where that is impossible.
  class JsonValue
    # Levels of nesting that a result may have.
    DEPTH = 64

    # @param value [Object]
    # @return [Hash, Array, String, Integer, Float, Boolean, nil]
    # @raise [Errors::SerializationError] names the path of the value at fault, and the remedy
    def self.plain(value, root = "result")
      new.plain(value, root, 0)
    end

    # What tells of a failure must not hide it: an entry that is no JSON becomes a marker.
    #
    # @param value [Object] a hash, or anything else, which goes under the root's name
    # @return [Hash]
    def self.lossy(value, root)
      entries = value.respond_to?(:to_h) && !value.is_a?(Array) ? value.to_h : { root => value }
      entries.to_h { |key, item| [ErrorText.text(key), plain_or_marker(item, root)] }
    rescue StandardError, SystemStackError
      { root => "<unserializable: #{value.class.name}>" }
    end

    def self.plain_or_marker(value, root)
      plain(value, root)
    rescue StandardError, SystemStackError
      value.is_a?(Float) ? value.to_s : "<unserializable: #{value.class.name}>"
    end
    private_class_method :plain_or_marker

    # @api private
    def plain(value, path, depth)
      fail_at(path, "it is nested more than #{DEPTH} levels deep, or contains itself") if depth > DEPTH
      case value
      when nil, true, false, Integer then value
      when String then text(value, path)
      when Symbol then text(value.to_s, path)
      when Float then finite(value, path)
      when Hash then value.to_h { |key, item| [text(key.to_s, path), plain(item, "#{path}.#{key}", depth + 1)] }
      when Array then value.each_with_index.map { |item, i| plain(item, "#{path}[#{i}]", depth + 1) }
      else converted(value, path, depth)
      end
    end

    private

    def text(value, path)
      utf8 = value.encoding == Encoding::BINARY ? value.dup.force_encoding(Encoding::UTF_8) : value
      fail_at(path, "its bytes are not valid UTF-8; encode binary data as Base64") unless utf8.valid_encoding?
      utf8.encode(Encoding::UTF_8)
    rescue EncodingError
      fail_at(path, "it cannot be written as UTF-8")
    end

    def finite(value, path)
      value.finite? ? value : fail_at(path, "#{value} is no JSON number; return nil or a string instead")
    end

    def converted(value, path, depth)
      if own_json?(value)
        plain(JSON.parse(value.to_json, create_additions: false), path, depth + 1)
      elsif value.respond_to?(:iso8601)
        text(value.iso8601.to_s, path)
      elsif value.respond_to?(:to_h)
        plain(value.to_h, path, depth + 1)
      elsif value.respond_to?(:to_str)
        text(value.to_str, path)
      elsif value.is_a?(Numeric)
        value.to_s
      else
        fail_at(path, "a #{value.class.name} is no JSON value; return a hash, an array, a string or a number, " \
                      "or give the class to_h")
      end
    end

    # every object answers to_json once the json library is loaded; only one of its class's own counts
    def own_json?(value)
      owner = value.method(:to_json).owner
      !owner.name.to_s.start_with?("JSON::") && owner != Object && owner != Kernel
    rescue NameError
      false
    end

    def fail_at(path, reason)
      raise Errors::SerializationError, "#{path} cannot be written as JSON: #{reason}"
    end
  end
end
