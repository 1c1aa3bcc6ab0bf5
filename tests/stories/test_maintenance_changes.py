"""What changes while a maintenance goes on: monitors, their tags, their jobs. Nothing else is sent."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from asura.domain.monitor import Monitor
from asura.domain.ping import PingKind
from tests.engine.planning import QUICK, plan, seconds, titles
from tests.world import DOWN, START, UP, World, world


async def test_what_is_paused_stays_paused_and_resumes_into_it(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK)
        await plan(w)
        await w.engine.monitors.pause(shop.id)
        await w.settle()
        assert w.status() == "paused"
        w.say(DOWN)
        await w.engine.monitors.resume(shop.id)
        await w.advance(300)
        assert w.status() == "maintenance"
        w.say(UP)
        await w.advance(305)
        assert w.status() == "up"


async def test_what_gets_or_loses_the_tag_goes_in_or_out_at_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK, tags=["eu"])
        other = await w.monitor("mail", **QUICK)
        await plan(w, tags=["eu"])
        assert (w.status(), w.status("mail")) == ("maintenance", "up")
        await edit(w, other, tags=("eu",))
        await edit(w, shop, tags=())
        await w.settle()
        assert (w.status(), w.status("mail")) == ("up", "maintenance")
        late = await w.monitor("late", **QUICK, tags=["eu"])
        assert w.status("late") == "maintenance"
        await w.engine.monitors.delete(late.id)
        await w.advance(700)
        assert w.status("mail") == "up"


async def edit(w: World, monitor: Monitor, **fields: Any) -> None:
    await w.engine.monitors.replace(monitor.id, msgspec.structs.replace(monitor.config, **fields))


async def test_a_job_that_is_missed_meanwhile_is_told_at_the_end(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.heartbeat(interval=300, grace=60)
        await w.ping()
        await plan(w)
        await w.advance(400)
        assert w.status("backup") == "maintenance"
        await w.advance(201)
        assert titles(w) == ["DOWN: Backup"]
        (incident,) = w.open_incidents()
        assert incident.started_at == START + timedelta(seconds=600)
        await w.ping(kind=PingKind.SUCCESS)
        assert titles(w) == ["UP: Backup"]


async def test_a_job_that_is_late_meanwhile_is_late_after_it(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.heartbeat(interval=300, grace=600)
        await w.ping()
        await plan(w)
        await w.advance(599)
        assert w.status("backup") == "maintenance"
        await w.advance(2)
        assert w.status("backup") == "late"
        assert seconds(w, "backup")["maintenance"] == 600
        await w.ping()
