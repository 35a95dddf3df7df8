# frozen_string_literal: true

require "tasker_core"

extend TaskerCore::DSL

# Four linear steps. Each takes the result of the step before it by name.

step_handler "sequence.fibonacci", inputs: %i[terms] do |terms:, context:|
  raise TaskerCore::Errors::ValidationError.new("terms must be at least 1", field: "terms") if terms < 1

  numbers = TaskerCore::Tracing.span(:info, "generate_terms", terms: terms) do
    Enumerator.produce([0, 1]) { |a, b| [b, a + b] }.take(terms).map(&:first)
  end
  TaskerCore::Tracing.info("terms generated", terms: numbers.size, largest: numbers.last,
                           attempt: context.attempt)
  { numbers: numbers }
end

step_handler "sequence.primes", depends_on: { sequence: "fibonacci" } do |sequence:, context:|
  limit = context.get_config("limit")
  primes = TaskerCore::Tracing.span(:info, "select_primes", limit: limit) do |span|
    candidates = sequence["numbers"].select { |number| number.between?(2, limit) }.uniq
    candidates.reject { |number| (2..Integer.sqrt(number)).any? { |divisor| (number % divisor).zero? } }
              .tap { |found| span["found"] = found.size }
  end
  { numbers: primes }
end

step_handler "sequence.squares", depends_on: { primes: "primes" } do |primes:|
  squares = TaskerCore::Tracing.span(:info, "square_terms") do
    primes["numbers"].map do |number|
      TaskerCore::Tracing.event(:info, "squared", number: number)
      number * number
    end
  end
  { numbers: squares }
end

step_handler "sequence.sum", depends_on: { squares: "squares" }, inputs: %i[terms] do |squares:, terms:|
  total = squares["numbers"].sum
  TaskerCore::Tracing.info("sequence summed", total: total, terms: terms)
  { total: total, terms: squares["numbers"].size }
end
