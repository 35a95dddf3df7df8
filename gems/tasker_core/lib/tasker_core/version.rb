# frozen_string_literal: true

module TaskerCore
  # The version of the gem, and of the host that it belongs to.
  VERSION = "0.1.0"
end
