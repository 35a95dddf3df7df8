# frozen_string_literal: true

# What a handler is told.
class StepContextTest < Minitest::Test
  def context(**more)
    TaskerCore::StepContext.new(JSON.parse(JSON.generate({ handler: "H", step_name: "s", correlation_id: "c",
                                                           attempt: 2, max_attempts: 3 }.merge(more))))
  end

  def test_symbols_and_strings_are_equal
    given = context(input: { "a" => 1 }, config: { b: 2 }, dependency_results: { first: { list: [{ id: 5 }] } })
    assert_equal [1, 1], [given.get_input(:a), given.get_input("a")]
    assert_equal [2, 2], [given.get_config(:b), given.get_config("b")]
    assert_equal 5, given.get_dependency_field(:first, :list, 0, "id")
    assert_equal [1, "c"], [given[:a], given["correlation_id"]]
  end

  def test_absent_values_are_nil_or_the_default
    given = context(input: { a: nil, no: false })
    assert_nil given.get_input(:zero)
    assert_equal 9, given.get_input_or(:a, 9)
    assert_equal false, given.get_input_or(:no, 9)
    assert_nil given.get_dependency_field(:none, :at, :all)
    assert_nil given.deadline
  end

  def test_attempts_are_counted_from_one
    assert_equal [2, 1, 3, true, false],
                 [context.attempt, context.retry_count, context.max_retries, context.is_retry?, context.is_last_retry?]
    assert_predicate context(attempt: 3), :is_last_retry?
  end

  def test_a_checkpoint_can_be_read
    refute_predicate context, :has_checkpoint?
    assert_equal 0, context.checkpoint_items_processed
    given = context(checkpoint: { cursor: { page: 2 }, items_processed: 7, accumulated_results: [1] })
    assert_equal [{ "page" => 2 }, 7, [1]],
                 [given.checkpoint_cursor, given.checkpoint_items_processed, given.accumulated_results]
  end
end
