"""Response times of whole days: sums and counts over all regions, cut where the days of a zone begin."""

from datetime import timedelta
from pathlib import Path

from asura.store import response_times
from tests.store import kit
from tests.store.kit import START, after, up


async def test_response_times_belong_to_the_stretch_in_which_their_hour_begins(tmp_path: Path) -> None:
    async with kit.opened(tmp_path) as store:
        shop, other = await kit.add_monitors(store, 2)
        await kit.append(
            store,
            up(shop, after(hours=1), latency_ms=10.0),
            up(shop, after(hours=1, minutes=5), latency_ms=20.0, region="eu"),
            up(shop, after(hours=4), latency_ms=40.0),
            kit.down(shop, after(hours=4, minutes=1), latency_ms=9_000.0),
            up(other, after(hours=4), latency_ms=500.0),
            up(shop, after(hours=8), latency_ms=70.0),
        )
        await kit.pack_all(store, after(hours=12))
        starts = [after(hours=hours) for hours in (1, 3, 5)]
        async with store.read() as reader:
            found = await response_times.daily(reader, shop, starts, after(hours=7))
            nothing = await response_times.daily(reader, shop, [], START)
            before = await response_times.daily(reader, shop, [START - timedelta(days=1)], START)
        assert found == [(30_000, 2), (40_000, 1), (0, 0)]
        assert (nothing, before) == ([], [(0, 0)])
