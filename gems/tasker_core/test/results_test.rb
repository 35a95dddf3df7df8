# frozen_string_literal: true

# What a handler may return.
class ResultsTest < Minitest::Test
  Money = Struct.new(:amount, :currency)
  class Own
    def to_json(*) = '{"own":true}'
  end

  def plain(value) = TaskerCore::JsonValue.plain(value)

  def test_plain_data_stays_as_it_is
    value = { "a" => [1, 2.5, nil, true, "x"] }
    assert_equal value, plain(value)
  end

  def test_symbols_structs_and_times_are_converted
    assert_equal({ "s" => "x", "m" => { "amount" => 1, "currency" => "EUR" } }, plain(s: :x, m: Money.new(1, "EUR")))
    assert_equal({ "own" => true }, plain(Own.new))
    assert_equal "1/2", plain(Rational(1, 2))
  end

  def test_binary_text_that_is_utf8_is_text
    assert_equal "é", plain("é".b)
  end

  def test_the_path_of_the_value_at_fault_is_named
    error = assert_raises(TaskerCore::Errors::SerializationError) { plain(a: [{ b: Object.new }]) }
    assert_includes error.message, "result.a[0].b"
  end

  def test_a_cycle_ends
    cycle = []
    cycle << cycle
    assert_raises(TaskerCore::Errors::SerializationError) { plain(cycle) }
  end

  def test_nil_is_an_empty_result
    assert_equal({}, TaskerCore::Results.from(nil).outcome[:result])
  end

  def test_results_know_what_they_are
    base = TaskerCore::StepHandler::Base.new
    assert_predicate base.success, :success?
    refute_predicate base.failure(message: "no"), :success?
    assert_predicate base.checkpoint_yield(cursor: 1), :checkpoint?
  end
end
