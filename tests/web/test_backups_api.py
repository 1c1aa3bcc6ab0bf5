"""Backups over HTTP: admins list, make, take away and delete them; the system says to everybody how it stands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx2
import msgspec
import pytest

from asura.domain.backup import Failed
from asura.domain.fields import Secret
from asura.engine.options import BackupOptions
from asura.store import archive_reading
from asura.store.age import Key, Lock
from asura.store.snapshot import Task
from tests.web.harness import V1, Asura, asura, served

PASSPHRASE = Secret("correct horse battery staple")
LOCK = Lock(passphrase=PASSPHRASE)


@asynccontextmanager
async def made(folder: Path, lock: Lock | None = LOCK) -> AsyncIterator[tuple[Asura, httpx2.AsyncClient, str]]:
    """Yield an asura with one backup, made on request, an admin, and its name."""
    async with asura(folder, loops=True, backups=BackupOptions(lock=lock)) as site, site.client() as admin:
        answer = await admin.post(f"{V1}/backups")
        assert answer.status_code == 202, answer.text
        assert answer.json()["running"] is True
        while (found := (await admin.get(f"{V1}/backups")).json())["running"]:
            assert 0 <= found["progress_ratio"] <= 1
            await asyncio.sleep(0.02)
        (one,) = found["data"]
        yield site, admin, one["name"]


async def test_one_is_made_listed_taken_away_and_deleted(tmp_path: Path) -> None:
    async with made(tmp_path / "data") as (site, admin, name):
        (one,) = (await admin.get(f"{V1}/backups")).json()["data"]
        assert (one["name"], one["encrypted"], one["verified"], one["uploaded"]) == (name, True, True, False)
        async with served(site.app) as url, httpx2.AsyncClient(base_url=url, headers=admin.headers) as outside:
            answer = await outside.get(f"{V1}/backups/{name}")
            head = await outside.head(f"{V1}/backups/{name}")
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["cache-control"] == "no-store"
        assert int(answer.headers["content-length"]) == len(answer.content) == one["bytes"]
        assert (head.status_code, head.content) == (200, b"")
        (tmp_path / name).write_bytes(answer.content)
        assert archive_reading.look(tmp_path / name, Key(passphrase=PASSPHRASE), Task()).monitors == 0
        assert (await admin.delete(f"{V1}/backups/{name}")).status_code == 204
        assert (await admin.delete(f"{V1}/backups/{name}")).status_code == 404
        assert (await admin.get(f"{V1}/backups/{name}")).status_code == 404
        rows = (await admin.get(f"{V1}/audit", params={"entity": "backup"})).json()["data"]
    assert {(row["action"], row["name"], row["actor"]) for row in rows} == {
        ("create", name, "key:admin"), ("download", name, "key:admin"), ("delete", name, "key:admin"),
    }  # fmt: skip


async def test_one_that_is_not_encrypted_is_not_handed_out(tmp_path: Path) -> None:
    async with made(tmp_path, None) as (_, admin, name):
        renamed = f"{name}.age"
        (tmp_path / "backups" / renamed).write_bytes((tmp_path / "backups" / name).read_bytes())
        for one in (name, renamed):
            answer = await admin.get(f"{V1}/backups/{one}")
            assert answer.status_code == 409
            assert answer.headers["content-type"] == "application/problem+json"
            assert "set backup.recipients or backup.key_file" in answer.json()["detail"]
            assert "copy it on the server" in answer.json()["detail"]
        rows = (await admin.get(f"{V1}/audit", params={"entity": "backup"})).json()["data"]
    assert "download" not in {row["action"] for row in rows}


@pytest.mark.parametrize("name", ["asura.db", "..%2Fasura.db", "secret.key", "asura-20260302T120000Z.backup", "%00"])
async def test_nothing_else_can_be_taken_away(tmp_path: Path, name: str) -> None:
    async with asura(tmp_path) as site, site.client() as admin:
        for method in ("GET", "DELETE"):
            answer = await admin.request(method, f"{V1}/backups/{name}")
            assert answer.status_code in {404, 405}
    assert (tmp_path / "asura.db").exists()


async def test_two_at_once_are_refused(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as admin:
        assert (await admin.post(f"{V1}/backups")).status_code == 202
        again = await admin.post(f"{V1}/backups")
    assert again.status_code == 409
    assert "being made already" in again.json()["detail"]


async def test_the_system_says_how_it_stands_and_not_where_files_lie(tmp_path: Path) -> None:
    async with made(tmp_path) as (site, admin, name), site.client("viewer") as viewer:
        told = (await viewer.get(f"{V1}/system")).json()["backup"]
        assert (told["every_s"], told["dir_ok"], told["running"], told["next_at"]) == (0, True, False, None)
        assert told["last"].keys() == {"at", "name", "bytes", "encrypted", "took_s", "uploaded"}
        assert (told["last"]["name"], told["failed"], told["progress_ratio"]) == (name, None, 0)
        now = site.engine.clock.now()
        broken = Failed(since=now, at=now - timedelta(1), times=1, message=f"{tmp_path}/backups/x: No space left")
        site.engine.backups.ledger = msgspec.structs.replace(site.engine.backups.ledger, failed=broken)
        answer = await admin.get(f"{V1}/system")
        assert answer.json()["backup"]["failed"]["message"] == "…/x: No space left"
        assert str(tmp_path) not in answer.text
        answer = await viewer.get(f"{V1}/system")
        assert answer.json()["backup"]["failed"]["message"] == "The last backup failed. Admins are told why."
        assert "No space left" not in answer.text
        metrics = (await admin.get("/metrics")).text
    assert "\nbackup_last_success_timestamp_seconds 1" in metrics
    assert "\nbackup_failures_total 0\n" in metrics


async def test_a_key_that_may_only_read_cannot_take_the_secrets_away(tmp_path: Path) -> None:
    async with made(tmp_path) as (site, _, name), site.client(key=await site.key("admin", "read")) as reader:
        assert (await reader.get(f"{V1}/backups")).status_code == 200
        assert (await reader.get(f"{V1}/backups/{name}")).status_code == 403
