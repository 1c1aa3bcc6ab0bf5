"""Stored spans obey the same rule as spans in memory, and are read with our own gaps applied."""

import asyncio
import itertools
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from asura.clock import SystemClock
from asura.domain import uptime
from asura.domain.span import Span, switched
from asura.domain.status import Status
from asura.store import gaps, spans
from asura.store.db import Store
from tests.store.kit import START, after, opened

Moves = list[tuple[tuple[int, str], int, Status, str]]
KEYS = [(1, ""), (1, "eu-west"), (2, "")]
moves = st.lists(
    st.tuples(
        st.sampled_from(KEYS),
        st.integers(0, 300),
        st.sampled_from(list(Status)[:4]),
        st.sampled_from(["ok", "timeout"]),
    ),
    max_size=15,
)


async def switch(store: Store, *switches: tuple[Status, int], region: str = "") -> None:
    for status, minute in switches:
        await store.write(lambda db, s=status, m=minute: spans.switch(db, 1, region, s, "r", after(minutes=m)))


async def read(store: Store, first: int, last: int, **other: object) -> list[tuple[str, int, int]]:
    async with store.read() as reader:
        found = await spans.read(reader, 1, after(minutes=first), after(minutes=last), **other)
    return [(one.status.value, minute(one.from_at), minute(one.to_at)) for one in found]


def minute(at: datetime | None) -> int:
    assert at is not None
    return (at - START) // timedelta(minutes=1)


def test_switches_in_the_database_fold_like_switches_in_memory(tmp_path: Path) -> None:
    """One store for all examples; each has monitors of its own."""
    used = itertools.count(1)
    with asyncio.Runner() as runner:
        store = runner.run(open_now(tmp_path))

        @settings(max_examples=60, deadline=None)
        @given(moves, st.integers(0, 300), st.integers(0, 300))
        def check(made: Moves, first: int, second: int) -> None:
            base = next(used) * 10
            low, high = after(minutes=min(first, second)), after(minutes=max(first, second))
            runner.run(
                fold_and_compare(store, [((base + one, region), *rest) for (one, region), *rest in made], low, high)
            )

        try:
            check()
        finally:
            runner.run(store.close())


async def open_now(folder: Path) -> Store:
    return Store.open(folder, clock=SystemClock())


async def fold_and_compare(store: Store, made: Moves, low: datetime, high: datetime) -> None:
    model: dict[tuple[int, str], list[Span]] = {}
    for (monitor_id, region), at, status, reason in made:
        span = Span(monitor_id, region, status, reason, after(minutes=at))
        model[(monitor_id, region)] = switched(model.get((monitor_id, region), []), span)
        await store.write(lambda db, s=span: spans.switch(db, s.monitor_id, s.region, s.status, s.reason, s.from_at))
    mine = {key[0] for key in model}

    def of_mine(found: list[Span]) -> list[Span]:
        return [span for span in found if span.monitor_id in mine]

    everything = [span for key in sorted(model) for span in model[key]]
    assert of_mine(await store.write(lambda db: spans.recent(db, START - timedelta(days=1)))) == everything
    assert of_mine(await store.write(spans.open_spans)) == [span for span in everything if span.to_at is None]
    late = [span for span in everything if span.to_at is None or span.to_at > low]
    assert of_mine(await store.write(lambda db: spans.recent(db, low))) == late
    async with store.read() as reader:
        for (monitor_id, region), expected in model.items():
            lengths = uptime.seconds(await spans.read(reader, monitor_id, low, high, region), low, high)
            assert lengths == uptime.seconds(expected, low, high)
            assert sum(lengths.values()) == (high - low).total_seconds()


async def test_a_window_is_cut_out_and_the_open_span_ends_with_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await switch(store, (Status.UP, 0), (Status.DOWN, 10), (Status.UP, 12))
        assert await read(store, 5, 20) == [("up", 5, 10), ("down", 10, 12), ("up", 12, 20)]
        assert await read(store, 11, 12) == [("down", 11, 12)]
        assert await read(store, -20, -10) == []
        assert await read(store, 0, 5, region="eu-west") == []


async def test_back_dating_cuts_and_deletes_what_it_overlaps(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await switch(store, (Status.UP, 0), (Status.DEGRADED, 10), (Status.UP, 20), (Status.DOWN, 7))
        assert await read(store, 0, 30) == [("up", 0, 7), ("down", 7, 30)]


async def test_regions_do_not_touch_each_other(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await switch(store, (Status.UP, 0))
        await switch(store, (Status.DOWN, 5), region="eu-west")
        assert await read(store, 0, 10) == [("up", 0, 10)]
        assert await read(store, 0, 10, region="eu-west") == [("down", 5, 10)]


async def test_our_gaps_are_applied_where_a_check_was_due(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await switch(store, (Status.UP, 0))
        for first, last in ((10, 12), (20, 40)):
            gap = await store.write(lambda db, m=first: gaps.begin(db, after(minutes=m), "own_stall"))
            await store.write(lambda db, g=gap, m=last: gaps.end(db, g, after(minutes=m)))
        assert await read(store, 0, 60) == [
            ("up", 0, 10),
            ("unknown", 10, 12),
            ("up", 12, 20),
            ("unknown", 20, 40),
            ("up", 40, 60),
        ]
        assert await read(store, 0, 60, due=lambda gap: gap.to_at - gap.from_at > timedelta(minutes=5)) == [
            ("up", 0, 20),
            ("unknown", 20, 40),
            ("up", 40, 60),
        ]


async def test_a_region_lies_under_the_maintenance_of_the_whole_and_under_its_own_gaps(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await switch(store, (Status.UP, 0), (Status.MAINTENANCE, 10), (Status.UP, 20))
        await switch(store, (Status.UP, 0), (Status.DOWN, 15), region="eu-west")
        gap = await store.write(lambda db: gaps.begin(db, after(minutes=30), "region_offline", "eu-west"))
        await store.write(lambda db: gaps.end(db, gap, after(minutes=40)))
        assert await read(store, 0, 50, region="eu-west") == [
            ("up", 0, 10),
            ("maintenance", 10, 20),
            ("down", 20, 30),
            ("unknown", 30, 40),
            ("down", 40, 50),
        ]
        assert await read(store, 0, 50) == [("up", 0, 10), ("maintenance", 10, 20), ("up", 20, 50)]
