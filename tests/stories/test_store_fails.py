"""A disk that is full: nothing is believed that cannot be kept, people are told, and nothing is lost."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from asura.errors import StoreUnavailable
from tests.engine.kit import break_commits, mend_commits
from tests.world import DOWN, START, STEP_S, World, world


async def test_what_cannot_be_stored_is_unknown_told_once_and_judged_when_it_can(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(interval=60, retries=0, failure_threshold=2)
        await break_commits(w.store)
        w.say(DOWN)
        await _struggle(w, 200)
        assert w.status() == "unknown"
        view = w.engine.live.find("shop")
        assert view is not None
        assert view.reason == "own_store"
        assert w.take() == [("ops", "asura cannot store what it finds")]
        await mend_commits(w.store)
        await w.advance(1)
        assert w.status() == "down"
        assert w.take() == [("ops", "DOWN: Shop")]
        (incident,) = w.open_incidents()
        assert incident.started_at < START + timedelta(seconds=61), "back-dated to what was seen first"
        await w.engine.herald.tick(w.clock.now())


async def _struggle(w: World, seconds: int) -> None:
    """Let time pass while no commit works; the loops fail and are run again, as the supervisor would."""
    for _ in range(round(seconds / STEP_S)):
        # A step each: the rest of an advance whose judge fails does not come.
        with suppress(StoreUnavailable):
            await w.advance(STEP_S)
        await w.engine.herald.tick(w.clock.now())
