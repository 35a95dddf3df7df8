# frozen_string_literal: true

require "no_such_gem"
