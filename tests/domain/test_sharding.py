"""How the monitors of a region are divided among its probes."""

import os
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asura.domain.sharding import owner, shares

MONITORS = range(1, 10_001)
FEW = range(1, 201)
FEWER = settings(deadline=None, max_examples=50)
PROBES = st.lists(st.integers(1, 10_000), min_size=1, max_size=8, unique=True)


def owners(monitors: range, probes: list[int]) -> dict[int, int]:
    return {monitor: probe for probe, mine in shares(monitors, probes).items() for monitor in mine}


@FEWER
@given(PROBES)
def test_every_monitor_has_exactly_one_owner(probes: list[int]) -> None:
    divided = shares(FEW, probes)
    assert set(divided) == set(probes)
    assert sorted(monitor for mine in divided.values() for monitor in mine) == list(FEW)


@FEWER
@given(PROBES)
def test_both_ways_to_ask_agree_whatever_the_order(probes: list[int]) -> None:
    expected = owners(FEW, probes)
    assert {monitor: owner(monitor, probes) for monitor in FEW} == expected
    assert {monitor: owner(monitor, probes[::-1]) for monitor in FEW} == expected
    assert {monitor: owner(monitor, [*probes, *probes]) for monitor in FEW} == expected


def test_without_probes_nobody_is_the_owner() -> None:
    assert owner(1, []) is None
    assert shares(FEW, []) == {}


def test_a_probe_alone_has_everything() -> None:
    assert shares(FEW, [7]) == {7: list(FEW)}


@FEWER
@given(PROBES, st.data())
def test_when_a_probe_goes_only_its_monitors_move(probes: list[int], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(probes))
    before = owners(FEW, probes)
    after = owners(FEW, [probe for probe in probes if probe != gone])
    assert all(after[monitor] == before[monitor] for monitor in after if before[monitor] != gone)


@FEWER
@given(PROBES, st.integers(10_001, 20_000))
def test_when_a_probe_comes_monitors_move_to_it_alone(probes: list[int], new: int) -> None:
    before, after = owners(FEW, probes), owners(FEW, [*probes, new])
    assert {after[monitor] for monitor in FEW if after[monitor] != before[monitor]} <= {new}


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
def test_a_new_probe_takes_its_share_and_not_more(count: int) -> None:
    before, after = owners(MONITORS, list(range(1, count + 1))), owners(MONITORS, list(range(1, count + 2)))
    moved = sum(before[monitor] != after[monitor] for monitor in MONITORS)
    assert moved == pytest.approx(len(MONITORS) / (count + 1), rel=0.07)


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6, 7])
def test_ten_thousand_monitors_are_divided_within_5_percent(count: int) -> None:
    divided = shares(MONITORS, range(1, count + 1))
    assert [len(mine) for mine in divided.values()] == pytest.approx([len(MONITORS) / count] * count, rel=0.05)


@pytest.mark.parametrize("gone", [1, 2, 3, 4, 5])
def test_what_a_probe_leaves_behind_is_spread_over_all_others(gone: int) -> None:
    left = shares(MONITORS, range(1, 6))[gone]
    divided = shares(left, [probe for probe in range(1, 6) if probe != gone])
    assert [len(mine) for mine in divided.values()] == pytest.approx([len(left) / 4] * 4, rel=0.12)


def test_monitors_in_a_row_and_monitors_far_apart_are_divided_alike() -> None:
    for ids in (range(1, 4001), range(5, 40_001, 10), range(1_000_000, 1_004_000), range(64, 256_064, 64)):
        assert [len(mine) for mine in shares(ids, [3, 14, 15]).values()] == pytest.approx([4000 / 3] * 3, rel=0.08)


def test_the_division_is_the_same_for_ever() -> None:
    """A version that divided otherwise would have half of the monitors checked twice, or by nobody, for a while."""
    assert "".join(str(owner(monitor, [1, 2, 3, 4, 5])) for monitor in range(1, 41)) == RECORDED
    command = "from asura.domain.sharding import owner; print(*(owner(n, [1,2,3,4,5]) for n in range(1, 41)), sep='')"
    for seed in ("0", "1"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        said = subprocess.run([sys.executable, "-c", command], env=environment, capture_output=True, text=True)
        assert said.stdout.strip() == RECORDED


def test_ids_of_any_size_are_divided() -> None:
    assert {owner(monitor, [1, 2**63 - 1]) for monitor in (0, 1, 5, 2**31, 2**53, 2**63 - 1)} <= {1, 2**63 - 1}


def test_dividing_60000_monitors_among_5_probes_costs_little() -> None:
    spent = []
    for _ in range(5):
        began = time.process_time()
        shares(range(1, 60_001), range(1, 6))
        spent.append(time.process_time() - began)
    assert min(spent) < 0.2


RECORDED = "5325142341233544245324144132112215312425"
