# frozen_string_literal: true

step_handler("price_order") { nil }
