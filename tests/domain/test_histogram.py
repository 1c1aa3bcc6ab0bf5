"""Quantiles within five per cent, whatever is merged."""

import math

from hypothesis import given
from hypothesis import strategies as st

from asura.domain import histogram
from asura.domain.histogram import Histogram

latencies = st.lists(st.integers(1, 4_000_000_000), max_size=300)


@given(latencies.filter(bool), st.sampled_from([0.0, 0.01, 0.5, 0.95, 0.99, 1.0]))
def test_quantiles_are_within_five_per_cent_of_the_exact_ones(values: list[int], share: float) -> None:
    exact = sorted(values)[max(1, math.ceil(share * len(values))) - 1]
    found = histogram.of(values).quantile(share)
    assert found is not None
    assert abs(found - exact) <= 0.05 * exact


@given(latencies, latencies)
def test_merging_is_counting_all_at_once(some: list[int], others: list[int]) -> None:
    assert histogram.merged([histogram.of(some), histogram.of(others)]) == histogram.of(some + others)


@given(latencies)
def test_bytes_give_the_histogram_back(values: list[int]) -> None:
    made = histogram.of(values)
    assert histogram.load(histogram.dump(made)) == made
    assert made.total == len(values)


def test_an_empty_histogram_has_no_quantile_and_no_bytes() -> None:
    assert Histogram().quantile(0.5) is None
    assert histogram.dump(Histogram()) == b""
    assert histogram.load(b"") == Histogram()


def test_latencies_below_a_microsecond_count_as_the_smallest() -> None:
    assert histogram.of([0, 1]).total == 2
    assert histogram.of([0]).quantile(0.5) == histogram.of([1]).quantile(0.5)


def test_an_hour_of_similar_latencies_takes_few_bytes() -> None:
    assert len(histogram.dump(histogram.of([50_000 + 400 * n for n in range(60)]))) <= 16
