# frozen_string_literal: true

# Runs every test below this folder and says how each ended. The worker's build calls it; with a Ruby of
# one's own, `ruby -Ilib -e 'require "./test/suite"; TaskerCoreSuite.main'` does.
minitest = "uri:classloader:/META-INF/jruby.home/lib/ruby/gems/shared/gems/minitest-6.0.0/lib"
$LOAD_PATH << minitest if RUBY_PLATFORM == "java" && File.directory?(minitest)
require "minitest"
require "tasker_core"

Dir[File.join(__dir__, "**", "*_test.rb")].each { |file| require file }

module TaskerCoreSuite
  # @return [Array<Array(String, String)>] names, and what failed or nil
  def self.run
    Minitest.seed ||= 1
    Minitest::Test.runnables.reject { |test| test == Minitest::Test }.flat_map do |test|
      test.runnable_methods.map do |name|
        result = test.new(name).run
        failure = result.failures.reject { |f| f.is_a?(Minitest::Skip) }.map { |f| "#{f.message}\n#{f.location}" }
        ["#{test.name} #{name}", failure.empty? ? nil : failure.join("\n")]
      end
    end
  end

  # Prints the failures and ends with their number.
  def self.main
    failed = run.select { |_, failure| failure }
    failed.each { |name, failure| puts name, failure }
    exit(failed.size)
  end
end
