"""Regions that are silent have one open gap each, with its reason, and none once they speak again."""

from pathlib import Path

from asura.domain.consensus import Silence
from asura.engine.region_gaps import RegionGaps, Silenced
from asura.store.db import Store
from tests.engine.calling import OPTIONS, settled
from tests.engine.kit import rows
from tests.store.kit import after, opened
from tests.world import world

OFFLINE, BLIND = Silence.OFFLINE, Silence.BLIND


async def stored(store: Store) -> list[tuple[str, str, int, int | None]]:
    """Return region, reason, begin and end of each, in minutes."""
    start = round(after().timestamp() * 1000)
    found = await rows(store, "SELECT region, reason, from_at, to_at FROM gaps ORDER BY id")
    return [
        (region, reason, (from_at - start) // 60_000, None if to_at is None else (to_at - start) // 60_000)
        for region, reason, from_at, to_at in found
    ]


async def test_a_gap_lasts_as_long_as_its_region_is_silent(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        gaps = RegionGaps(store)
        await gaps.start({}, after())
        before = store.stats()["changes"]
        await gaps.keep({}, after(minutes=1))
        assert store.stats()["changes"] == before
        silent = {"eu": Silenced(OFFLINE, after(minutes=2)), "us": Silenced(BLIND, after(minutes=3))}
        await gaps.keep(silent, after(minutes=3))
        # The same is said again: nothing is written, and it does not begin anew.
        before = store.stats()["changes"]
        await gaps.keep({"eu": Silenced(OFFLINE, after(minutes=9)), "us": silent["us"]}, after(minutes=9))
        assert store.stats()["changes"] == before
        await gaps.keep({"us": silent["us"]}, after(minutes=10))
        assert await stored(store) == [("eu", "region_offline", 2, 10), ("us", "region_blind", 3, None)]
        await gaps.keep({"eu": Silenced(OFFLINE, after(minutes=11))}, after(minutes=12))
        assert await stored(store) == [
            ("eu", "region_offline", 2, 10),
            ("us", "region_blind", 3, 12),
            ("eu", "region_offline", 11, None),
        ]


async def test_another_reason_is_another_gap_from_then_on(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        gaps = RegionGaps(store)
        await gaps.keep({"eu": Silenced(BLIND, after(minutes=1))}, after(minutes=1))
        # It was heard for the last time before it was known to be gone: until then it was blind.
        await gaps.keep({"eu": Silenced(OFFLINE, after(minutes=4))}, after(minutes=5))
        assert await stored(store) == [("eu", "region_blind", 1, 5), ("eu", "region_offline", 5, None)]


async def test_no_gap_begins_in_the_future(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await RegionGaps(store).keep({"eu": Silenced(OFFLINE, after(minutes=9))}, after(minutes=5))
        assert await stored(store) == [("eu", "region_offline", 5, None)]


async def test_a_start_ends_what_was_open_and_begins_anew_with_those_that_are_silent_still(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        silent = {region: Silenced(OFFLINE, after(minutes=1)) for region in ("eu", "us")}
        await RegionGaps(store).keep(silent, after(minutes=1))
        fresh = RegionGaps(store)
        await fresh.start({"us": Silenced(OFFLINE, after(minutes=1))}, after(minutes=5))
        assert await stored(store) == [
            ("eu", "region_offline", 1, 5),
            ("us", "region_offline", 1, 5),
            ("us", "region_offline", 5, None),
        ]
        await fresh.keep({}, after(minutes=6))
        assert (await stored(store))[-1] == ("us", "region_offline", 5, 6)


async def test_the_gap_of_a_region_that_has_no_probe_any_more_ends(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        (eu,) = await settled(w, "eu/hetzner")
        await w.advance(25)
        await w.engine.probes.delete(eu.probe.id)
        query = "SELECT reason, to_at IS NULL FROM gaps WHERE region = 'eu'"
        assert await rows(w.store, query) == [("region_offline", 1)]
        # The process ends before it could write that down.
        await w.close()
        w.clock.turn(30)
        await w.start()
        assert await rows(w.store, query) == [("region_offline", 0)]
