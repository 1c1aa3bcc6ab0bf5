"""What each region found in a day: the same from memory, blobs and rollups, to the check."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from asura.domain.result import Result
from asura.domain.status import Finding, Status
from asura.store import rollups, spans
from asura.store.db import Store
from asura.store.regional import Seen, seen
from tests.store.kit import START, add_monitor, add_monitors, after, append, down, opened, pack_all, up

REGIONS = ("eu-west", "local", "us-east")


def made(monitor_id: int, hours: int) -> list[Result]:
    found = []
    for number in range(hours * 12):
        at = after(minutes=5 * number)
        for place, region in enumerate(REGIONS[:2]):
            if (number + place) % 10:
                found.append(up(monitor_id, at, region=region, latency_ms=10.0 + number % 50 + 100 * place))
            else:
                found.append(down(monitor_id, at, region=region, latency_ms=9999.0, counted=number % 20 > 0))
    return found


async def day(store: Store, monitor_id: int, now: datetime) -> dict[str, Seen]:
    return await seen(store, monitor_id, REGIONS, now - timedelta(days=1), now, due={})


@pytest.mark.parametrize("packed", [0, 13, 99], ids=["memory", "both", "blobs"])
@pytest.mark.parametrize("minutes", [0, 25, 60], ids=["whole", "within", "next"])
async def test_figures_are_exact_in_every_state_of_packing(tmp_path: Path, packed: int, minutes: int) -> None:
    async with opened(tmp_path) as store:
        first, second = await add_monitors(store, 2)
        results = made(first, 30)
        await append(store, *results, *made(second, 30))
        await pack_all(store, after(hours=packed))
        now = after(hours=26, minutes=minutes)
        found = await day(store, first, now)
    for region in REGIONS:
        inside = [one for one in results if one.region == region and now - timedelta(days=1) <= one.at < now]
        counted = [one for one in inside if one.counted]
        answered = [one.latency_ms for one in inside if one.finding is Finding.UP and one.latency_ms]
        figures = found[region].figures
        assert figures.checks == len(counted), region
        assert figures.failures == sum(one.finding is Finding.DOWN for one in counted)
        assert figures.latency_us == round(1000 * sum(answered))
        assert figures.histogram.total == len(answered)
    assert found["us-east"].figures == rollups.NOTHING


async def test_spans_are_those_of_each_region_and_only_of_whom_they_are_wanted(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        monitor = await add_monitor(store)

        def change(db: sqlite3.Connection) -> None:
            for region, status in (("eu-west", Status.DOWN), ("local", Status.UP), ("", Status.UP)):
                spans.switch(db, monitor.id, region, status, "ok", START)

        await store.write(change)
        due = dict.fromkeys(("eu-west", "local"), lambda gap: True)
        found = await seen(store, monitor.id, REGIONS, START, after(hours=2), due=due)
    lines = {region: [(one.status, one.from_at) for one in found[region].spans] for region in REGIONS}
    assert lines == {"eu-west": [(Status.DOWN, START)], "local": [(Status.UP, START)], "us-east": []}
