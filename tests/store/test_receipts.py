"""That a batch was taken is noted with what was in it, and forgotten when nothing of it can come again."""

from datetime import timedelta
from pathlib import Path

from asura.domain.probe import Probe
from asura.domain.received import Received, decode
from asura.store import probes, receipts
from asura.store.db import Store
from tests.store.kit import START, opened


async def enrolled(store: Store) -> int:
    probe = Probe(region="eu", name="one", hash=None, created_by="", created_at=START)
    return (await store.write(lambda db: probes.insert(db, probe))).id


async def taken(store: Store) -> dict[tuple[int, str], Received]:
    return {key: decode(ranges) for key, ranges in (await store.write(probes.load_taken)).items()}


async def test_numbers_grow_together_in_the_row_of_their_process(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        one = await enrolled(store)
        for seq in (0, 1, 5, 1, 2):
            await store.write(lambda db, seq=seq: receipts.note(db, one, "first", seq, START))  # type: ignore[misc]
        await store.write(lambda db: receipts.note(db, one, "second", 0, START))
        assert await taken(store) == {
            (one, "first"): Received(((0, 2), (5, 5))),
            (one, "second"): Received(((0, 0),)),
        }


async def test_of_a_probe_that_is_revoked_nothing_is_noted(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.write(lambda db: receipts.note(db, 77, "boot", 0, START))
        assert await taken(store) == {}


async def test_a_probe_that_starts_all_the_time_leaves_a_bounded_number_of_rows(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        one = await enrolled(store)
        for number in range(receipts.MOST_PROCESSES + 5):
            at = START + timedelta(seconds=number)
            await store.write(
                lambda db, number=number, at=at: receipts.note(db, one, f"boot-{number:03}", 0, at)  # type: ignore[misc]
            )
        kept = sorted(boot for _, boot in await taken(store))
        assert len(kept) == receipts.MOST_PROCESSES and kept[0] == "boot-005"


async def test_a_process_of_long_ago_is_forgotten_when_another_one_begins(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        one = await enrolled(store)
        await store.write(lambda db: receipts.note(db, one, "old", 0, START))
        later = START + receipts.KEPT + timedelta(seconds=1)
        await store.write(lambda db: receipts.note(db, one, "new", 0, later))
        assert list(await taken(store)) == [(one, "new")]
