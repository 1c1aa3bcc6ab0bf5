"""What the tests of pings and heartbeats share: rows, sweeps and looks at the log."""

from datetime import UTC, datetime, timedelta

from asura.domain.fields import Secret
from asura.domain.heartbeat import Heartbeat
from asura.domain.ping import Logged, Ping, PingKind, Step
from asura.store import heartbeats, pings
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


async def wait_for_pings(store: Store, *monitor_ids: int) -> None:
    """Store heartbeats that nobody has pinged yet."""
    for one in monitor_ids:
        await store.write(lambda db, one=one: heartbeats.insert(db, row(store, one, f"token {one}")))


async def append(store: Store, *rows: Logged) -> None:
    await store.write(lambda db: pings.append(db, rows))


async def save(store: Store, monitor_id: int, *, total: int, last_id: int) -> None:
    heart = Heartbeat(since=NOW, pings=total, last_id=last_id)
    await store.write(lambda db: heartbeats.save_states(db, [heartbeats.saved(monitor_id, heart)]))


async def sweep(store: Store, now: datetime = NOW, *, limit: int = 50) -> int:
    """Walk over the whole log; returns how many steps that took."""
    steps = 1
    while await store.write(lambda db: pings.sweep(db, now, days=90, limit=limit)):
        steps += 1
        assert steps < 10_000, "the walk does not end"
    return steps


async def ids(store: Store) -> list[int]:
    return await store.write(lambda db: [one.id for one in pings.after(db, 0)])


async def unsaved(store: Store) -> list[int]:
    return await store.write(lambda db: [one.id for one in pings.unsaved(db)])


async def chain(store: Store, last_id: int, *, limit: int = 2000, before: int | None = None, of: int = 1) -> list[int]:
    """The numbers of a chain."""
    async with store.read() as reader:
        return [one.number for one in await pings.chain(reader, of, last_id, limit=limit, before=before)]
