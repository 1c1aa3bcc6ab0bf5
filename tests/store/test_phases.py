"""Phases over time agree with the results that were stored, wherever these lie."""

from datetime import timedelta
from pathlib import Path

import pytest

from asura.domain.result import Phases, Result
from asura.store import retention, series
from asura.store.retention import Retention
from tests.store.kit import START, add_monitors, after, append, opened, pack_all, up


def made(monitor_id: int, hours: int, *, minutes: int = 10) -> list[Result]:
    return [
        up(monitor_id, after(minutes=minute), phases=Phases(dns=1.0, ttfb=10.0 + minute // 60), region=region)
        for minute in range(0, hours * 60, minutes)
        for region in ("local", "eu-west")
    ]


@pytest.mark.parametrize("packed", [0, 30, 999], ids=["memory", "both", "blobs"])
async def test_phases_come_from_memory_and_blobs_alike(tmp_path: Path, packed: int) -> None:
    async with opened(tmp_path) as store:
        first, second = await add_monitors(store, 2)
        await append(store, *made(first, 72), *made(second, 1))
        await pack_all(store, after(hours=packed))
        for step in (1800, 3600, 6 * 3600):
            points = await series.series(store, first, START, after(hours=72), step, with_phases=True)
            assert len(points) == 72 * 3600 // step
            for number, point in enumerate(points):
                hours = range(number * step // 3600, max((number + 1) * step // 3600, number * step // 3600 + 1))
                expected = sum(10.0 + hour for hour in hours) / len(hours)
                assert point["phases"].ttfb == pytest.approx(expected, rel=0.04)
                assert (point["phases"].dns, point["phases"].tls) == (pytest.approx(1.0, rel=0.04), None)
        regional = await series.series(store, first, START, after(hours=2), 3600, "nowhere", with_phases=True)
        assert [point["phases"] for point in regional] == [None, None]


async def test_points_have_no_phases_unless_asked_for(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        (one,) = await add_monitors(store, 1)
        await append(store, *made(one, 2))
        assert "phases" not in (await series.series(store, one, START, after(hours=2), 3600))[0]


async def test_phases_end_where_results_are_no_longer_kept(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        (one,) = await add_monitors(store, 1)
        await append(store, *made(one, 72))
        await pack_all(store, after(hours=99))
        keep = Retention(raw_days=1)
        while await store.write(lambda db: retention.sweep(db, after(hours=72), keep)):
            pass
        points = await series.series(store, one, START, after(hours=72), 6 * 3600, with_phases=True)
        assert [point["phases"] is None for point in points] == [True] * 8 + [False] * 4
        assert all(point["checks"] == 72 for point in points)


async def test_of_a_long_stretch_some_hours_speak_for_all(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        (one,) = await add_monitors(store, 1)
        hours = 60 * 24
        await append(store, *(up(one, START + timedelta(hours=n), phases=Phases(dns=5.0)) for n in range(hours)))
        await pack_all(store, after(hours=hours + 1))
        points = await series.series(store, one, START, after(hours=hours), 12 * 3600, with_phases=True)
        assert len(points) == 120
        assert {round(point["phases"].dns) for point in points} == {5}


async def test_regions_are_those_with_results_packed_or_not(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        first, second = await add_monitors(store, 2)
        await append(store, up(first, START, region="eu-west"))
        await pack_all(store, after(hours=2))
        await append(store, up(first, after(hours=2), region="local"), up(second, after(hours=2), region="us"))
        now = after(hours=2, minutes=1)
        assert await series.regions(store, first, now) == ["eu-west", "local"]
        assert await series.regions(store, second, now) == ["us"]
        assert await series.regions(store, 99, now) == []
