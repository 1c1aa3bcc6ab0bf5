"""Components: what they stand for, how they are, and how they were, as tables and against brute force."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.domain import component as components
from asura.domain import uptime
from asura.domain.component import IMPLICIT_FROM
from asura.domain.monitor import Monitor, MonitorConfig
from asura.domain.page import ComponentConfig, PageConfig
from asura.domain.post import ComponentStatus
from asura.domain.span import Span
from asura.domain.status import Status

START = datetime(2026, 3, 1, tzinfo=UTC)
WORST = ComponentConfig(id=1, tag="shop")
WEIGHTED = ComponentConfig(id=1, tag="shop", combine="weighted", weights={"1": 3, "2": 1})
UP, DOWN, LATE, DEGRADED = Status.UP, Status.DOWN, Status.LATE, Status.DEGRADED
PAUSED, UNKNOWN, PENDING, PLANNED, UNREACHABLE = (
    Status.PAUSED,
    Status.UNKNOWN,
    Status.PENDING,
    Status.MAINTENANCE,
    Status.UNREACHABLE,
)
CS = ComponentStatus


def monitor(id_: int, **config: object) -> Monitor:
    made = MonitorConfig(**({"name": f"m{id_}", "type": "http"} | config))
    return Monitor(
        id=id_, slug=f"m-{id_}", config=made, generation=1, managed_by=None, created_at=START, updated_at=START
    )


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


SHOP, API, MAIL = (
    monitor(3, group="Shop", tags=("eu", "web"), public=True),
    monitor(2, group="shop", tags=("eu",)),
    monitor(1, name="Mail", public=True),
)


@pytest.mark.parametrize(
    ("component", "expected"),
    [
        (ComponentConfig(monitor_id=2), (2,)),
        (ComponentConfig(monitor_id=99), ()),
        (ComponentConfig(monitor_group="Shop"), (3,)),
        (ComponentConfig(tag="eu"), (2, 3)),
        (ComponentConfig(), ()),
        (ComponentConfig(monitor_id=1, tag="eu"), (1,)),
    ],
    ids=["monitor", "a monitor that is gone", "group", "tag", "nothing", "the monitor counts first"],
)
def test_a_component_stands_for_a_monitor_or_for_all_of_a_group_or_a_tag(
    component: ComponentConfig, expected: tuple[int, ...]
) -> None:
    assert components.members(component, [SHOP, API, MAIL]) == expected


def test_a_page_of_everything_public_adds_each_other_public_monitor_by_group_and_name() -> None:
    own = ComponentConfig(id=7, name="Post", monitor_id=1)
    more = monitor(9, name="Blog", public=True)
    config = PageConfig(title="x", everything_public=True, components=(own,))
    found = components.components_of(config, [SHOP, API, MAIL, more])
    assert [(one.id, one.name, one.group) for one in found] == [
        (7, "Post", ""),
        (IMPLICIT_FROM + 9, "Blog", ""),
        (IMPLICIT_FROM + 3, "m3", "Shop"),
    ]
    assert components.members(found[2], [SHOP, API, MAIL]) == (3,)


def test_other_pages_show_what_is_configured_and_nothing_else() -> None:
    own = ComponentConfig(id=7, monitor_id=1)
    assert components.components_of(PageConfig(title="x", components=(own,)), [SHOP, API, MAIL]) == (own,)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([UP], CS.OPERATIONAL),
        ([DEGRADED], CS.DEGRADED),
        ([LATE], CS.DEGRADED),
        ([DOWN], CS.MAJOR_OUTAGE),
        ([UNREACHABLE], CS.MAJOR_OUTAGE),
        ([PLANNED], CS.MAINTENANCE),
        ([PAUSED], CS.UNKNOWN),
        ([PENDING], CS.UNKNOWN),
        ([UNKNOWN], CS.UNKNOWN),
        ([], CS.UNKNOWN),
        ([UP, UP], CS.OPERATIONAL),
        ([UP, DOWN], CS.MAJOR_OUTAGE),
        ([UP, LATE], CS.DEGRADED),
        ([UP, UNKNOWN], CS.UNKNOWN),
        ([DEGRADED, UNKNOWN], CS.DEGRADED),
        ([UP, PENDING], CS.OPERATIONAL),
        ([UP, PAUSED], CS.OPERATIONAL),
        ([PAUSED, PAUSED], CS.UNKNOWN),
        ([UP, PLANNED], CS.OPERATIONAL),
        ([PLANNED, PLANNED], CS.MAINTENANCE),
        ([PLANNED, UNKNOWN], CS.MAINTENANCE),
        ([PLANNED, PAUSED], CS.MAINTENANCE),
        ([PLANNED, DOWN], CS.MAJOR_OUTAGE),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else str(value),
)
def test_a_component_is_as_bad_as_its_worst_monitor(states: list[Status], expected: ComponentStatus) -> None:
    assert components.status_of(WORST, dict(enumerate(states, start=1))) is expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ({1: UP, 2: DOWN}, CS.PARTIAL_OUTAGE),
        ({1: DOWN, 2: UP}, CS.MAJOR_OUTAGE),
        ({2: UP, 3: DOWN}, CS.MAJOR_OUTAGE),
        ({1: UP, 2: LATE}, CS.DEGRADED),
        ({1: UP, 2: UNKNOWN}, CS.UNKNOWN),
        ({1: PAUSED, 2: DOWN}, CS.MAJOR_OUTAGE),
        ({1: UNKNOWN, 2: DOWN}, CS.PARTIAL_OUTAGE),
        ({1: PLANNED, 2: PLANNED}, CS.MAINTENANCE),
        ({1: UP, 2: UP}, CS.OPERATIONAL),
        ({1: DOWN}, CS.MAJOR_OUTAGE),
    ],
    ids=str,
)
def test_weights_say_how_much_of_a_component_is_out(states: dict[int, Status], expected: ComponentStatus) -> None:
    assert components.status_of(WEIGHTED, states) is expected


def test_what_weighs_nothing_says_nothing() -> None:
    component = ComponentConfig(tag="x", combine="weighted", weights={"1": 0})
    assert components.status_of(component, {1: DOWN, 2: UP}) is CS.OPERATIONAL


@pytest.mark.parametrize(
    ("state", "claimed", "expected"),
    [
        (UP, CS.MAJOR_OUTAGE, CS.MAJOR_OUTAGE),
        (DOWN, CS.DEGRADED, CS.MAJOR_OUTAGE),
        (DOWN, CS.OPERATIONAL, CS.MAJOR_OUTAGE),
        (UP, CS.MAINTENANCE, CS.MAINTENANCE),
        (UNKNOWN, CS.OPERATIONAL, CS.UNKNOWN),
        (UNKNOWN, CS.PARTIAL_OUTAGE, CS.PARTIAL_OUTAGE),
        (UP, None, CS.OPERATIONAL),
    ],
    ids=str,
)
def test_what_people_say_counts_where_it_is_worse(
    state: Status, claimed: ComponentStatus | None, expected: ComponentStatus
) -> None:
    assert components.status_of(WORST, {1: state}, claimed) is expected


OK, OUT, PART, SLOW, PLAN, DARK = (
    CS.OPERATIONAL,
    CS.MAJOR_OUTAGE,
    CS.PARTIAL_OUTAGE,
    CS.DEGRADED,
    CS.MAINTENANCE,
    CS.UNKNOWN,
)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], "operational"),
        ([OK, OK], "operational"),
        ([OUT, OUT], "major_outage"),
        ([OUT, DARK], "major_outage"),
        ([OUT, OK], "partial_outage"),
        ([OUT, PLAN], "partial_outage"),
        ([PART, PART], "partial_outage"),
        ([SLOW, OK], "degraded"),
        ([SLOW, PLAN], "degraded"),
        ([PLAN, OK], "maintenance"),
        ([OK, DARK], "operational"),
        ([DARK, DARK], "unknown"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else str(value),
)
def test_a_page_is_out_when_all_that_is_known_is_out(statuses: list[ComponentStatus], expected: str) -> None:
    assert components.overall(statuses) == expected


@pytest.mark.parametrize(
    ("statuses", "impact", "expected"),
    [
        ([OK], "none", "operational"),
        ([OK], "minor", "degraded"),
        ([OK], "major", "partial_outage"),
        ([OK], "critical", "major_outage"),
        ([], "critical", "major_outage"),
        ([OUT], "minor", "major_outage"),
        ([DARK], "none", "unknown"),
    ],
    ids=str,
)
def test_an_incident_that_names_no_component_speaks_for_the_page(
    statuses: list[ComponentStatus], impact: str, expected: str
) -> None:
    assert components.overall(statuses, [impact]) == expected


def spans_of(monitor_id: int, *pieces: tuple[float, float | None, Status]) -> list[Span]:
    return [
        Span(monitor_id, "", status, "r", at(start), None if end is None else at(end)) for start, end, status in pieces
    ]


def test_the_spans_of_one_monitor_are_those_of_its_component() -> None:
    own = spans_of(4, (0, 5, UP), (5, None, PAUSED))
    assert components.merged(ComponentConfig(monitor_id=4), {4: own}) == own


def test_spans_of_several_are_the_worst_at_each_instant() -> None:
    found = components.merged(
        WORST,
        {1: spans_of(1, (0, 10, UP), (10, 20, DOWN), (20, None, UP)), 2: spans_of(2, (5, 15, UP), (17, 25, LATE))},
    )
    assert [(span.from_at, span.to_at, span.status) for span in found] == [
        (at(0), at(10), UP),
        (at(10), at(20), DOWN),
        (at(20), at(25), LATE),
        (at(25), None, UP),
    ]


STATES = st.sampled_from(list(Status))
HISTORY = st.lists(st.tuples(st.integers(1, 9), st.none() | STATES), min_size=0, max_size=8)


def history(monitor_id: int, pieces: list[tuple[int, Status | None]]) -> list[Span]:
    found, begin = [], 0
    for length, state in pieces:
        if state is not None:
            found.append(Span(monitor_id, "", state, "r", at(begin), at(begin + length)))
        begin += length
    return found


@given(st.lists(HISTORY, min_size=2, max_size=4), st.sampled_from([WORST, WEIGHTED]))
def test_merged_spans_say_at_each_instant_what_the_states_of_that_instant_say(
    histories: list[list[tuple[int, Status | None]]], component: ComponentConfig
) -> None:
    spans = {id_: history(id_, pieces) for id_, pieces in enumerate(histories, start=1)}
    found = components.merged(component, spans)
    for minute in range(80):
        instant = at(minute + 0.5)
        states = {
            id_: span.status
            for id_, own in spans.items()
            for span in own
            if span.from_at <= instant < (span.to_at or at(999))
        }
        expected = components.combination(component, states)
        holding = [span.status for span in found if span.from_at <= instant < (span.to_at or at(999))]
        assert holding == ([] if expected is None else [expected])


@given(st.dictionaries(st.integers(1, 5), STATES, max_size=5), st.sampled_from([WORST, WEIGHTED]))
def test_a_component_is_operational_only_where_something_is_seen_to_work(
    states: dict[int, Status], component: ComponentConfig
) -> None:
    found = components.status_of(component, states)
    if found is CS.OPERATIONAL:
        assert UP in states.values()
        assert UNKNOWN not in states.values() or component.combine == "weighted"
    if UP not in states.values() and not set(states.values()) & {DOWN, UNREACHABLE, LATE, DEGRADED}:
        assert found in (CS.UNKNOWN, CS.MAINTENANCE)


@given(st.lists(st.sampled_from(list(CS)), min_size=1, max_size=6), st.sampled_from(list(CS)))
def test_a_page_never_looks_better_for_one_more_thing_that_is_wrong(
    statuses: list[ComponentStatus], more: ComponentStatus
) -> None:
    order = ["operational", "maintenance", "degraded", "partial_outage", "major_outage"]
    before, after = components.overall(statuses), components.overall([*statuses, more])
    if before in ("operational", "maintenance", "degraded") and more in (SLOW, PART, OUT):
        assert order.index(after) >= order.index(before)


def test_weighted_seconds_are_the_average_over_those_that_were_there() -> None:
    parts = {1: {"up": 60.0}, 2: {"up": 20.0, "down": 40.0}, 3: {"no_data": 60.0}}
    found = components.weighted_seconds(WEIGHTED, parts)
    assert found == {"up": 50.0, "down": 10.0}
    assert uptime.ratio(found) == pytest.approx(5 / 6)
    assert components.weighted_seconds(WEIGHTED, {}) == {}
