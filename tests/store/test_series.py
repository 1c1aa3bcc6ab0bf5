"""Figures over time are the same whether they come from memory, from blobs or from rollups."""

import math
import random
from datetime import timedelta
from pathlib import Path

import pytest

from asura.domain.result import Result
from asura.domain.status import Finding, Status
from asura.errors import Invalid
from asura.store import retention, spans
from asura.store.db import Store
from asura.store.retention import Retention
from asura.store.series import series
from tests.store.kit import START, add_monitor, add_monitors, after, append, down, opened, pack_all, up


def made(monitor_id: int, hours: int, *, minutes: int = 3) -> list[Result]:
    chance = random.Random(monitor_id)
    found = []
    for minute in range(0, hours * 60, minutes):
        region = chance.choice(["local", "eu-west"])
        at = after(minutes=minute)
        if chance.random() < 0.1:
            found.append(down(monitor_id, at, region=region, latency_ms=9999.0, counted=chance.random() < 0.5))
        else:
            found.append(up(monitor_id, at, latency_ms=chance.randrange(10_000, 90_000) / 1000, region=region))
    return found


def expected(results: list[Result], first: int, last: int) -> tuple[int, int, float | None, float | None]:
    inside = [one for one in results if after(minutes=first) <= one.at < after(minutes=last)]
    counted = [one for one in inside if one.counted]
    latencies = sorted(one.latency_ms for one in inside if one.latency_ms and one.finding is Finding.UP)
    failures = sum(one.finding is Finding.DOWN for one in counted)
    if not latencies:
        return len(counted), failures, None, None
    p95 = latencies[math.ceil(0.95 * len(latencies)) - 1]
    return len(counted), failures, sum(latencies) / len(latencies), p95


def agree(points: list[dict], results: list[Result], step: int) -> None:
    for number, point in enumerate(points):
        checks, failures, average, p95 = expected(results, number * step, (number + 1) * step)
        assert point["at"] == after(minutes=number * step)
        assert (point["checks"], point["failures"]) == (checks, failures)
        assert point["avg_ms"] == (None if average is None else pytest.approx(average, abs=0.001))
        assert point["p95_ms"] == (None if p95 is None else pytest.approx(p95, rel=0.05))
        assert (point["p50_ms"] is None) == (point["p99_ms"] is None) == (average is None)


async def points_of(store: Store, monitor_id: int, hours: int, step: int, region: str | None = None) -> list[dict]:
    return await series(store, monitor_id, START, after(hours=hours), timedelta(minutes=step), region)


@pytest.mark.parametrize("packed", [0, 13, 99], ids=["memory", "both", "blobs"])
@pytest.mark.parametrize("step", [5, 60, 120])
async def test_short_ranges_are_exact_in_every_state_of_packing(tmp_path: Path, packed: int, step: int) -> None:
    async with opened(tmp_path) as store:
        first, second = await add_monitors(store, 2)
        results = made(first, 24)
        await append(store, *results, *made(second, 24))
        await pack_all(store, after(hours=packed))
        points = await points_of(store, first, 26, step)
        assert len(points) == 26 * 60 // step
        agree(points, results, step)
        regional = [one for one in results if one.region == "eu-west"]
        agree(await points_of(store, first, 26, step, "eu-west"), regional, step)
        assert sum(point["checks"] for point in await points_of(store, first, 26, step, "nowhere")) == 0


@pytest.mark.parametrize("packed", [0, 70, 999], ids=["memory", "both", "rollups"])
@pytest.mark.parametrize("step", [60, 360, 1440])
async def test_long_ranges_agree_from_rollups(tmp_path: Path, packed: int, step: int) -> None:
    async with opened(tmp_path) as store:
        monitor = await add_monitor(store)
        results = made(monitor.id, 120, minutes=6)
        await append(store, *results)
        await pack_all(store, after(hours=packed))
        agree(await points_of(store, monitor.id, 120, step), results, step)
        regional = [one for one in results if one.region == "local"]
        agree(await points_of(store, monitor.id, 120, step, "local"), regional, step)


async def test_hours_and_days_outlive_the_results_themselves(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        monitor = await add_monitor(store)
        results = made(monitor.id, 48)
        await append(store, *results)
        await pack_all(store, after(hours=60))
        keep = Retention(raw_days=30)
        while await store.write(lambda db: retention.sweep(db, after(days=40), keep)):
            pass
        agree(await points_of(store, monitor.id, 48, 60), results, 60)
        agree(await points_of(store, monitor.id, 48, 1440), results, 1440)
        assert sum(point["checks"] for point in await points_of(store, monitor.id, 2, 5)) == 0


async def test_up_ratio_is_weighted_by_time(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        monitor = await add_monitor(store)
        for status, minute in ((Status.UP, 0), (Status.DOWN, 45), (Status.UP, 60), (Status.PAUSED, 120)):
            await store.write(lambda db, s=status, m=minute: spans.switch(db, monitor.id, "", s, "r", after(minutes=m)))
        points = await points_of(store, monitor.id, 3, 60)
        assert [point["up_ratio"] for point in points] == [0.75, 1.0, None]
        halves = await series(store, monitor.id, after(minutes=30), after(minutes=50), 1800)
        assert [point["up_ratio"] for point in halves] == [0.75]
        assert [point["at"] for point in halves] == [after(minutes=30)]


async def test_windows_are_cut_and_senseless_ones_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        monitor = await add_monitor(store)
        await append(store, *(up(monitor.id, after(minutes=n)) for n in range(60)))
        points = await series(store, monitor.id, after(minutes=7), after(minutes=33), timedelta(minutes=10))
        assert [point["checks"] for point in points] == [3, 10, 10, 3]
        for window in (
            (START, START, 60),
            (after(hours=1), START, 60),
            (START, after(hours=1), 0),
            (START, after(days=400), 60),
        ):
            with pytest.raises(Invalid):
                await series(store, monitor.id, *window)


async def test_late_results_change_what_is_rolled_up(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        monitor = await add_monitor(store)
        results = made(monitor.id, 72, minutes=6)
        late = results[5::7]
        await append(store, *(one for one in results if one not in late))
        await pack_all(store, after(hours=80))
        await append(store, *late)
        agree(await points_of(store, monitor.id, 72, 60), results, 60)
        await pack_all(store, after(hours=80))
        agree(await points_of(store, monitor.id, 72, 60), results, 60)
        agree(await points_of(store, monitor.id, 72, 1440), results, 1440)
