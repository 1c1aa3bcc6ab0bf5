"""The step that brings probes: whoever wanted to know that asura cannot see wants to know when a probe is gone."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from asura.clock import SystemClock
from asura.domain.channel import ChannelConfig
from asura.domain.fields import Secret
from asura.domain.span import Gap
from asura.store import channels, connections, gaps, migrate
from asura.store.db import Store
from asura.store.seal import Vault

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BEFORE = ("incident.opened", "incident.resolved", "self.blind")
# Whoever wants to know of the one wants to know of these; the last two came with backups.
SINCE = ("probe.offline", "probe.online", "backup.failed", "backup.succeeded")
AWKWARD = 'quotes " and \\ back\\u0041slashes, tab\t, \u00fcml\u00e4ut, \u4e2d\u6587, \U0001f512, </script>, \x7f'


def old_database(folder: Path) -> sqlite3.Connection:
    """A database as it was before probes."""
    path = folder / "asura.db"
    db = connections.open_writer(path)
    migrate.migrate(db, path, known=[step for step in migrate.steps() if step.number <= 4])
    return db


def add(db: sqlite3.Connection, vault: Vault, name: str, events: tuple[str, ...], **settings: Any) -> ChannelConfig:
    config = ChannelConfig(name=name, type="webhook", default=True, events=events, settings=settings)
    channels.insert(db, vault, slug=name, config=config, now=NOW)
    return config


async def configs(folder: Path) -> list[ChannelConfig]:
    """What an asura of today makes of a folder."""
    store = Store.open(folder, clock=SystemClock())
    try:
        return [one.config for one in await store.write(lambda db: channels.load_all(db, store.vault))]
    finally:
        await store.close()


def test_channels_that_were_told_of_blindness_are_told_of_probes(tmp_path: Path) -> None:
    db, vault = old_database(tmp_path), Vault(tmp_path)
    wanted = add(db, vault, "ops", BEFORE, url="https://hooks.example/x")
    other = add(db, vault, "sales", ("incident.opened",), url="https://hooks.example/y")
    nothing = add(db, vault, "nobody", (), url="https://hooks.example/z")
    db.close()
    found = asyncio.run(configs(tmp_path))
    assert found[0] == msgspec.structs.replace(wanted, events=(*BEFORE, *SINCE))
    assert found[1:] == [other, nothing]


def test_what_a_channel_holds_survives_byte_for_byte(tmp_path: Path) -> None:
    db, vault = old_database(tmp_path), Vault(tmp_path)
    number = 0.1 + 0.2
    wanted = add(
        db,
        vault,
        "ops",
        BEFORE,
        url=Secret(f"https://hooks.example/{AWKWARD}"),
        headers={AWKWARD: AWKWARD, "$sealed": "a value of a user's own"},
        numbers=[number, 1e300, 2**62, -0.0, 7],
        nested={"none": None, "flag": True, "token": Secret("s3cret")},
    )
    ((before,),) = db.execute("SELECT config FROM channels")
    db.close()
    (found,) = asyncio.run(configs(tmp_path))
    assert found.settings == wanted.settings
    assert found.settings["url"].reveal() == f"https://hooks.example/{AWKWARD}"
    assert found.settings["nested"]["token"].reveal() == "s3cret"
    check = sqlite3.connect(tmp_path / "asura.db")
    ((after, kind),) = check.execute("SELECT config, typeof(config) FROM channels")
    check.close()
    added = ",".join(f'"{event}"' for event in ("self.blind", *SINCE)).encode() + b"]"
    assert (after, kind) == (before.replace(b'"self.blind"]', added), "blob")


def test_gaps_from_before_are_those_of_asura_itself(tmp_path: Path) -> None:
    db = old_database(tmp_path)
    db.execute("INSERT INTO gaps (from_at, to_at, reason) VALUES (?, NULL, 'own_network')", (1000,))
    db.close()

    async def look() -> tuple[int, Gap] | None:
        store = Store.open(tmp_path, clock=SystemClock())
        try:
            assert await store.write(gaps.open_regions) == []
            return await store.write(gaps.open_gap)
        finally:
            await store.close()

    assert asyncio.run(look()) == (1, Gap(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), None, "own_network"))
