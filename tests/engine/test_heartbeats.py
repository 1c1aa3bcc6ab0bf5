"""Heartbeats in the engine: tokens, restarts in any moment, our own deafness, and many that are overdue at once."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from asura.domain.ping import Ping, PingKind
from asura.domain.reason import Reason
from asura.domain.span import Gap
from asura.engine import beat_rows
from asura.engine.beat_rows import BeatRows
from asura.errors import Conflict, Invalid, NotFound, StoreUnavailable
from asura.store import gaps
from tests.engine.kit import break_commits, mend_commits
from tests.world import world


async def test_a_token_that_is_taken_is_made_anew(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.heartbeat("first")
        taken = w.engine.pings.secrets(1)[0]
        offered = [taken, taken, "another-token-of-32-characters-xx"]
        w.engine.monitors._rows._beat_rows = BeatRows(w.store.vault, make_token=lambda: offered.pop(0))
        await w.heartbeat("second")
        assert w.engine.pings.secrets(2)[0] == "another-token-of-32-characters-xx"
        w.engine.monitors._rows._beat_rows = BeatRows(w.store.vault, make_token=lambda: taken)
        with pytest.raises(Conflict):
            await w.heartbeat("third")
        assert w.engine.live.find("third") is None


def test_a_token_has_32_characters_and_none_is_like_another() -> None:
    tokens = {beat_rows.new_token() for _ in range(1000)}
    assert len(tokens) == 1000 and {len(token) for token in tokens} == {32}


async def test_killed_right_after_a_ping_it_is_known_again(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.heartbeat()
        await w.ping()
        await w.ping(kind=PingKind.START, run_id="a")
        await w.ping(kind=PingKind.IGNORED)
        before = w.engine.beats.get(1)
        assert before is not None and before.saved_id == 0
        # As a kill: nothing is flushed.
        await w.close()
        await w.start()
        after = w.engine.beats.get(1)
        assert after is not None and after.heart == before.heart
        assert w.status("backup") == "up"
        assert [one.number for one in await w.engine.pings.log(1, limit=10)] == [3, 2, 1]
        await w.ping()
        assert [one.number for one in await w.engine.pings.log(1, limit=10)] == [4, 3, 2, 1]


async def test_an_incident_of_a_job_that_was_silent_is_not_opened_again_after_a_kill(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.heartbeat()
        await w.ping()
        await w.advance(3600 + 301)
        assert w.take() == [("ops", "DOWN: Backup")]
        await w.close()
        await w.start()
        await w.advance(7200)
        assert w.take() == []
        await w.ping()
        assert [title for _, title in w.take()] == ["UP: Backup, after 2 h"]


async def test_a_blind_uplink_lets_nobody_down_and_moves_the_deadline(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.heartbeat()
        await w.ping()
        blind = Gap(w.clock.now() + timedelta(minutes=30), None, Reason.OWN_NETWORK.value)
        await w.advance(1800)
        w.engine.live.gaps.append(blind)
        await w.advance(7200)
        assert w.take() == []
        w.engine.live.gaps[-1] = Gap(blind.from_at, w.clock.now(), blind.reason)
        await w.advance(1800 + 299)
        assert w.take() == []
        await w.advance(3)
        assert w.take() == [("ops", "DOWN: Backup")]


async def test_a_ping_that_cannot_be_stored_is_refused_and_the_deadline_moves(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.heartbeat()
        await w.ping()
        await w.advance(1800)
        await break_commits(w.store)
        waiting = asyncio.ensure_future(w.engine.pings.ping(1, Ping(at=w.clock.now())))
        await asyncio.sleep(0)
        with pytest.raises(StoreUnavailable):
            await w.engine.judge.judge(w.clock.now())
        with pytest.raises(StoreUnavailable):
            await waiting
        w.clock.turn(600)
        await mend_commits(w.store)
        await w.ping(kind=PingKind.LOG)
        await w.engine.watcher.tick(w.clock.now())
        beat = w.engine.beats.get(1)
        assert beat is not None and beat.heart.pings == 2 and beat.heart.expected_at is not None
        deadline_at = w.engine.pings.view(1, w.clock.now()).deadline_at
        assert deadline_at == beat.heart.expected_at + timedelta(minutes=5, seconds=600)
        # What was checked meanwhile was kept, and stored later: our own trouble is no gap in it.
        async with w.store.read() as reader:
            assert await gaps.between(reader, w.clock.now() - timedelta(days=1), w.clock.now()) == []


async def test_a_job_that_is_late_at_its_restart_is_still_believed_to_be_well(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.heartbeat()
        await w.ping()
        await w.advance(3700)
        assert w.status("backup") == "late"
        await w.restart(after=5)
        await w.settle()
        await w.ping()
        assert w.status("backup") == "up"


async def test_an_edit_of_the_schedule_counts_from_now(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.heartbeat(interval=86_400)
        await w.ping()
        await w.advance(7200)
        desk, config = w.engine.monitors, w.engine.live.find("backup").monitor.config  # type: ignore[union-attr]
        await desk.replace(1, desk.prepare({"interval": 3600}, old=config, partial=True))
        await w.advance(290)
        assert w.take() == []
        await w.advance(20)
        assert w.take() == [("ops", "DOWN: Backup")]


async def test_one_that_is_late_is_not_any_more_when_its_schedule_is_edited(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.heartbeat()
        await w.ping()
        await w.advance(3700)
        assert w.status("backup") == "late"
        desk, config = w.engine.monitors, w.engine.live.find("backup").monitor.config  # type: ignore[union-attr]
        await desk.replace(1, desk.prepare({"interval": 7200}, old=config, partial=True))
        assert w.status("backup") == "up"
        await w.advance(3400)
        assert w.status("backup") == "up"
        await w.advance(200)
        assert w.status("backup") == "late"
        await w.advance(300)
        assert w.take() == [("ops", "DOWN: Backup")]


async def test_a_type_can_be_changed_both_ways(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.heartbeat()
        token = w.engine.pings.secrets(1)[0]
        desk = w.engine.monitors
        checked = desk.prepare({"name": "Backup", "type": "fake", "target": "shop"})
        await desk.replace(1, checked)
        assert w.engine.pings.by_secret(token) is None
        await desk.replace(1, desk.prepare({"name": "Backup", "type": "heartbeat"}))
        assert w.engine.pings.secrets(1)[0] != token
        await w.ping()
        assert w.status("backup") == "up"


async def test_a_copy_has_an_address_of_its_own_and_nothing_is_checked(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.heartbeat(settings={"token": "a-token-from-elsewhere"})
        copy = await w.engine.monitors.clone(1)
        assert w.engine.pings.secrets(copy.id)[0] != "a-token-from-elsewhere"
        with pytest.raises(Conflict):
            await w.engine.monitors.check_now(1)
        with pytest.raises(Invalid):
            await w.engine.monitors.try_out(w.engine.live.find(1).monitor.config)  # type: ignore[union-attr]


async def test_a_deleted_heartbeat_cannot_be_pinged(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.heartbeat()
        await w.engine.monitors.delete(1)
        with pytest.raises(NotFound):
            await w.engine.pings.ping(1, Ping(at=w.clock.now()))


async def test_a_clock_that_is_set_forth_and_back_lets_nobody_down(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.heartbeat(interval=60, grace=30)
        await w.ping()
        w.clock.wall -= timedelta(hours=3)
        await w.settle()
        await w.ping()
        await w.advance(59)
        assert w.status("backup") == "up"
        await w.ping()
        assert w.take() == []


async def test_five_hundred_that_are_overdue_at_once_are_each_told_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        bodies = [{"name": f"job {n}", "type": "heartbeat", "interval": 60, "grace": 5} for n in range(1200)]
        await w.engine.monitors.create_all([(None, w.engine.monitors.prepare(body)) for body in bodies])
        await w.advance(70)
        assert w.engine.live.counts()["down"] == 1200
        assert len(set(w.take())) == 1200


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({"target": "x"}, {"target"}),
        ({"interval": 1}, {"interval"}),
        ({"grace": -1}, {"grace"}),
        ({"cron": "nonsense"}, {"cron"}),
        ({"cron": "@daily", "timezone": "Mars"}, {"timezone"}),
        ({"start_deadline": 60}, {"start_deadline"}),
        ({"upside_down": True}, {"upside_down"}),
        ({"latency_threshold_ms": 5}, {"latency_threshold_ms"}),
        ({"assertions": [{"on": "status", "op": "eq", "value": 200}]}, {"assertions[0].on"}),
        ({"settings": {"fail_if": ["/(/"]}}, {"settings.fail_if[0]"}),
        ({"settings": {"token": "short"}}, {"settings.token"}),
        ({"settings": {"uuid": "x"}}, {"settings.uuid"}),
        ({"settings": {"nothing": 1}}, {"settings.nothing"}),
        ({"type": "fake", "target": "x", "grace": 5, "cron": "@daily"}, {"grace", "cron"}),
        ({"type": "fake", "target": "x", "interval": 100_000}, {"interval"}),
    ],
)
async def test_what_does_not_fit_a_heartbeat_is_named(tmp_path: Path, body: dict[str, object], paths: set[str]) -> None:
    async with world(tmp_path) as w:
        with pytest.raises(Invalid) as caught:
            w.engine.monitors.prepare({"name": "Backup", "type": "heartbeat", **body})
        assert {fault.path for fault in caught.value.faults} == paths
