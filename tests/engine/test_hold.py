"""A restored database holds every message until somebody says which of them may go."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest

from asura.domain.routing import Release
from asura.store import meta
from tests.engine.kit import rows
from tests.engine.post import Post, post, put
from tests.engine.readers import hook, readers


async def restored(w: Post, at: datetime) -> None:
    """Make it an engine over a database that was restored at an instant."""
    await w.store.write(lambda db: meta.put(db, meta.HELD_SINCE, at.isoformat()))
    await w.engine.hold.load()


@pytest.mark.parametrize(
    ("wanted", "sent", "dropped"),
    [(Release.NEW, ["after"], 1), (Release.ALL, ["before", "after"], 0), (Release.NONE, [], 2)],
    ids=["new", "all", "none"],
)
async def test_nothing_goes_out_until_it_is_released(
    tmp_path: Path, wanted: Release, sent: list[str], dropped: int
) -> None:
    async with post(tmp_path) as w:
        ops = await w.channel()
        await put(w, ops, "before")
        w.clock.turn(60)
        since = w.clock.now()
        await restored(w, since)
        w.clock.turn(60)
        await put(w, ops, "after")
        assert await w.engine.notifier.tick(w.clock.now()) is None
        assert w.take() == []
        assert await w.engine.hold.waiting() == 2
        assert "restored" in w.engine.health()["notifier"]["detail"] and w.engine.health()["notifier"]["ok"] is not None
        w.engine.notifier.wake.clear()
        assert await w.engine.hold.release(wanted) == dropped
        assert w.engine.notifier.wake.is_set()
        await w.deliver()
        assert [title for _, title in w.take()] == sent
        reasons = [one.reason for one, _ in await w.outbox() if one.status.value == "dropped"]
        assert reasons == ["restored"] * dropped
        ((actor, action, entity),) = await rows(
            w.store, "SELECT actor, action, entity FROM audit WHERE action = 'release'"
        )
        assert (actor, action, entity) == ("asura", "release", "notifications")


async def test_a_release_holds_over_the_next_start_and_a_second_one_does_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with post(tmp_path) as w:
        await restored(w, w.clock.now())
        await w.engine.hold.load()
        assert "nobody is told anything since the restore at" in caplog.text
        assert w.engine.hold.since == w.clock.now()
        await w.engine.hold.release()
        await w.engine.hold.load()
        assert w.engine.hold.since is None
        ops = await w.channel()
        await put(w, ops, "later")
        assert await w.engine.hold.release(Release.NONE) == 0, "what nobody holds is not dropped"
        await w.deliver()
        assert [title for _, title in w.take()] == ["later"]


async def test_a_fault_of_the_store_is_not_told_either(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        await w.channel()
        await restored(w, w.clock.now())
        w.engine.judge._failing_since = w.clock.monotonic()
        w.clock.turn(120)
        await w.engine.herald.tick(w.clock.now())
        assert w.take() == []


async def test_subscribers_of_status_pages_wait_too(tmp_path: Path) -> None:
    async with readers(tmp_path) as r, hook() as receiver:
        await r.add(f"{receiver.url}/in", "webhook")
        receiver.received.clear()
        r.telling.held = True
        await r.say(key="post-1-1", subject_id=1)
        assert await r.telling.tick(r.clock.now()) is None
        await asyncio.sleep(0.05)
        assert receiver.received == []
        r.telling.held = False
        await r.tell()
        assert len(receiver.received) == 1
