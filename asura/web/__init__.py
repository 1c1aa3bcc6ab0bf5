"""HTTP in and out: parse, call store or engine, present."""
