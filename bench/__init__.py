"""The benchmarks: each prints lines of `name value unit`; see README.md for what they gave."""
