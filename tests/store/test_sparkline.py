"""Sixty averages of the last day, from memory and rollups alike."""

from pathlib import Path

import pytest

from asura.store import results
from tests.store.kit import add_monitors, after, append, down, opened, pack_all, up


@pytest.mark.parametrize("packed", [0, 12, 99], ids=["memory", "both", "rollups"])
async def test_cells_hold_the_average_of_their_24_minutes(tmp_path: Path, packed: int) -> None:
    async with opened(tmp_path) as store:
        slow, quiet, idle = await add_monitors(store, 3)
        for minute in range(0, 48 * 60, 4):
            cell = minute // 24
            batch = [up(slow, after(minutes=minute), latency_ms=10.0 + cell)]
            if minute % 240 == 0:
                batch.append(up(quiet, after(minutes=minute), latency_ms=7.0))
            batch.append(down(idle, after(minutes=minute), latency_ms=5000.0))
            await append(store, *batch)
        await pack_all(store, after(hours=24 + packed))
        now = after(hours=47, minutes=59)
        found = await results.sparkline(store, [slow, quiet, idle, 99], now)
        assert set(found) == {slow, quiet, idle, 99}
        assert all(len(cells) == 60 for cells in found.values())
        assert found[slow] == [pytest.approx(10.0 + cell, rel=0.04) for cell in range(60, 120)]
        assert [cell is None for cell in found[quiet]] == [cell % 10 != 0 for cell in range(60, 120)]
        assert found[idle] == found[99] == [None] * 60


async def test_no_monitors_no_cells(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        assert await results.sparkline(store, [], after(hours=1)) == {}
