"""What people do with incidents: each move once, with its reason, refused where it makes no sense."""

from datetime import timedelta
from pathlib import Path

import pytest

from asura.domain.incident import EventType, IncidentStatus
from asura.errors import Conflict, Invalid, NotFound
from asura.store import incidents
from tests.engine.kit import offer
from tests.world import DOWN, UP, World, world

QUICK = {"retries": 0, "failure_threshold": 1, "interval": 60}


async def outage(w: World) -> None:
    """Have one open incident, number 1, that everybody was told of."""
    await w.channel()
    shop = await w.monitor(**QUICK)
    w.say(DOWN)
    await offer(w, (shop, DOWN))
    await w.settle()
    assert w.take() == [("ops", "DOWN: Shop")]


async def timeline(w: World) -> list[tuple[str, str | None]]:
    async with w.store.read() as reader:
        return [(event.type.value, event.actor) for event in await incidents.events(reader, 1)]


async def test_acknowledging_says_who_and_when_and_only_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await outage(w)
        taken = await w.engine.incidents.acknowledge(1, "ada", "on it")
        assert (taken.status, taken.acknowledged_by) == (IncidentStatus.ACKNOWLEDGED, "ada")
        assert taken.acknowledged_at == w.clock.now()
        assert w.engine.live.open_incidents() == [taken]
        with pytest.raises(Conflict, match="acknowledged already"):
            await w.engine.incidents.acknowledge(1, "bob")
        await w.settle()
        assert w.take() == [("ops", "ACKNOWLEDGED: Shop (by ada)")]
        assert "on it" in w.messages[-1].text


async def test_one_resolved_by_hand_stays_closed_until_the_monitor_was_up_again(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await outage(w)
        ended = await w.engine.incidents.resolve(1, "ada")
        assert (ended.status, ended.resolved_by) == (IncidentStatus.RESOLVED, "ada")
        await w.advance(300)
        assert w.status() == "down"
        assert w.take() == [("ops", "RESOLVED: Shop (by ada)")]
        assert w.engine.live.open_incidents() == []
        w.say(UP)
        await w.advance(60)
        assert w.take() == [], "that it is up again was said already"
        w.say(DOWN)
        await w.advance(60)
        assert w.take() == [("ops", "DOWN: Shop")]
        with pytest.raises(Conflict, match="resolved already"):
            await w.engine.incidents.resolve(1, "ada")
        with pytest.raises(Conflict, match="resolved already"):
            await w.engine.incidents.acknowledge(1, "ada")


async def test_notes_are_written_also_after_the_end_and_tell_nobody(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await outage(w)
        await w.engine.incidents.note(1, "ada", "disk full")
        await w.engine.incidents.resolve(1, "ada")
        await w.settle()
        w.take()
        await w.engine.incidents.note(1, "bob", "it was the log")
        await w.settle()
        assert [kind for kind, _ in await timeline(w)] == [
            "incident.opened", "incident.noted", "incident.resolved", "incident.noted",
        ]  # fmt: skip
        assert w.engine.live.open_incidents() == [], "a note opens nothing again"


@pytest.mark.parametrize("text", ["", "  \n", "x" * 10_001], ids=["empty", "blank", "endless"])
async def test_a_note_has_something_to_say_and_an_end(tmp_path: Path, text: str) -> None:
    async with world(tmp_path) as w:
        await outage(w)
        with pytest.raises(Invalid):
            await w.engine.incidents.note(1, "ada", text)
        assert [kind for kind, _ in await timeline(w)] == ["incident.opened"]


async def test_a_snooze_lies_in_the_future(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await outage(w)
        with pytest.raises(Invalid):
            await w.engine.incidents.snooze(1, w.clock.now(), "ada")
        until = w.clock.now() + timedelta(minutes=5)
        assert (await w.engine.incidents.snooze(1, until, "ada")).snoozed_until == until


async def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        with pytest.raises(NotFound):
            await w.engine.incidents.acknowledge(9, "ada")
        with pytest.raises(NotFound):
            await w.engine.explain(9)


async def test_the_explanation_follows_the_incident_from_begin_to_end(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await outage(w)
        await w.engine.incidents.acknowledge(1, "ada")
        w.say(UP)
        await w.advance(60)
        told = await w.engine.explain(1)
        assert [(one["event"], one["rule"], one["actor"]) for one in told] == [
            (EventType.OPENED.value, "failure_confirmed", None),
            (EventType.ACKNOWLEDGED.value, "acknowledged", "ada"),
            (EventType.RESOLVED.value, "recovery_confirmed", None),
        ]
        assert all([one["outcome"] for one in event["channels"]] == ["sent"] for event in told)
        assert len(w.take()) == 2
