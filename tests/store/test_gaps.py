"""Our own gaps begin, end, and are found where they reach into a window."""

from pathlib import Path

from asura.domain.span import Gap
from asura.store import gaps
from tests.store.kit import after, opened


async def test_gaps_are_found_where_they_reach_into_the_window(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        assert await store.write(gaps.open_gap) is None
        first = await store.write(lambda db: gaps.begin(db, after(minutes=1), "own_stall"))
        await store.write(lambda db: gaps.end(db, first, after(minutes=2)))
        second = await store.write(lambda db: gaps.begin(db, after(minutes=5), "own_network"))
        open_one = Gap(after(minutes=5), None, "own_network")
        closed = Gap(after(minutes=1), after(minutes=2), "own_stall")
        assert await store.write(gaps.open_gap) == (second, open_one)
        async with store.read() as reader:
            assert await gaps.between(reader, after(minutes=0), after(minutes=9)) == [closed, open_one]
            assert await gaps.between(reader, after(minutes=2), after(minutes=5)) == []
            assert await gaps.between(reader, after(seconds=61), after(seconds=62)) == [closed]
            assert await gaps.between(reader, after(days=1), after(days=2)) == [open_one]


async def test_what_only_kept_pings_away_is_no_gap_in_what_was_checked(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        for number, reason in enumerate(("not_running", "restarted", "own_store")):
            gap_id = await store.write(lambda db, n=number, r=reason: gaps.begin(db, after(hours=n), r))
            await store.write(lambda db, n=number, g=gap_id: gaps.end(db, g, after(hours=n, minutes=5)))
        async with store.read() as reader:
            assert [gap.reason for gap in await gaps.between(reader, after(), after(days=1))] == ["not_running"]
        heard = await store.write(lambda db: gaps.ended_since(db, after(minutes=30)))
        assert [gap.reason for gap in heard] == ["restarted", "own_store"]


async def test_gaps_of_a_region_say_nothing_of_another_or_of_ourselves(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        ours = await store.write(lambda db: gaps.begin(db, after(minutes=1), "own_stall"))
        await store.write(lambda db: gaps.end(db, ours, after(minutes=2)))
        west = await store.write(lambda db: gaps.begin(db, after(minutes=3), "region_offline", "eu-west"))
        await store.write(lambda db: gaps.end(db, west, after(minutes=4)))
        east = await store.write(lambda db: gaps.begin(db, after(minutes=5), "region_blind", "us-east"))
        async with store.read() as reader:
            for region, reasons in {
                "": ["own_stall"],
                "eu-west": ["own_stall", "region_offline"],
                "us-east": ["own_stall", "region_blind"],
            }.items():
                found = await gaps.between(reader, after(), after(hours=1), region=region)
                assert [gap.reason for gap in found] == reasons
        assert await store.write(gaps.open_gap) is None
        open_one = Gap(after(minutes=5), None, "region_blind")
        assert await store.write(lambda db: gaps.open_gap(db, "us-east")) == (east, open_one)
        heard = await store.write(lambda db: gaps.ended_since(db, after()))
        assert [gap.reason for gap in heard] == ["own_stall"]


async def test_the_open_gaps_of_regions_are_found_at_a_start(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.write(lambda db: gaps.begin(db, after(minutes=1), "own_network"))
        east = await store.write(lambda db: gaps.begin(db, after(minutes=2), "region_blind", "us-east"))
        west = await store.write(lambda db: gaps.begin(db, after(minutes=3), "region_offline", "eu-west"))
        assert await store.write(gaps.open_regions) == [
            (east, "us-east", "region_blind"),
            (west, "eu-west", "region_offline"),
        ]
        await store.write(lambda db: gaps.end(db, east, after(minutes=4)))
        assert await store.write(gaps.open_regions) == [(west, "eu-west", "region_offline")]
