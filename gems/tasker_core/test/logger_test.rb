# frozen_string_literal: true

# The drop-in for ::Logger.
class LoggerTest < Minitest::Test
  def setup
    skip "the host records" if TaskerCore::HOSTED
    TaskerCore::Testing.reset
    @logger = TaskerCore::Logger.new($stdout, progname: "billing")
  end

  def records
    TaskerCore::Testing.logs.map { |log| [log.level, log.logger, log.message] }
  end

  def test_it_logs_as_logger_does
    @logger.info("plain")
    @logger.warn("other") { "block" }
    @logger.add(Logger::ERROR, "added")
    @logger << "raw"
    @logger.fatal { :symbol }
    assert_equal [[:info, "billing", "plain"], [:warn, "other", "block"], [:error, "billing", "added"],
                  [:info, "billing", "raw"], [:error, "billing", ":symbol"]], records
  end

  def test_a_level_silences
    @logger.level = Logger::WARN
    @logger.info { flunk }
    assert_empty records
    refute_predicate @logger, :info?
  end

  def test_a_formatter_is_ignored_with_one_warning
    2.times { @logger.formatter = proc { "x" } }
    assert_equal 1, records.size
  end
end
