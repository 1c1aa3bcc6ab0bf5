"""What a database is, seen from outside."""

import os
import sqlite3
from pathlib import Path

import pytest

from asura.domain.channel import ChannelConfig, Delivery, NotificationStatus
from asura.domain.fields import Secret
from asura.store import channels, connections, meta, migrate, outbox
from asura.store.db import Store
from asura.store.inspection import CHECKED, TOO_LONG, inspect
from tests.store.kit import START, after, notification, opened

HOOK = ChannelConfig(name="Team", type="webhook", settings={"url": Secret("https://hooks.example/x")})


async def fill(store: Store) -> None:
    """Store a channel with a secret, a message that was given up, and a fact."""

    def change(db: sqlite3.Connection) -> None:
        channel = channels.insert(db, store.vault, slug="team", config=HOOK, now=START)
        made = notification(channel_id=channel.id)
        outbox.add(db, made)
        number = int(db.execute("SELECT max(id) FROM notifications").fetchone()[0])
        delivery = Delivery(notification_id=number, at=START, ok=False, answer="gone", duration_ms=1.0)
        outbox.finish(db, number, delivery, status=NotificationStatus.DEAD, next_attempt_at=None)
        meta.put(db, meta.HELD_SINCE, "2026-03-01T00:00:00+00:00")

    await store.write(change)


async def test_a_database_is_read_while_another_process_writes_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await fill(store)
        found = inspect(tmp_path / "asura.db", within=30, now=after(hours=1))
    assert (found.error, found.check, found.sealed) == ("", CHECKED, "")
    assert found.schema == found.known == migrate.steps()[-1].number
    assert (found.held_since, found.dead) == ("2026-03-01T00:00:00+00:00", 1)
    ((slug, config),) = found.channels
    assert (slug, config["settings"]) == ("team", {"url": Secret("https://hooks.example/x")})
    assert found.size + found.wal > 4096


async def test_what_was_given_up_long_ago_is_not_counted(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await fill(store)
    assert inspect(tmp_path / "asura.db", within=30, now=after(days=2)).dead == 0


async def test_without_its_key_it_is_known_that_secrets_do_not_open(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await fill(store)
    (tmp_path / "secret.key").unlink()
    found = inspect(tmp_path / "asura.db", within=30, now=START)
    assert "missing" in str(found.sealed)
    assert found.channels == ()


async def test_a_look_at_its_pages_ends_in_time(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.write(lambda db: db.execute("CREATE TABLE much AS SELECT randomblob(200) FROM " + SERIES) and None)
    found = inspect(tmp_path / "asura.db", within=0, now=START)
    assert found.check == TOO_LONG


SERIES = "(WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n)"


async def test_broken_pages_are_told(tmp_path: Path) -> None:
    async with opened(tmp_path):
        pass
    with (tmp_path / "asura.db").open("r+b") as file:
        file.seek(4096 * 3)
        file.write(os.urandom(4096 * 8))
    found = inspect(tmp_path / "asura.db", within=30, now=START)
    assert found.error or found.check not in (CHECKED, TOO_LONG)


@pytest.mark.parametrize("schema", [step.number for step in migrate.steps()][:-1])
def test_a_database_that_waits_for_its_migration_is_whole(tmp_path: Path, schema: int) -> None:
    path = tmp_path / "asura.db"
    db = connections.open_writer(path)
    migrate.migrate(db, path, known=[step for step in migrate.steps() if step.number <= schema])
    db.close()
    found = inspect(path, within=30, now=START)
    assert (found.error, found.schema, found.check, found.sealed) == ("", schema, CHECKED, None)
