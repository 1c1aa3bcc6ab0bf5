"""The log of pings: what is written is read back, along the chain of one monitor and after a crash."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from asura.domain.ping import Logged, Ping, PingKind, Step
from asura.store import heartbeats, pings
from tests.store.beats import FULL, NOW, append, chain, ids, logged, row, save, unsaved, wait_for_pings
from tests.store.kit import opened, rows


async def test_a_ping_is_read_back_whole_and_its_body_only_when_asked_for(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await append(store, logged(1, ping=FULL))
        async with store.read() as reader:
            [found] = await pings.chain(reader, 1, 1, limit=10)
            kept = await pings.body(reader, 1, 1, 1)
        assert found.ping == msgspec.structs.replace(FULL, body=b"")
        assert kept == (FULL.body, 150_000)


@pytest.mark.parametrize("kind", PingKind)
async def test_every_kind_is_read_back(tmp_path: Path, kind: PingKind) -> None:
    async with opened(tmp_path) as store:
        await append(store, logged(1, ping=Ping(at=NOW, kind=kind)))
        assert await store.write(lambda db: [one.ping.kind for one in pings.after(db, 0)]) == [kind]


async def test_what_a_plain_ping_does_not_say_takes_no_room(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await append(store, logged(1, ping=Ping(at=NOW)))
        [stored] = await rows(store, "SELECT * FROM pings")
        assert stored == (1, 1, 1, 0, round(NOW.timestamp() * 1000), "success", *([None] * 9))
        assert await rows(store, "SELECT * FROM ping_bodies") == []


@pytest.mark.parametrize("count", [1, 3, 4, 63, 64, 65, 85, 150])
async def test_however_many_come_together_each_is_stored_once_and_in_order(tmp_path: Path, count: int) -> None:
    async with opened(tmp_path) as store:
        sent = [
            logged(number, ping=msgspec.structs.replace(FULL, body=b"%d" % number)) for number in range(1, count + 1)
        ]
        await append(store, *sent)
        stored = await store.write(lambda db: list(pings.after(db, 0)))
        assert [one.id for one in stored] == list(range(1, count + 1))
        assert stored[-1].ping == msgspec.structs.replace(FULL, body=b"", body_bytes=stored[-1].ping.body_bytes)
        assert len(await rows(store, "SELECT id FROM ping_bodies")) == count


async def test_nothing_to_append_is_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await append(store)
        assert await ids(store) == []
        assert await store.write(pings.next_id) == 1


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("\x00", "\ufffd"),
        ("\ud800", "?"),
        ("é\x00\udfff", "é\ufffd?"),
        ("\U0001f600" * 50, "\U0001f600" * 50),
        ("x" * 1_000_000, "x" * 1_000_000),
    ],
    ids=["NUL", "surrogate", "both", "emoji", "huge"],
)
async def test_no_text_is_a_reason_to_lose_a_ping(tmp_path: Path, sent: str, kept: str) -> None:
    fields = {"run_id", "source", "method", "user_agent", "note"}
    async with opened(tmp_path) as store:
        await append(store, logged(1, ping=Ping(at=NOW, **dict.fromkeys(fields, sent))))
        async with store.read() as reader:
            [found] = await pings.chain(reader, 1, 1, limit=1)
        assert {getattr(found.ping, name) for name in fields} == {kept}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"exit_status": 1 << 70}, {"exit_status": (1 << 63) - 1}),
        ({"exit_status": -(1 << 70)}, {"exit_status": 1 - (1 << 63)}),
        ({"body_bytes": 1 << 64}, {"body_bytes": (1 << 63) - 1}),
        ({"body_bytes": -1}, {"body_bytes": 0}),
        ({"duration_s": float("inf")}, {"duration_s": None}),
        ({"duration_s": float("nan")}, {"duration_s": None}),
        ({"duration_s": 1e307}, {"duration_s": None}),
        ({"step": Step(NOW, 1 << 70, 2, "\ud800\x00")}, {"step": Step(NOW, 1 << 70, 2, "?")}),
    ],
    ids=lambda fields: f"{fields}"[:24],
)
async def test_no_number_is_a_reason_to_lose_a_ping_or_its_neighbours(
    tmp_path: Path, sent: dict[str, Any], kept: dict[str, Any]
) -> None:
    async with opened(tmp_path) as store:
        await append(store, logged(1), logged(2, 1, ping=Ping(at=NOW, **sent)), logged(3, 2))
        async with store.read() as reader:
            found = await pings.chain(reader, 1, 3, limit=3)
        assert [one.number for one in found] == [3, 2, 1]
        assert found[1].ping == Ping(at=NOW, **kept)


@pytest.mark.parametrize("body", [b"\x00", b"\x00" * 100_000, b"\xff\xfe\x00text", bytes(range(256)) * 390], ids=len)
async def test_a_body_is_kept_byte_by_byte(tmp_path: Path, body: bytes) -> None:
    async with opened(tmp_path) as store:
        # A caller that did not say how long it was does not hide it.
        await append(store, logged(1, ping=Ping(at=NOW, body=body)))
        async with store.read() as reader:
            assert await pings.body(reader, 1, 1, 1) == (body, len(body))


async def test_the_chain_of_one_monitor_is_followed_newest_first(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        other = logged(1, at=2, monitor_id=2)
        await append(store, logged(1), other, logged(2, 1, at=3), logged(3, 3, at=5), logged(4, 5, at=9))
        assert await chain(store, 9) == [4, 3, 2, 1]
        assert await chain(store, 2, of=2) == [1]


@pytest.mark.parametrize(
    ("last_id", "limit", "before", "expected"),
    [
        (9, 2, None, [9, 8]),
        (9, 100, None, [9, 8, 7, 6, 5, 4, 3, 2, 1]),
        (9, 2, 5, [4, 3]),
        (9, 100, 3, [2, 1]),
        (9, 100, 10, [9, 8, 7, 6, 5, 4, 3, 2, 1]),
        (9, 100, 1 << 80, [9, 8, 7, 6, 5, 4, 3, 2, 1]),
        (9, 100, 1, []),
        (9, 100, -(1 << 80), []),
        (9, 0, None, []),
        (9, -1, None, []),
        (4, 2, None, [4, 3]),
        (0, 9, None, []),
        (77, 9, None, []),
    ],
)
async def test_a_page_of_the_chain(
    tmp_path: Path, last_id: int, limit: int, before: int | None, expected: list[int]
) -> None:
    async with opened(tmp_path) as store:
        await append(store, *(logged(n, n - 1) for n in range(1, 10)))
        assert await chain(store, last_id, limit=limit, before=before) == expected


async def test_the_chain_ends_where_the_log_was_cut(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await append(store, *(logged(n, n - 1) for n in range(1, 10)))
        await store.write(lambda db: db.execute("DELETE FROM pings WHERE id <= 6"))
        assert await chain(store, 9) == [9, 8, 7]
        assert await chain(store, 9, before=7) == []
        async with store.read() as reader:
            assert await pings.body(reader, 1, 9, 6) is None


async def test_what_is_listed_does_not_depend_on_when_the_log_was_cut(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await append(store, *(logged(n, n - 1) for n in range(1, 1201)))
        assert await chain(store, 1200) == list(range(1200, 200, -1))
        assert await chain(store, 1200, before=201) == []


@pytest.mark.parametrize("previous", [2, 5, 9], ids=["itself", "forward", "nowhere"])
async def test_a_chain_that_does_not_go_back_ends(tmp_path: Path, previous: int) -> None:
    async with opened(tmp_path) as store:
        await append(store, logged(1), logged(2, previous), Logged(5, 1, 3, 2, Ping(at=NOW)))
        assert await chain(store, 5) == [3, 2]


async def test_a_ping_of_another_monitor_is_never_followed_nor_shown(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await append(store, logged(1, monitor_id=2, ping=FULL), logged(2, 1))
        assert await chain(store, 2) == [2]
        assert await chain(store, 1) == []
        async with store.read() as reader:
            assert await pings.body(reader, 1, 2, 1) is None
            assert await pings.body(reader, 1, 1, 1) is None


@pytest.mark.parametrize(
    ("number", "expected"),
    [(3, (b"3", 1)), (2, (b"", 0)), (1, (b"1", 1)), (4, None), (0, None), (-1, None), (1 << 70, None)],
)
async def test_the_body_of_a_number(tmp_path: Path, number: int, expected: tuple[bytes, int] | None) -> None:
    async with opened(tmp_path) as store:
        said = [Ping(at=NOW, body=body) for body in (b"1", b"", b"3")]
        await append(store, *(logged(n, n - 1, ping=said[n - 1]) for n in (1, 2, 3)))
        async with store.read() as reader:
            assert await pings.body(reader, 1, 3, number) == expected


async def test_a_body_that_was_dropped_tells_how_long_it_was(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await append(store, logged(1, ping=FULL))
        await store.write(lambda db: db.execute("DELETE FROM ping_bodies"))
        async with store.read() as reader:
            assert await pings.body(reader, 1, 1, 1) == (b"", 150_000)


async def test_what_came_after_an_id_is_told_in_order_across_holes(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await append(store, *(logged(n, n - 1, at=n * n, monitor_id=n % 2) for n in range(1, 6)))
        assert await store.write(lambda db: [one.id for one in pings.after(db, 4)]) == [9, 16, 25]
        assert await store.write(lambda db: list(pings.after(db, 25))) == []
        assert await store.write(pings.next_id) == 26


async def test_an_id_that_is_taken_is_refused_and_nothing_of_its_batch_is_stored(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await append(store, logged(7))
        with pytest.raises(sqlite3.IntegrityError):
            await append(store, logged(6, ping=FULL), logged(7))
        assert await ids(store) == [7]
        assert await rows(store, "SELECT id FROM ping_bodies") == []


async def test_after_a_crash_what_the_saved_states_do_not_know_of_is_told_and_nothing_else(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await wait_for_pings(store, 1, 2, 3)
        own = {1: [1, 4, 5], 2: [2, 6], 3: [3]}
        found = [
            logged(n, ([0, *numbers])[n - 1], at=ping_id, monitor_id=one)
            for one, numbers in own.items()
            for n, ping_id in enumerate(numbers, 1)
        ]
        await append(store, *sorted(found, key=lambda one: one.id))
        await save(store, 1, total=2, last_id=4)
        await save(store, 3, total=1, last_id=3)
    async with opened(tmp_path) as store:
        assert await unsaved(store) == [2, 5, 6]
        await save(store, 2, total=2, last_id=6)
        await save(store, 1, total=3, last_id=5)
        assert await unsaved(store) == []


async def test_pings_of_an_earlier_heartbeat_of_a_monitor_are_not_those_of_a_new_one(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await wait_for_pings(store, 1)
        await append(store, *(logged(n, n - 1) for n in range(1, 4)))
        await store.write(lambda db: heartbeats.delete(db, 1))
        await store.write(lambda db: heartbeats.insert(db, row(store, 1, "anew")))
        # Saved before it was ever pinged, as an edit does.
        await save(store, 1, total=0, last_id=0)
        assert await unsaved(store) == []
        await append(store, logged(1, at=4, ping=Ping(at=NOW + timedelta(minutes=1))))
        assert await unsaved(store) == [4]
        assert await chain(store, 4) == [1]
