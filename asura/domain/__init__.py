"""Values and decisions: pure functions that take their inputs and `now` and return a value with a reason."""
