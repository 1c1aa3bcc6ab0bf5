"""The desk of maintenance windows: stored first, then known, and all of it on record."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from asura.domain.maintenance import Occurrence, Window, WindowConfig
from asura.engine import maintenance_desk
from asura.errors import Conflict, Invalid, NotFound
from tests.engine.kit import count, faults, rows
from tests.engine.planning import QUICK, plan
from tests.world import START, World, world

HOUR = timedelta(hours=1)


def once(**fields: Any) -> WindowConfig:
    return WindowConfig(**{"name": "Disks", "tags": ("*",), "starts_at": START, "ends_at": START + HOUR, **fields})


async def audited(w: World) -> list[tuple[str, str]]:
    return [
        (str(action), str(name))
        for action, name in await rows(
            w.store, "SELECT action, name FROM audit WHERE entity = 'maintenance' ORDER BY id"
        )
    ]


async def test_windows_are_known_again_after_a_restart(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        first = await w.engine.maintenance.create(once(), by="ann")
        second = await plan(w, rrule="FREQ=WEEKLY;BYDAY=SU", duration_s=600)
        await w.engine.maintenance.end(first.id)
        known = w.engine.maintenance.list()
        await w.restart()
        assert w.engine.maintenance.list() == known
        assert [one.id for one in known] == [first.id, second.id]
        assert known[0].ended == (Occurrence(START, START),)


async def test_each_change_counts_up_and_is_on_record(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.maintenance
        versions = [desk.version]
        window = await desk.create(once(), by="ann")
        versions.append(desk.version)
        assert await desk.replace(window.id, window.config) is window, "nothing changed, nothing is written"
        assert desk.version == versions[-1]
        edited = await desk.replace(window.id, once(name="Cables"))
        versions.append(desk.version)
        ended = await desk.end(window.id)
        versions.append(desk.version)
        assert window.updated_at < edited.updated_at < ended.updated_at, "each version has a tag of its own"
        await desk.delete(window.id)
        versions.append(desk.version)
        assert versions == sorted(set(versions))
        assert desk.changed.is_set()
        assert await audited(w) == [("create", "Disks"), ("update", "Cables"), ("end", "Cables"), ("delete", "Cables")]


async def test_what_is_not_there_cannot_be_changed(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.maintenance
        for change in (desk.replace(7, once()), desk.end(7), desk.delete(7)):
            with pytest.raises(NotFound):
                await change
        window = await desk.create(once(starts_at=START + HOUR, ends_at=START + 2 * HOUR), by="ann")
        with pytest.raises(Conflict, match="not going on"):
            await desk.end(window.id)
        assert desk.find(window.id) is window
        assert desk.find(7) is None


async def test_one_that_was_ended_goes_on_when_it_is_given_another_end(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor(**QUICK)
        desk = w.engine.maintenance
        window = await desk.create(once(), by="ann")
        await desk.end(window.id)
        assert w.status() == "up"
        w.clock.turn(60)
        renamed = await desk.replace(window.id, once(name="Cables"))
        assert (w.status(), len(renamed.ended)) == ("up", 1)
        await desk.replace(window.id, once(ends_at=START + 2 * HOUR))
        assert w.status() == "maintenance"


async def test_a_phase_is_worked_out_anew_only_when_it_changes(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.maintenance
        window = await plan(w, cron="0 13 * * *", duration_s=3600)
        phase = desk.phase(window, START)
        assert (phase.current, phase.until, phase.over) == (None, START + HOUR, False)
        assert desk.phase(window, START + HOUR / 2) is phase
        opened = desk.phase(window, START + HOUR)
        assert opened.current == Occurrence(START + HOUR, START + 2 * HOUR)
        assert opened.following == Occurrence(START + 25 * HOUR, START + 26 * HOUR)
        assert desk.changes_at(START + HOUR) == START + 2 * HOUR
        past = await desk.create(once(starts_at=START - 2 * HOUR, ends_at=START - HOUR), by="ann")
        assert desk.phase(past, START).over


async def test_prepare_fills_in_what_is_meant(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor(**QUICK)
        prepare = w.engine.maintenance.prepare
        now = prepare({"name": " Disks ", "monitor_ids": ["shop", 1], "duration_s": 600})
        assert now == WindowConfig(
            name="Disks", monitor_ids=(1,), starts_at=START, ends_at=START + timedelta(seconds=600)
        )
        nightly = prepare(
            {"name": "x", "tags": ["a", "a"], "rrule": " rrule:freq=daily;", "duration_s": 60, "timezone": "Asia/Tokyo"}
        )
        assert (nightly.rrule, nightly.tags) == ("FREQ=DAILY", ("a",))
        assert nightly.starts_at == START - timedelta(hours=21), "midnight there, of the day that it is there"
        cron = prepare({"name": "x", "tags": ["a"], "cron": "0 2 * * *", "duration_s": 60})
        assert (cron.starts_at, cron.ends_at) == (None, None)


async def test_prepare_names_every_fault(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        with pytest.raises(Invalid) as refused:
            w.engine.maintenance.prepare(
                {"name": "", "monitor_ids": ["gone"], "cron": "0 2 * * *", "timezone": 7, "colour": "red"}
            )
        assert set(faults(refused.value)) == {"name", "timezone", "colour"}
        with pytest.raises(Invalid) as refused:
            w.engine.maintenance.prepare(
                {"name": "x", "monitor_ids": ["gone"], "cron": "0 2 * * *", "timezone": "x", "announce_s": -1}
            )
        assert set(faults(refused.value)) == {"monitor_ids[0]", "timezone", "announce_s"}


async def test_what_is_over_for_long_makes_room(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.maintenance
        long_ago = START - timedelta(days=500)
        old = await desk.create(once(starts_at=long_ago, ends_at=long_ago + HOUR), by="ann")
        recent = await desk.create(once(starts_at=START - 2 * HOUR, ends_at=START - HOUR), by="ann")
        assert [one.id for one in desk.list()] == [old.id, recent.id]
        w.clock.turn(maintenance_desk.KEPT.total_seconds() + 60)
        made = await desk.create(once(ends_at=w.clock.now() + HOUR, starts_at=w.clock.now()), by="ann")
        assert [one.id for one in desk.list()] == [made.id]
        assert await count(w.store, "maintenance") == 1


def test_a_window_knows_when_it_is_over() -> None:
    assert maintenance_desk.Phase(None, None, None).over
    some = Occurrence(START, START + HOUR)
    assert not maintenance_desk.Phase(some, None, START + HOUR).over
    assert not maintenance_desk.Phase(None, some, START).over
    assert Window(config=once(), created_by="ann", created_at=START, updated_at=START).ended == ()
