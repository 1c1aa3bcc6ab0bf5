"""Who leaves for good, and who only came for one round: neither raises how many regions have to agree."""

from pathlib import Path

from asura.domain import wire
from tests.engine.test_roster import OPTIONS, enrol, greet
from tests.world import world


async def test_who_was_away_for_a_day_has_left_and_raises_no_quorum(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        eu, _ = await enrol(w, "eu"), await enrol(w, "us")
        greet(w, eu)
        await w.settle()
        assert w.engine.live.known_regions == ("eu",)
        await w.advance(30)
        w.clock.turn(86_401)
        await w.settle()
        assert w.engine.live.known_regions == ()
        assert w.engine.roster.standing(eu.id).last_seen_at is not None
        await w.restart(after=60)
        assert w.engine.live.known_regions == ()


async def test_who_comes_for_one_round_is_missed_by_nobody(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        eu = await enrol(w, "eu")
        roster = w.engine.roster
        roster.greet(eu.id, "a-visit", "1", wall=None, visits=True)
        assert w.engine.live.known_regions == ("eu",)
        roster.report(eu.id, wire.Batch(boot="a-visit", seq=0, bye=True), wall=None, refused=0)
        for _ in range(12):
            await w.advance(5)
        assert (w.engine.live.known_regions, w.take()) == ((), [])
