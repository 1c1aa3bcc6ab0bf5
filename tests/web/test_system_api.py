"""How asura itself is: versions, parts, storage and load, and no word of where its files lie."""

import platform
import sqlite3
from pathlib import Path

import pytest

from asura import __version__
from asura.store import meta
from asura.store.sizes import sizes
from asura.web import present
from tests.web.harness import V1, asura, eventually, listener, monitor, served
from tests.web.test_stream import listening


async def test_it_tells_versions_parts_storage_and_load(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as admin, site.client("viewer") as viewer, listener() as target:
        made = (await admin.post(f"{V1}/monitors", json=monitor(target=target, enabled=True))).json()
        before = (await viewer.get(f"{V1}/system")).json()
        for _ in range(3):
            await admin.post(f"{V1}/monitors/{made['id']}/check-now")
        told = await viewer.get(f"{V1}/system")
    found = told.json()
    assert (found["version"], found["python"]) == (__version__, platform.python_version())
    assert found["sqlite"] == sqlite3.sqlite_version
    assert found["boot_id"] == site.engine.boot_id
    assert {"store", "scheduler", "judge", "notifier", "self"} <= found["parts"].keys()
    assert found["parts"]["store"] == {"ok": True, "detail": "commits"}
    assert found["storage"]["database_bytes"] >= 4096
    assert found["storage"]["free_bytes"] > 0
    assert before["storage"]["oldest_result_at"] is None
    assert found["storage"]["oldest_result_at"].endswith(":00:00.000Z")
    assert (found["monitors"], found["streams"]) == (1, 0)
    assert found["checks_per_s"] > 0
    assert found["retention"]["raw_days"] == 30
    assert str(tmp_path) not in told.text


async def test_an_error_of_a_part_names_no_path(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("viewer") as viewer:
        health = next(iter(site.engine.supervisor.health.values()))
        health.failing, health.last_error = True, f"cannot open {tmp_path}/asura.db"
        told = await viewer.get(f"{V1}/system")
    assert "cannot open …/asura.db" in told.text
    assert str(tmp_path) not in told.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("the earliest due check", "the earliest due check"),
        ("{d}/asura.db: disk I/O error", "…/asura.db: disk I/O error"),
        ("cannot open '{d}': full: {d}. Make room.", "cannot open '…': full: …. Make room."),
        ("{d}ue and /srv{d}/x", "{d}ue and /srv{d}/x"),
        ("{d}-old/asura.db, {d}.old, {d}", "{d}-old/asura.db, {d}.old, …"),
        ("{d}/backups/a and {d}/b", "…/a and …/b"),
    ],
    ids=["inside a word", "a file", "in quotes", "a part of a path", "another's name", "the longest first"],
)
def test_only_whole_paths_of_our_folders_are_left_out(text: str, shown: str) -> None:
    here = Path("d").absolute()
    said = present.without_places(text.format(d=here), Path("d"), Path("d/backups"))
    assert said == shown.format(d=here)


async def test_streams_are_counted(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, served(site.app) as base, site.client("viewer") as viewer:
        async with listening(site, base):
            assert (await viewer.get(f"{V1}/system")).json()["streams"] == 1
        await eventually(lambda: site.app.streams.count == 0)


async def test_packed_results_count_as_the_oldest_too(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        blob = "INSERT INTO blobs (id, upto, packed) VALUES (?, 1, x'')"
        await site.engine.store.write(lambda db: db.execute(blob, (480_000 << 43,)).fetchall())
        found = await sizes(site.engine.store)
    assert found.oldest_result_at is not None
    assert found.oldest_result_at.timestamp() == 480_000 * 3600


async def test_who_looks_learns_that_messages_are_held_and_an_admin_releases_them(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as admin, site.client("editor") as editor:
        assert (await editor.get(f"{V1}/system")).json()["held"] is None
        me = (await editor.get(f"{V1}/me")).json()
        assert (me["held_since"], me["demo"]) == (None, False)
        since = "2026-03-02T12:00:00+00:00"
        await site.engine.store.write(lambda db: meta.put(db, meta.HELD_SINCE, since))
        await site.engine.hold.load()
        shown = {"since": "2026-03-02T12:00:00.000Z", "waiting": 0}
        assert (await editor.get(f"{V1}/system")).json()["held"] == shown
        assert (await editor.get(f"{V1}/me")).json()["held_since"] == shown["since"]
        assert "notifications_held 1" in (await admin.get("/metrics")).text
        assert (await editor.post(f"{V1}/system/release")).status_code == 403
        wrong = await admin.post(f"{V1}/system/release", json={"send": "some"})
        assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (422, "send")
        assert (await admin.post(f"{V1}/system/release", json={"send": "all"})).json() == {"dropped": 0}
        assert (await editor.get(f"{V1}/system")).json()["held"] is None
        assert (await admin.post(f"{V1}/system/release")).status_code == 200
