"""Backups by themselves: when due, on request, kept in number, uploaded; people are told once when they fail."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from asura.domain.fields import Secret
from asura.engine.acting import Acting, acting
from asura.engine.options import BackupOptions, EngineOptions
from asura.errors import Conflict, NotFound
from asura.store import archive_reading, audit
from asura.store.age import Key, Lock
from asura.store.snapshot import Task
from tests.store.backing import makers, waiting_for_their_turn
from tests.world import START, World, world

DAY = timedelta(days=1)
PASSPHRASE = Secret("correct horse battery staple")


@asynccontextmanager
async def keeping(place: Path, **wanted: Any) -> AsyncIterator[World]:
    options = BackupOptions(**({"every": DAY} | wanted))
    async with world(place / "data", EngineOptions(url="https://asura.example", backups=options)) as w:
        yield w


async def turn(w: World, seconds: float = 0) -> None:
    """Let time pass, and the loop do what is due, to its end."""
    w.clock.turn(seconds)
    backups = w.engine.backups
    await backups.tick(w.clock.now())
    while backups._work is not None:
        await asyncio.wait((backups._work,))
        await backups.tick(w.clock.now())


async def entries(w: World) -> list[audit.Entry]:
    async with w.store.read() as reader:
        found, _ = await audit.page(reader, audit.Wanted(entity="backup"), limit=10)
    return list(found)


def names(folder: Path) -> list[str]:
    return sorted(one for one in os.listdir(folder) if not one.startswith(".")) if folder.exists() else []


async def test_the_first_comes_soon_and_the_next_a_day_later_whenever_we_start(tmp_path: Path) -> None:
    async with keeping(tmp_path) as w:
        place = tmp_path / "data" / "backups"
        assert await w.engine.backups.tick(w.clock.now()) == START + timedelta(minutes=1)
        await turn(w, 59)
        assert names(place) == []
        await turn(w, 1)
        assert names(place) == ["asura-20260302T120100Z.backup"]
        last = w.engine.backups.ledger.last
        assert last is not None
        assert (last.bytes, last.encrypted) == ((place / last.name).stat().st_size, False)
        await w.restart(after=3600)
        assert w.engine.backups.state(w.clock.now()).next_at == last.at + DAY
        await turn(w, 86400 - 3600 - 1)
        assert len(names(place)) == 1
        await turn(w, 1)
        assert len(names(place)) == 2
        assert w.sent == []


async def test_none_are_made_where_none_are_wanted_but_on_request(tmp_path: Path) -> None:
    async with keeping(tmp_path, every=timedelta(), lock=Lock(passphrase=PASSPHRASE), folder=tmp_path) as w:
        assert await w.engine.backups.tick(w.clock.now()) is None
        with acting(Acting("Ann", "10.0.0.1")):
            await w.engine.backups.ask()
        with pytest.raises(Conflict, match="being made already"):
            await w.engine.backups.ask()
        await turn(w)
        (name,) = [one for one in names(tmp_path) if one != "data"]
        assert name == "asura-20260302T120000Z-manual.backup.age"
        (entry,) = await entries(w)
        assert (entry.action, entry.name, entry.actor, entry.address) == ("create", name, "Ann", "10.0.0.1")
        manifest = archive_reading.look(tmp_path / name, Key(passphrase=PASSPHRASE), Task())
        assert manifest.made_at == w.clock.now()
        state = w.engine.backups.state(w.clock.now())
        assert (state.running, state.next_at, state.progress_ratio) == (False, None, 0.0)


async def test_those_that_were_asked_for_are_kept_apart(tmp_path: Path) -> None:
    async with keeping(tmp_path, keep=2) as w:
        await turn(w, 60)
        for _ in range(4):
            w.clock.turn(60)
            await w.engine.backups.ask()
            await turn(w)
        assert names(tmp_path / "data" / "backups") == [
            "asura-20260302T120100Z.backup",
            "asura-20260302T120400Z-manual.backup",
            "asura-20260302T120500Z-manual.backup",
        ]
        # They put the next one by the schedule off by nothing.
        assert w.engine.backups.state(w.clock.now()).next_at == START + timedelta(minutes=1) + DAY


async def test_after_a_clock_that_was_ahead_they_go_on_and_the_one_just_made_stays(tmp_path: Path) -> None:
    async with keeping(tmp_path, keep=1) as w:
        w.clock.wall += 400 * DAY
        await turn(w, 60)
        w.clock.wall -= 400 * DAY
        assert len(names(tmp_path / "data" / "backups")) == 1
        await turn(w, 86400)
        assert names(tmp_path / "data" / "backups") == ["asura-20260303T120100Z.backup"]
        assert w.engine.backups.state(w.clock.now()).next_at == w.clock.now() + DAY


async def test_the_newest_are_kept_and_what_others_put_there_stays(tmp_path: Path) -> None:
    async with keeping(tmp_path, keep=2, folder=tmp_path / "kept") as w:
        (tmp_path / "kept").mkdir()
        theirs = ["asura-20200101T000000Z.backup", "before-upgrade-20260101T000000Z.backup", "notes.txt"]
        for one in theirs:
            (tmp_path / "kept" / one).touch()
        for _ in range(4):
            await turn(w, 86400)
        ours = [one for one in names(tmp_path / "kept") if one not in theirs]
        assert ours == ["asura-20260305T120000Z.backup", "asura-20260306T120000Z.backup"]
        assert set(theirs) <= set(names(tmp_path / "kept"))
        listed = await w.engine.backups.list()
        assert [(one.name, one.made is not None) for one in listed] == [
            (ours[1], True), (ours[0], True), (theirs[0], False),
        ]  # fmt: skip
        # When the newer ones were taken away, the old one is not deleted in their place.
        (tmp_path / "kept" / ours[1]).unlink()
        await turn(w, 86400)
        assert ours[0] in names(tmp_path / "kept")


async def test_a_folder_that_cannot_be_written_is_told_by_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with keeping(tmp_path, folder=tmp_path / "kept") as w:
        assert w.engine.backups._looking is not None
        await w.engine.backups._looking
        assert f"backup.dir: {tmp_path}/kept cannot be used (No such file or directory): mount its disk" in caplog.text


async def test_failures_are_tried_again_with_pauses_and_told_once(tmp_path: Path) -> None:
    async with keeping(tmp_path, folder=tmp_path / "kept") as w:
        await w.channel("ops")
        await turn(w, 60)
        assert w.engine.backups.state(w.clock.now()).next_at == w.clock.now() + timedelta(minutes=1)
        await w.settle()
        assert w.sent == [], "once is nobody's night"
        for seconds in (60, 300, 900):
            await turn(w, seconds)
            await w.settle()
        assert w.take() == [("ops", "Backups of asura fail")]
        (message,) = w.messages
        assert message.event == "backup.failed"
        assert "No such file or directory" in message.text
        assert "There is none yet." in message.text
        failed = w.engine.backups.ledger.failed
        assert failed is not None
        assert (failed.times, w.engine.backups.ledger.failures) == (4, 4)
        await w.restart(after=10)
        await turn(w)
        assert w.engine.backups.ledger.failures == 4, "a restart does not shorten the pause"
        (tmp_path / "kept").mkdir()
        await turn(w, 3600)
        await w.settle()
        assert w.take() == [("ops", "Backups of asura work again")]
        assert w.engine.backups.ledger.failed is None
        await turn(w, 86400)
        await w.settle()
        figures = {one.name: one.samples[0].value for one in w.engine.metrics() if one.name.startswith("backup_")}
        last = w.engine.backups.ledger.last
        assert last is not None
        assert figures == {
            "backup_last_success_timestamp_seconds": last.at.timestamp(),
            "backup_bytes": last.bytes,
            "backup_failures_total": 4,
        }


async def test_deleting_and_taking_away_are_written_down(tmp_path: Path) -> None:
    async with keeping(tmp_path, lock=Lock(passphrase=PASSPHRASE)) as w:
        await turn(w, 60)
        (name,) = names(tmp_path / "data" / "backups")
        assert await w.engine.backups.read(name) == tmp_path / "data" / "backups" / name
        await w.engine.backups.delete(name)
        for lost in (name, "asura.db", "../asura.db", "nothing"):
            for door in (w.engine.backups.read, w.engine.backups.delete):
                with pytest.raises(NotFound):
                    await door(lost)
        assert w.engine.backups.ledger.made == ()
        assert [(one.action, one.name) for one in await entries(w)] == [("delete", name), ("download", name)]


async def test_a_stop_leaves_nothing_and_waits_not_long(tmp_path: Path) -> None:
    async with keeping(tmp_path) as w:
        w.clock.turn(60)
        await w.engine.backups.tick(w.clock.now())
        assert w.engine.backups.state(w.clock.now()).running
        await w.engine.backups.stop()
        assert names(tmp_path / "data" / "backups") == []
        assert os.listdir(tmp_path / "data" / "backups") == []
        await turn(w)


async def test_one_whose_process_somebody_ends_has_failed_and_is_tried_again_later(tmp_path: Path) -> None:
    async with keeping(tmp_path) as w:
        with waiting_for_their_turn(tmp_path / "data"):
            w.clock.turn(60)
            await w.engine.backups.tick(w.clock.now())
            while w.engine.backups.state(w.clock.now()).stage != "waiting":
                await asyncio.sleep(0.01)
            for one in makers():
                os.kill(one, signal.SIGTERM)
            await turn(w)
        failed = w.engine.backups.ledger.failed
        assert failed is not None
        assert failed.message == "the process that makes backups was killed by signal 15"
        assert w.engine.backups.state(w.clock.now()).next_at == w.clock.now() + timedelta(minutes=1)


async def test_it_waits_while_hours_are_packed_though_not_for_ever(tmp_path: Path) -> None:
    async with keeping(tmp_path) as w:
        w.engine.janitor.busy = True
        await turn(w, 60)
        assert names(tmp_path / "data" / "backups") == []
        await turn(w, 15 * 60)
        assert len(names(tmp_path / "data" / "backups")) == 1


async def test_a_link_is_no_backup(tmp_path: Path) -> None:
    async with keeping(tmp_path, folder=tmp_path) as w:
        (tmp_path / "asura-20260302T000000Z.backup").symlink_to("/etc/passwd")
        assert await w.engine.backups.list() == []
        with pytest.raises(NotFound):
            await w.engine.backups.read("asura-20260302T000000Z.backup")
        assert await w.engine.backups.shelf.usable()
