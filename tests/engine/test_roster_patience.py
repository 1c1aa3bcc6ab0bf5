"""A probe that comes and goes, or is blind and is not, many times a second is not followed each time."""

from pathlib import Path

from asura.domain import wire
from tests.engine.calling import BLIND, OPTIONS
from tests.engine.test_roster import enrol, greet, report
from tests.world import world


async def test_a_probe_that_cannot_make_up_its_mind_is_not_followed_each_time(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        for number in range(12):
            await w.monitor(f"shop{number}", interval=60, regions=["eu"])
        good, evil = await enrol(w, "eu"), await enrol(w, "eu")
        greet(w, good)
        greet(w, evil)
        report(w, good)
        moves: list[int] = []
        w.engine.roster.moved = lambda: moves.append(w.engine.dispatch.count(evil.id))
        for number in range(500):
            report(w, evil, state=BLIND if number % 2 else wire.State())
            report(w, evil, bye=number % 2 == 0, state=BLIND)
            w.clock.turn(0.02)
        # It was blind at once, was given nothing since, and its last word is what counts.
        assert len(moves) <= 12
        assert set(moves) == {0}
        report(w, evil)
        await w.advance(2)
        assert w.engine.dispatch.count(evil.id) > 0


async def test_processes_that_take_turns_are_not_followed_each_time(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        good, evil = await enrol(w, "eu"), await enrol(w, "eu")
        greet(w, good)
        moves: list[str] = []
        w.engine.roster.moved = lambda: moves.append(w.engine.dispatch.tag(good.id))
        for number in range(500):
            boot = f"0000-{number:08x}"
            greet(w, evil, boot)
            report(w, evil, boot, bye=True)
            w.clock.turn(0.02)
        assert len(set(moves)) <= 12
