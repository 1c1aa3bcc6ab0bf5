"""When and how a check runs; knows no store, so primary and probe share it."""
