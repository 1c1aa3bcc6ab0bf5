"""Pages of results: each once, newest first, cut as asked."""

import random
from pathlib import Path

import pytest

from asura.domain.result import Result
from asura.domain.status import Finding
from asura.errors import Invalid
from asura.store import results
from tests.store.kit import add_monitors, after, append, opened, pack_all
from tests.store.told import by_time, everything, mixed, plain


async def test_paging_gives_each_result_once_in_every_state_of_packing(tmp_path: Path) -> None:
    chance = random.Random(8)
    async with opened(tmp_path) as store:
        ids = await add_monitors(store, 2)
        made = mixed(ids, chance, hours=10)
        await append(store, *made)
        for packed_hours in (0, 4, 20):
            await pack_all(store, after(hours=packed_hours))
            for limit in (1, 7, 50):
                seen: list[Result] = []
                cursor = None
                for _ in range(1000):
                    page, cursor = await results.page(store, ids[0], cursor=cursor, limit=limit)
                    assert len(page) <= limit
                    seen += page
                    if cursor is None:
                        break
                assert sorted(map(repr, plain(seen))) == sorted(map(repr, plain(by_time(made, ids[0]))))


async def test_a_page_can_be_cut_by_time_region_and_finding(tmp_path: Path) -> None:
    chance = random.Random(9)
    async with opened(tmp_path) as store:
        ids = await add_monitors(store, 1)
        made = mixed(ids, chance, hours=12)
        await append(store, *made)
        await pack_all(store, after(hours=6))
        low, high = after(hours=3, minutes=7), after(hours=9, minutes=14)
        inside = [one for one in made if low <= one.at < high]
        assert len(await everything(store, ids[0], from_at=low, to_at=high)) == len(inside)
        regional = await everything(store, ids[0], region="eu-west")
        assert len(regional) == sum(one.region == "eu-west" for one in made)
        failed = await everything(store, ids[0], findings={Finding.DOWN})
        assert len(failed) == sum(one.finding is Finding.DOWN for one in made)
        assert await everything(store, ids[0], region="nowhere") == []
        assert await everything(store, ids[0] + 1) == []
        with pytest.raises(Invalid, match="cursor"):
            await results.page(store, ids[0], cursor="nonsense")
