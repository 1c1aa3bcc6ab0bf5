"""The roster knows which process speaks for a probe, whether it is there and sees, and when to look again."""

from pathlib import Path
from typing import Any

import pytest

from asura.domain import wire
from asura.domain.consensus import Silence
from asura.domain.probe import Probe
from asura.engine.roster import Roster
from asura.errors import Conflict, NotFound, StoreUnavailable
from tests.engine.calling import BLIND, OPTIONS, mute
from tests.engine.kit import break_commits, mend_commits, rows
from tests.world import World, world

ONE, OTHER = "0000-00000001", "0000-00000002"


async def enrol(w: World, region: str = "eu", name: str = "") -> Probe:
    probe, _ = await w.engine.probes.create(region, name, by="ada")
    return probe


def greet(w: World, probe: Probe, boot: str = ONE, *, version: str = "0.9", wall: float | None = None) -> None:
    w.engine.roster.greet(probe.id, boot, version, wall=wall)


def report(w: World, probe: Probe, boot: str = ONE, *, wall: float | None = None, refused: int = 0, **is_: Any) -> None:
    batch = wire.Batch(boot=boot, seq=0, state=is_.pop("state", wire.State()), **is_)
    w.engine.roster.report(probe.id, batch, wall=wall, refused=refused)


async def test_two_processes_with_one_key_do_not_take_turns(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        probe, roster = await enrol(w), w.engine.roster
        greet(w, probe)
        roster.polling(probe.id, ONE, begins=True)
        with pytest.raises(Conflict, match="another process uses this key; make one for each probe"):
            greet(w, probe, OTHER)
        # The one that is there asks again, also while its last question still waits, and reports.
        greet(w, probe)
        roster.polling(probe.id, ONE, begins=True)
        roster.polling(probe.id, ONE, begins=False)
        report(w, probe)
        with pytest.raises(Conflict, match="another process uses this key"):
            greet(w, probe, OTHER)
        with pytest.raises(Conflict, match="has taken the place"):
            report(w, probe, OTHER)


async def test_a_process_that_has_ended_gives_way_to_the_next_one(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        probe, roster = await enrol(w), w.engine.roster
        greet(w, probe)
        roster.polling(probe.id, ONE, begins=True)
        roster.polling(probe.id, ONE, begins=False)
        greet(w, probe, OTHER)
        roster.polling(probe.id, OTHER, begins=True)
        # What the first one still has under way changes nothing for the second.
        roster.polling(probe.id, ONE, begins=False)
        with pytest.raises(Conflict, match="has taken the place of this one"):
            report(w, probe)
        with pytest.raises(Conflict, match="another process uses this key"):
            greet(w, probe)
        report(w, probe, OTHER, bye=True)
        greet(w, probe)


async def test_a_process_that_hangs_with_an_open_connection_is_replaced(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        probe, roster = await enrol(w), w.engine.roster
        greet(w, probe)
        roster.polling(probe.id, ONE, begins=True)
        w.clock.turn(7.4)
        with pytest.raises(Conflict):
            greet(w, probe, OTHER)
        w.clock.turn(0.1)
        greet(w, probe, OTHER)
        with pytest.raises(Conflict, match="has taken the place of this one"):
            report(w, probe)


async def test_another_key_lets_another_process_in_at_once(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        probe, roster = await enrol(w), w.engine.roster
        greet(w, probe)
        roster.polling(probe.id, ONE, begins=True)
        await w.engine.probes.rotate(probe.id)
        assert roster.standing(probe.id).online
        greet(w, probe, OTHER)
        roster.polling(probe.id, ONE, begins=False)
        assert roster.standing(probe.id).online


async def test_after_a_start_whoever_reports_first_is_the_process_of_its_probe(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        probe = await enrol(w)
        report(w, probe)
        assert w.engine.roster.standing(probe.id).online
        with pytest.raises(Conflict):
            report(w, probe, OTHER)


async def test_a_probe_that_is_none_is_not_heard(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        probe = await enrol(w)
        greet(w, probe)
        await w.engine.probes.delete(probe.id)
        for call in (greet, report):
            with pytest.raises(NotFound):
                call(w, probe)
        with pytest.raises(NotFound):
            w.engine.roster.standing(probe.id)
        w.engine.roster.polling(probe.id, ONE, begins=False)
        await w.advance(30)


async def test_how_a_probe_does_is_what_it_said_last(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        probe, roster = await enrol(w), w.engine.roster
        standing = roster.standing(probe.id)
        assert (standing.online, standing.sees, standing.version, standing.last_seen_at) == (False, False, "", None)
        greet(w, probe, wall=w.clock.now().timestamp() + 3600)
        w.clock.turn(2)
        doing = wire.State(late_s=1.5, checks_per_s=20, in_flight=3, spooled=7, lost=2, lag_s=12)
        report(w, probe, state=doing, refused=4)
        report(w, probe, state=doing, refused=3)
        standing = roster.standing(probe.id)
        assert standing.sees
        assert (standing.version, standing.last_seen_at, standing.clock_skew_s) == ("0.9", w.clock.now(), 3600)
        assert (standing.late_s, standing.checks_per_s, standing.in_flight) == (1.5, 20, 3)
        assert (standing.spooled, standing.lost, standing.lag_s, standing.refused) == (7, 2, 12, 7)
        # Another process begins anew.
        report(w, probe, bye=True)
        greet(w, probe, OTHER, version="0.10")
        standing = roster.standing(probe.id)
        assert (standing.version, standing.spooled, standing.refused, standing.clock_skew_s) == ("0.10", 0, 0, 0)


async def test_when_a_probe_was_last_heard_and_its_version_survive_a_restart(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        probe = await enrol(w)
        greet(w, probe)
        heard_at = w.clock.now()
        await w.settle()
        await w.restart(after=600)
        standing = w.engine.roster.standing(probe.id)
        assert (standing.version, standing.last_seen_at) == ("0.9", heard_at)


@pytest.mark.parametrize("wall", [None, float("nan"), float("inf"), float("-inf")])
async def test_a_clock_that_is_none_is_no_skew(tmp_path: Path, wall: float | None) -> None:
    async with world(tmp_path, OPTIONS) as w:
        probe = await enrol(w)
        greet(w, probe, wall=wall)
        report(w, probe, wall=wall)
        assert w.engine.roster.standing(probe.id).clock_skew_s == 0


async def test_why_a_probe_cannot_see_is_one_sentence_of_bounded_length(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        probe = await enrol(w)
        for said, shown in (("  No\r\n\tgateway\0. ", "No gateway ."), ("x" * 100_000, "x" * 300), ("\n", "")):
            report(w, probe, state=wire.State(blind=said))
            assert w.engine.roster.standing(probe.id).blind == shown
            assert w.engine.roster.standing(probe.id).sees is not bool(shown)


async def test_votes_move_at_once_and_those_who_count_them_are_told(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        eu, us = await enrol(w, "eu"), await enrol(w, "us")
        lost: list[frozenset[str]] = []
        w.engine.roster.lost = lost.append
        greet(w, eu)
        greet(w, us)
        assert lost == [frozenset({"eu"}), frozenset({"us"})]
        report(w, eu, state=BLIND)
        report(w, eu, state=BLIND)
        assert (mute(w), lost[2:]) == ({"eu": Silence.BLIND}, [frozenset({"eu"})])
        report(w, eu)
        await w.advance(2)
        assert (mute(w), lost[3:]) == ({}, [frozenset({"eu"})])
        await w.advance(15)
        assert (mute(w), lost[4:]) == ({"eu": Silence.OFFLINE, "us": Silence.OFFLINE}, [frozenset({"eu", "us"})])


@pytest.mark.parametrize("what", ["first call", "blind", "bye", "back", "enrolled", "revoked"])
async def test_a_change_wakes_the_roster(tmp_path: Path, what: str) -> None:
    async with world(tmp_path, OPTIONS) as w:
        probe, roster = await enrol(w), w.engine.roster
        if what != "first call":
            greet(w, probe)
        if what == "back":
            await w.advance(16)
        roster.wake.clear()
        match what:
            case "first call" | "back":
                greet(w, probe)
            case "blind":
                report(w, probe, state=BLIND)
            case "bye":
                report(w, probe, bye=True)
            case "enrolled":
                await enrol(w)
            case "revoked":
                await w.engine.probes.delete(probe.id)
        assert roster.wake.is_set()
        roster.wake.clear()


async def test_a_report_of_nothing_new_wakes_nobody(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        probe, roster = await enrol(w), w.engine.roster
        greet(w, probe)
        report(w, probe)
        roster.wake.clear()
        divided = w.engine.dispatch.tag(probe.id)
        for _ in range(3):
            greet(w, probe)
            report(w, probe)
        assert not roster.wake.is_set()
        assert w.engine.dispatch.tag(probe.id) == divided


async def ticked(roster: Roster, w: World) -> float | None:
    at = await roster.tick(w.clock.now())
    return None if at is None else (at - w.clock.now()).total_seconds()


async def test_it_looks_again_when_the_next_one_would_fall_silent(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        roster = w.engine.roster
        assert await ticked(roster, w) is None
        eu, us = await enrol(w, "eu"), await enrol(w, "us")
        greet(w, eu)
        assert await ticked(roster, w) == 15
        w.clock.turn(4)
        greet(w, us)
        assert await ticked(roster, w) == 11
        greet(w, eu)
        assert await ticked(roster, w) == 15
        w.clock.turn(14.9)
        # Never faster than once a second.
        assert await ticked(roster, w) == 1
        w.clock.turn(1)
        assert await ticked(roster, w) == 5
        w.clock.turn(5)
        # Both are told of; what is left is that they leave for good, a day after they were heard.
        assert await ticked(roster, w) == pytest.approx(86_400 - 20.9, abs=5)
        assert set(mute(w)) == {"eu", "us"}


async def test_what_is_held_back_is_looked_at_again(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        roster, probe = w.engine.roster, await enrol(w)
        greet(w, probe)
        await w.advance(10)
        await w.restart(after=1)
        roster = w.engine.roster
        await w.advance(16)
        assert roster.standing(probe.id).online is False
        assert await ticked(roster, w) == 4
        await w.advance(4)
        assert w.take() == [("ops", f"Probe eu/{probe.name} is gone")]


def let_time_pass(w: World, seconds: float) -> None:
    """Nothing of ours is held up meanwhile."""
    for _ in range(int(seconds * 2)):
        w.clock.turn(0.5)
        w.engine.auditor.observe()


async def test_gaps_and_notices_are_made_up_for_once_the_store_can_commit_again(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        roster, probe = w.engine.roster, await enrol(w)
        greet(w, probe)
        await w.settle()
        heard_at = w.clock.now()
        await break_commits(w.store, "gaps")
        let_time_pass(w, 15)
        with pytest.raises(StoreUnavailable):
            await roster.tick(w.clock.now())
        # Its vote is taken all the same.
        assert mute(w) == {"eu": Silence.OFFLINE}
        let_time_pass(w, 5)
        with pytest.raises(StoreUnavailable):
            await roster.tick(w.clock.now())
        await mend_commits(w.store)
        await w.settle()
        assert w.take() == [("ops", f"Probe eu/{probe.name} is gone")]
        begun = round(heard_at.timestamp() * 1000)
        assert await rows(w.store, "SELECT from_at, to_at, region FROM gaps WHERE region <> ''") == [
            (begun, None, "eu")
        ]
        await w.advance(60)
