"""The past of the demo holds together: every hour, every incident, every word about it; the real program reads it."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from asura.clock import SystemClock
from asura.demo import cast, world
from asura.demo.people import SLUG
from asura.domain.heartbeat import HEARTBEAT
from asura.domain.incident import IncidentStatus
from asura.domain.status import Status
from asura.engine.engine import Engine
from asura.engine.options import EngineOptions
from asura.net.network import open_network
from asura.store.db import Store

NOW = datetime(2026, 3, 29, 0, 40, tzinfo=UTC)
DAYS = 20


class At(SystemClock):
    """A clock that stands at the instant for which the past was made."""

    def now(self) -> datetime:
        return NOW + timedelta(seconds=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("world") / "data"
    asyncio.run(world.make(made, NOW, days=DAYS))
    return made


@pytest.fixture
def db(folder: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{folder / 'asura.db'}?mode=ro", uri=True)) as opened:
        yield opened


def test_the_program_starts_on_it_and_sees_what_it_should(folder: Path) -> None:
    async def seen() -> Engine:
        store, net = Store.open(folder, clock=At()), open_network()
        try:
            engine = Engine(store, net, At(), EngineOptions(demo=True))
            await engine.start()
            return engine
        finally:
            await net.close()
            await store.close()

    engine = asyncio.run(seen())
    states = {state.monitor.slug: state.status for state in engine.live.states()}
    wanted = {seed.slug: seed.now for seed in cast.SEEDS}
    # What is worked on is under maintenance as soon as somebody looks.
    assert {slug: status for slug, status in states.items() if status is not wanted[slug]} == {}
    assert len([one for one in engine.live.incidents.values() if one.status is IncidentStatus.OPEN]) == 2
    page = engine.pages.get(SLUG)
    assert "demo" in page.config.title
    assert len(engine.posts.of_page(page.id)) == 4
    assert len(engine.maintenance.list()) == 2
    assert engine.users.any
    assert engine.probes.regions() == ("eu-west", "us-east")


def test_every_configuration_is_one_that_a_person_could_have_saved(folder: Path) -> None:
    async def faults() -> list[str]:
        store, net = Store.open(folder, clock=At()), open_network()
        found = []
        try:
            engine = Engine(store, net, At(), EngineOptions(demo=True))
            await engine.start()
            for state in engine.live.states():
                config = state.monitor.config
                again = engine.monitors.prepare({"description": "edited"}, old=config, partial=True)
                if again.settings.keys() < config.settings.keys() or again.target != config.target:
                    found.append(config.name)
            for channel in engine.channels.list():
                engine.channels.prepare({"name": channel.config.name}, old=channel.config, partial=True)
        finally:
            await net.close()
            await store.close()
        return found

    assert asyncio.run(faults()) == []


def test_each_day_of_everything_that_is_checked_has_figures(db: sqlite3.Connection) -> None:
    series = sum(len(seed.regions) for seed in cast.SEEDS if seed.type != HEARTBEAT)
    hours = db.execute("SELECT count(*) FROM hours").fetchone()[0]
    paused = 6 * 24
    runs = db.execute("SELECT count(DISTINCT id) FROM hours WHERE checks <= 2").fetchone()[0]
    assert hours - runs == series * DAYS * 24 - paused
    assert db.execute("SELECT count(*) FROM hours WHERE checks > 2 AND length(spark) = 0").fetchone()[0] == 0


def test_spans_meet_and_incidents_lie_in_them(db: sqlite3.Connection) -> None:
    gaps = db.execute(
        "SELECT count(*) FROM spans AS one JOIN spans AS two ON one.monitor_id = two.monitor_id "
        "AND two.from_at > one.from_at AND one.to_at IS NULL"
    ).fetchone()[0]
    assert gaps == 0
    rows = db.execute("SELECT started_at, detected_at, acknowledged_at, resolved_at FROM incidents").fetchall()
    assert len(rows) > 30
    for started, detected, acknowledged, resolved in rows:
        times = [one for one in (started, detected, acknowledged, resolved) if one is not None]
        assert times == sorted(times)
    numbers = [row[0] for row in db.execute("SELECT started_at FROM incidents ORDER BY id")]
    assert numbers == sorted(numbers)


def test_nothing_happened_after_now(db: sqlite3.Connection) -> None:
    now = NOW.timestamp() * 1000
    for table, column in (("pings", "at"), ("events", "at"), ("deliveries", "at"), ("spans", "from_at")):
        assert db.execute(f"SELECT max({column}) FROM {table}").fetchone()[0] <= now, table


def test_incidents_have_evidence_events_and_messages(db: sqlite3.Connection) -> None:
    (incidents,) = db.execute("SELECT count(*) FROM incidents").fetchone()
    assert db.execute("SELECT count(DISTINCT incident_id) FROM evidence").fetchone() == (incidents,)
    assert db.execute("SELECT count(DISTINCT incident_id) FROM events").fetchone() == (incidents,)
    assert db.execute("SELECT count(*) FROM notifications WHERE status <> 'sent'").fetchone() == (0,)


def test_it_is_the_same_for_the_same_instant(folder: Path, tmp_path: Path) -> None:
    asyncio.run(world.make(tmp_path / "again", NOW, days=DAYS))
    rows = []
    for one in (folder, tmp_path / "again"):
        with closing(sqlite3.connect(one / "asura.db")) as opened:
            rows.append(
                [
                    opened.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
                    for table in ("hours", "days", "blobs", "spans", "incidents", "pings")
                ]
            )
    assert rows[0] == rows[1]


def test_every_kind_is_watched_and_one_is_paused() -> None:
    config = [world.config(seed, (), NOW) for seed in cast.SEEDS]
    assert [one.name for one in config] == [seed.name for seed in cast.SEEDS]
    assert {one.type for one in config if one.enabled} >= {"http", "tcp", "dns", "icmp", "tls", "statuspage"}
    assert sum(seed.now is Status.PAUSED for seed in cast.SEEDS) == 1
