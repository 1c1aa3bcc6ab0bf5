"""Who checks a monitor, how many of them must agree, and for how long a report counts."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.domain import cadence
from asura.domain.heartbeat import HEARTBEAT
from asura.domain.monitor import MonitorConfig
from asura.domain.region import LOCAL, REGION, Electorate, RegionRule, electorate, freshness
from tests.domain.consensus_cases import FRESH, PAGE

KNOWN = ("eu-west", "us-east")
RULE = RegionRule()


def monitor(*regions: str, consensus: int | None = None, **more: float) -> MonitorConfig:
    return MonitorConfig(name="Shop", type="http", regions=regions, consensus=consensus, **more)


@pytest.mark.parametrize(
    ("listed", "known", "local", "regions"),
    [
        pytest.param((), (), True, (LOCAL,), id="no probe: the primary alone"),
        pytest.param((), KNOWN, True, (LOCAL, "eu-west", "us-east"), id="the primary, and every region with a probe"),
        pytest.param((), KNOWN, False, KNOWN, id="every region with a probe, when the primary does not check"),
        pytest.param((), (), False, (), id="nobody, when it does not and there is no probe"),
        pytest.param(("us-east",), KNOWN, True, ("us-east",), id="only the one that is listed"),
        pytest.param(("us-east", LOCAL), KNOWN, True, ("us-east", LOCAL), id="those that are listed, in their order"),
        pytest.param((LOCAL,), KNOWN, True, (LOCAL,), id="the primary, by list"),
        pytest.param((LOCAL, "us-east"), KNOWN, False, ("us-east",), id="not the primary, even by list"),
        pytest.param((LOCAL,), KNOWN, False, (), id="nobody, when it is the only one listed"),
        pytest.param(("mars",), KNOWN, True, ("mars",), id="a region that has no probe is one that is silent"),
        pytest.param(("eu-west", "eu-west"), KNOWN, True, ("eu-west",), id="each once"),
    ],
)
def test_who_checks_a_monitor(
    listed: tuple[str, ...], known: tuple[str, ...], local: bool, regions: tuple[str, ...]
) -> None:
    found = electorate(monitor(*listed), known, RegionRule(local=local))
    assert found.regions == regions
    assert found.several is (len(regions) > 1)
    assert found.elsewhere is (regions != (LOCAL,))


@pytest.mark.parametrize("local", [True, False])
def test_heartbeats_are_heard_by_the_primary_alone(local: bool) -> None:
    config = MonitorConfig(name="Backup", type=HEARTBEAT, regions=("eu-west",), consensus=1, interval=3600)
    found = electorate(config, KNOWN, RegionRule(local=local, quorum=2))
    assert (found.regions, found.quorum, found.several, found.elsewhere) == ((LOCAL,), 1, False, False)


@pytest.mark.parametrize(("regions", "most"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (7, 4)])
def test_most_regions_must_agree_when_nothing_is_said(regions: int, most: int) -> None:
    listed = tuple(f"r{number}" for number in range(regions))
    assert electorate(monitor(*listed), (), RULE).quorum == most


@pytest.mark.parametrize(
    ("consensus", "for_all", "quorum"),
    [
        pytest.param(None, 0, 2, id="nothing said: most of three"),
        pytest.param(None, 1, 1, id="said for all monitors"),
        pytest.param(None, 3, 3, id="all of three, for all monitors"),
        pytest.param(None, 9, 3, id="more than there are, for all monitors"),
        pytest.param(1, 3, 1, id="the monitor's own word"),
        pytest.param(3, 1, 3, id="the monitor's own word, higher"),
        pytest.param(5, 0, 3, id="more than there are, any more"),
    ],
)
def test_how_many_must_agree(consensus: int | None, for_all: int, quorum: int) -> None:
    assert electorate(monitor(consensus=consensus), KNOWN, RegionRule(quorum=for_all)).quorum == quorum


def test_where_nobody_checks_one_would_have_to_agree() -> None:
    assert electorate(monitor(LOCAL), (), RegionRule(local=False, quorum=3)) == Electorate((), 1, 132.0)


@given(
    st.lists(st.sampled_from([LOCAL, "a", "b", "c", "d"]), max_size=5),
    st.none() | st.integers(1, 50),
    st.integers(0, 50),
    st.booleans(),
)
def test_never_more_must_agree_than_there_are_and_never_none(
    listed: list[str], consensus: int | None, for_all: int, local: bool
) -> None:
    found = electorate(monitor(*listed, consensus=consensus), KNOWN, RegionRule(local=local, quorum=for_all))
    assert 1 <= found.quorum <= max(1, len(found.regions))
    assert len(set(found.regions)) == len(found.regions) and (local or LOCAL not in found.regions)


@pytest.mark.parametrize(
    ("config", "window", "seconds"),
    [
        pytest.param(monitor(), 30, 132, id="by default"),
        pytest.param(monitor(interval=300, retries=3), 30, 524, id="every 5 minutes with 3 retries"),
        pytest.param(monitor(retries=0), 30, 100, id="without retries"),
        pytest.param(monitor(retries=2), 30, 60 + 66 + 30 + 30, id="pauses double"),
        pytest.param(monitor(interval=5, timeout=1, retries=0), 1, 7, id="as short as can be"),
        pytest.param(monitor(), 3600, 3702, id="with a wide window"),
    ],
)
def test_for_how_long_a_report_counts(config: MonitorConfig, window: float, seconds: float) -> None:
    assert freshness(config, window) == pytest.approx(seconds)
    assert electorate(config, KNOWN, RegionRule(window=window)).fresh_s == pytest.approx(seconds)


@given(st.integers(0, 10), st.floats(0.1, 600), st.floats(5, 3600), st.floats(0.1, 60))
def test_a_report_counts_until_the_slowest_check_must_have_reported(
    retries: int, retry_interval: float, interval: float, timeout: float
) -> None:
    config = monitor(retries=retries, retry_interval=retry_interval, interval=interval, timeout=timeout)
    slowest = interval + timeout
    for attempt in range(retries):
        slowest += cadence.retry_delay(retry_interval, attempt, 1.0) + timeout
    assert freshness(config, 1.0) >= slowest + 0.999


def test_the_page_says_the_same_in_numbers() -> None:
    by_default, rare = re.findall(r"\*\*(\d+) s\*\*", PAGE.read_text("utf-8"))
    assert float(by_default) == freshness(monitor(), RULE.window) == FRESH / timedelta(seconds=1)
    assert float(rare) == pytest.approx(freshness(monitor(interval=300, retries=3), RULE.window))


def test_a_report_counts_for_years_at_most() -> None:
    config = monitor(interval=86_400, timeout=300, retries=10, retry_interval=3600)
    assert timedelta(seconds=freshness(config, 3600)) < timedelta(days=400)


@pytest.mark.parametrize("name", ["local", "eu-west", "EU.1", "a", "9", "a_b", "x" * 64])
def test_a_region_has_a_name_of_letters_and_digits(name: str) -> None:
    assert REGION.fullmatch(name)


@pytest.mark.parametrize("name", ["", "-a", ".a", "a b", "a/b", "é", "a\n", "x" * 65, "<b>"])
def test_other_names_are_none(name: str) -> None:
    assert not REGION.fullmatch(name)
