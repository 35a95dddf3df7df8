# frozen_string_literal: true

# What handlers raise.
class ErrorsTest < Minitest::Test
  E = TaskerCore::Errors

  def test_every_error_is_retryable_or_permanent
    kinds = E.constants.map { |name| E.const_get(name) } - [E::Error, E::ProceduralError]
    kinds.each { |kind| assert(kind <= E::RetryableError || kind <= E::PermanentError, kind.name) }
  end

  def test_errors_carry_what_they_are_given
    assert_equal 3, E::RetryableError.new("x", retry_after: 3).retry_after
    assert_equal :name, E::ValidationError.new("x", field: :name).field
    assert_equal 503, E::NetworkError.new("x", status_code: 503, error_code: "N1").status_code
    assert_equal "N1", E::NetworkError.new("x", error_code: "N1").error_code
    assert_equal "Order", E::NotFoundError.new("x", resource_type: "Order").resource_type
    assert_equal({ a: 1 }, E::PermanentError.new("x", context: { a: 1 }).context)
    assert_nil E::PermanentError.new("x").retry_after
  end

  def test_a_backtrace_tells_the_causes
    begin
      begin
        raise "first"
      rescue StandardError
        raise ArgumentError, "second"
      end
    rescue ArgumentError => e
      text = TaskerCore::ErrorText.backtrace(e)
    end
    assert_match(/\AArgumentError: second\n.*errors_test\.rb:\d+/, text)
    assert_includes text, "caused by RuntimeError: first"
    refute_includes text, ".java:"
  end

  def test_an_ordinary_rescue_does_not_catch_an_interruption
    refute_operator TaskerCore::Interrupted, :<=, StandardError
  end
end
