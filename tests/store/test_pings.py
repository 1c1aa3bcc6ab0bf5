"""The log of pings and the rows of heartbeats: what is written is read back, along the chain and after a crash."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from asura.clock import SystemClock
from asura.domain.fields import Secret
from asura.domain.heartbeat import Heartbeat
from asura.domain.monitor import MonitorConfig
from asura.domain.ping import Logged, Ping, PingKind, Step
from asura.errors import Conflict, NotFound
from asura.store import heartbeats, monitors, pings, retention
from asura.store.db import Store

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FULL = Ping(
    at=NOW,
    kind=PingKind.FAIL,
    exit_status=3,
    duration_s=1.25,
    run_id="run",
    source="203.0.113.9",
    method="POST",
    user_agent="curl/8",
    note="a note",
    body=b"\x00\xff" + b"x" * 99_998,
    body_bytes=150_000,
    step=Step(NOW, 3, 7, "migrate"),
)


def logged(number: int, previous: int = 0, *, monitor_id: int = 1, ping: Ping | None = None, at: int = 0) -> Logged:
    return Logged(at or number, monitor_id, number, previous, ping or Ping(at=NOW + timedelta(seconds=number)))


def row(store: Store, monitor_id: int, token: str = "token", *, heart: Heartbeat | None = None) -> heartbeats.Stored:
    state = heartbeats.saved(monitor_id, heart or Heartbeat(since=NOW))
    sealed = heartbeats.seal_token(store.vault, Secret(token))
    return heartbeats.Stored(monitor_id, sealed, token.encode(), token.encode()[::-1], state.state, state.upto)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path, clock=SystemClock())


async def test_a_ping_is_read_back_whole_and_its_body_only_when_asked_for(store: Store) -> None:
    await store.write(lambda db: pings.append(db, [logged(1, ping=FULL)]))
    async with store.read() as reader:
        [found] = await pings.chain(reader, 1, 1, limit=10)
        kept = await pings.body(reader, 1, 1, 1)
    assert found.ping == type(FULL)(**{f: getattr(FULL, f) for f in FULL.__struct_fields__} | {"body": b""})
    assert kept == (FULL.body, 150_000)
    await store.close()


@pytest.mark.parametrize("text", ["\x00", "\ud800", "é\x00", "\U0001f600" * 50])
async def test_no_text_is_a_reason_to_lose_a_ping(store: Store, text: str) -> None:
    await store.write(lambda db: pings.append(db, [logged(1, ping=Ping(at=NOW, user_agent=text, note=text))]))
    async with store.read() as reader:
        assert len(await pings.chain(reader, 1, 1, limit=1)) == 1
    await store.close()


async def test_the_chain_of_one_monitor_is_followed_newest_first_to_where_the_log_was_cut(store: Store) -> None:
    rows = [logged(1, at=1), logged(1, at=2, monitor_id=2), logged(2, 1, at=3), logged(3, 3, at=5), logged(4, 5, at=9)]
    await store.write(lambda db: pings.append(db, rows))
    async with store.read() as reader:
        assert [one.number for one in await pings.chain(reader, 1, 9, limit=10)] == [4, 3, 2, 1]
        assert [one.number for one in await pings.chain(reader, 1, 9, limit=2)] == [4, 3]
        assert [one.number for one in await pings.chain(reader, 1, 9, limit=10, before=3)] == [2, 1]
        assert await pings.chain(reader, 2, 9, limit=10) == []
        assert await pings.chain(reader, 1, 0, limit=10) == []
        assert await pings.body(reader, 1, 9, 7) is None
        assert await pings.body(reader, 1, 9, 3) == (b"", 0)
    await store.write(lambda db: db.execute("DELETE FROM pings WHERE id = 3"))
    async with store.read() as reader:
        assert [one.number for one in await pings.chain(reader, 1, 9, limit=10)] == [4, 3]
    await store.close()


async def test_a_chain_that_does_not_go_back_ends(store: Store) -> None:
    await store.write(lambda db: pings.append(db, [logged(1, 1, at=1)]))
    async with store.read() as reader:
        assert len(await pings.chain(reader, 1, 1, limit=10)) == 1
    await store.close()


async def test_what_came_after_an_id_is_replayed_in_order(store: Store) -> None:
    await store.write(lambda db: pings.append(db, [logged(n, n - 1) for n in range(1, 6)]))
    assert await store.write(lambda db: [one.id for one in pings.after(db, 3)]) == [4, 5]
    assert await store.write(pings.next_id) == 6
    await store.close()


async def test_a_row_is_stored_changed_and_deleted_with_its_monitor(store: Store) -> None:
    config = MonitorConfig(name="Backup", type="heartbeat")
    made = await store.write(lambda db: monitors.insert(db, store.vault, slug="b", config=config, now=NOW))
    await store.write(lambda db: heartbeats.insert(db, row(store, made.id)))
    heart = Heartbeat(since=NOW, pings=7, last_id=9)
    await store.write(lambda db: heartbeats.save_states(db, [heartbeats.saved(made.id, heart)]))
    [found] = await store.write(heartbeats.load_all)
    assert (heartbeats.state_of(found), found.upto, found.pings) == (heart, 9, 7)
    assert heartbeats.unseal_token(store.vault, found.sealed).reveal() == "token"
    assert b"token" not in found.sealed
    await store.write(lambda db: heartbeats.set_token(db, row(store, made.id, "other")))
    again = await store.write(lambda db: heartbeats.load(db, made.id))
    assert again is not None and again.token_hash == b"other" and heartbeats.state_of(again) == heart
    await store.write(lambda db: monitors.delete(db, made.id))
    assert await store.write(lambda db: heartbeats.load(db, made.id)) is None
    with pytest.raises(NotFound):
        await store.write(lambda db: heartbeats.set_token(db, row(store, made.id)))
    await store.close()


async def test_two_heartbeats_cannot_have_one_token(store: Store) -> None:
    await store.write(lambda db: heartbeats.insert(db, row(store, 1)))
    await store.write(lambda db: heartbeats.insert(db, row(store, 2, "other")))
    with pytest.raises(Conflict):
        await store.write(lambda db: heartbeats.insert(db, row(store, 3)))
    with pytest.raises(Conflict):
        await store.write(lambda db: heartbeats.set_token(db, row(store, 2)))
    await store.write(lambda db: heartbeats.delete(db, 1))
    await store.write(lambda db: heartbeats.insert(db, row(store, 3)))
    await store.close()


async def sweep(store: Store, now: datetime = NOW, *, limit: int = 50) -> int:
    steps = 1
    while await store.write(lambda db: pings.sweep(db, now, days=90, limit=limit)):
        steps += 1
    return steps


async def count(store: Store, table: str) -> int:
    return await store.write(lambda db: int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]))


async def test_the_log_keeps_a_thousand_of_a_monitor_a_hundred_bodies_and_the_newest_for_ever(store: Store) -> None:
    many = [logged(n, n - 1, ping=Ping(at=NOW, body=b"x", body_bytes=1)) for n in range(1, 1501)]
    quiet = logged(1, at=2000, monitor_id=2, ping=Ping(at=NOW - timedelta(days=900)))
    for monitor_id in (1, 2):
        made = row(store, monitor_id, f"token {monitor_id}")
        await store.write(lambda db, made=made: heartbeats.insert(db, made))
    await store.write(lambda db: pings.append(db, [*many, quiet]))
    states = [Heartbeat(since=NOW, pings=1500, last_id=1500), Heartbeat(since=NOW, pings=1, last_id=2000)]
    rows = [heartbeats.saved(monitor_id, heart) for monitor_id, heart in enumerate(states, 1)]
    await store.write(lambda db: heartbeats.save_states(db, rows))
    assert await sweep(store) > 2
    async with store.read() as reader:
        kept = await pings.chain(reader, 1, 1500, limit=2000)
        assert [one.number for one in kept][-1] == 501
        assert len(await pings.chain(reader, 2, 2000, limit=10)) == 1
    assert await count(store, "ping_bodies") == 100
    await store.close()


async def test_what_is_too_old_goes_and_what_a_saved_state_does_not_know_of_stays(store: Store) -> None:
    await store.write(lambda db: heartbeats.insert(db, row(store, 1)))
    await store.write(lambda db: pings.append(db, [logged(n, n - 1) for n in range(1, 11)]))
    saved = heartbeats.saved(1, Heartbeat(since=NOW, pings=6, last_id=6))
    await store.write(lambda db: heartbeats.save_states(db, [saved]))
    assert await store.write(lambda db: [one.id for one in pings.unsaved(db)]) == [7, 8, 9, 10]
    await sweep(store, NOW + timedelta(days=100))
    assert await store.write(lambda db: [one.id for one in pings.after(db, 0)]) == [6, 7, 8, 9, 10]
    await store.close()


async def test_pings_of_a_deleted_monitor_go_and_no_id_is_given_twice(store: Store) -> None:
    await store.write(lambda db: pings.append(db, [logged(n, n - 1, ping=FULL) for n in range(1, 4)]))
    keep = retention.Retention()
    while await store.write(lambda db: retention.sweep(db, NOW, keep, limit=10)):
        pass
    assert (await count(store, "pings"), await count(store, "ping_bodies")) == (0, 0)
    assert await store.write(pings.next_id) == 4
    await store.close()
