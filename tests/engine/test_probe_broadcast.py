"""What listeners hear of probes: each change once, and nothing while all goes on as it was."""

import asyncio
from pathlib import Path
from typing import Any

from asura.domain.wire import Batch, State
from asura.engine.events import ServerEvent
from tests.world import World, world

BOOT = "b0070001"


class Ear:
    """Hears what is told of probes."""

    def __init__(self, w: World) -> None:
        self._events = w.engine.events.subscribe()
        self._next = asyncio.ensure_future(self._pull())

    async def _pull(self) -> ServerEvent:
        return await anext(self._events)

    async def heard(self) -> list[dict[str, Any]]:
        """Return what was told since the last look."""
        found = []
        for _ in range(5):
            await asyncio.sleep(0)
            while self._next.done():
                found.append(self._next.result())
                self._next = asyncio.ensure_future(self._pull())
                await asyncio.sleep(0)
        return [event.data for event in found if event.kind == "probe"]

    async def close(self) -> None:
        """Stop listening."""
        self._next.cancel()
        await asyncio.gather(self._next, return_exceptions=True)


async def report(w: World, blind: str = "") -> None:
    w.engine.roster.report(1, Batch(boot=BOOT, seq=1, state=State(blind=blind)), wall=None, refused=0)
    await w.settle()


async def test_each_change_of_a_probe_is_told_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        ear, desk = Ear(w), w.engine.probes
        await ear.heard()
        probe, _ = await desk.create("eu", "paris", by="admin")
        row: dict[str, Any] = {"id": probe.id, "region": "eu", "name": "paris", "online": False, "blind": None}
        assert await ear.heard() == [row]
        w.engine.roster.greet(probe.id, BOOT, "1.0", wall=None)
        assert await ear.heard() == [{**row, "online": True}]
        await report(w)
        assert await ear.heard() == []
        await report(w, "No resolver answers.")
        assert await ear.heard() == [{**row, "online": True, "blind": "No resolver answers."}]
        await report(w)
        await w.advance(2)
        assert await ear.heard() == [{**row, "online": True}]
        await w.advance(30)
        assert await ear.heard() == [row]
        await desk.rename(probe.id, "lyon")
        assert await ear.heard() == [{**row, "name": "lyon"}]
        await desk.delete(probe.id)
        assert await ear.heard() == [{"id": probe.id, "deleted": True}]
        await ear.close()


async def test_who_comes_back_after_nobody_listened_starts_anew(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        before = w.engine.events.latest_id
        await w.engine.probes.create("eu", "", by="admin")
        missed = w.engine.events.subscribe(before)
        assert (await anext(missed)).kind == "reset"
        await missed.aclose()
