# frozen_string_literal: true

require_relative "lib/tasker_core/version"

Gem::Specification.new do |spec|
  spec.name = "tasker_core"
  spec.version = TaskerCore::VERSION
  spec.platform = "java"
  spec.summary = "Handlers for Tasker Bridge, with their spans, log records and metrics"
  spec.description = "What Ruby handlers are written with. Inside the worker the Java host records spans, log " \
                     "records and metrics; anywhere else they are kept in memory, for tests."
  spec.authors = ["Tasker Bridge"]
  spec.license = "MIT"
  spec.required_ruby_version = ">= 3.4"
  spec.files = Dir.glob("lib/**/*.rb", base: __dir__)
  spec.require_paths = ["lib"]
  spec.metadata["rubygems_mfa_required"] = "true"
end
