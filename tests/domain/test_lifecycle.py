"""How events move an incident."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from asura.domain.incident import EventType, Incident, IncidentStatus
from asura.domain.lifecycle import (
    Acknowledge,
    Believed,
    Hold,
    Moved,
    Note,
    Release,
    Remind,
    Resolve,
    Snooze,
    Step,
    Subject,
    Withdraw,
    changes_at,
    step,
)
from asura.domain.reason import Reason
from asura.domain.status import Status

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SHOP = Subject(1, "Shop", 600)
QUIET = Subject(1, "Shop", 0)


def believed(status: Status, *, at: datetime = NOW) -> Believed:
    return Believed(status, at, Reason.CONNECT_REFUSED, "Connection refused.", "failure_confirmed", ("local",))


def opened(subject: Subject = SHOP) -> Incident:
    incident = step(None, believed(Status.DOWN, at=NOW - timedelta(minutes=2)), NOW, subject=subject).incident
    assert incident is not None
    return incident


def told(stepped: Step) -> list[tuple[EventType, bool]]:
    return [(effect.type, effect.tell) for effect in stepped.effects]


def test_a_believed_failure_opens_an_incident_back_dated_to_its_first_result() -> None:
    incident = opened()
    assert (incident.started_at, incident.detected_at) == (NOW - timedelta(minutes=2), NOW)
    assert (incident.severity, incident.title, incident.cause) == ("critical", "Shop is down", "connect_refused")
    assert changes_at(incident) == NOW + timedelta(minutes=10)


def test_without_a_reminder_interval_nothing_happens_by_itself() -> None:
    assert changes_at(opened(QUIET)) is None


@pytest.mark.parametrize("status", [Status.UP])
def test_what_works_opens_nothing(status: Status) -> None:
    assert step(None, believed(status), NOW, subject=SHOP) == Step(None, (), Moved.NOTHING_OPEN)


def test_severity_goes_up_and_down_in_the_same_incident() -> None:
    warning = step(None, believed(Status.DEGRADED), NOW, subject=SHOP).incident
    assert warning is not None
    assert warning.severity == "warning"
    raised = step(warning, believed(Status.DOWN), NOW, subject=SHOP)
    assert raised.incident is not None
    assert (raised.incident.severity, raised.reason) == ("critical", Moved.RAISED)
    lowered = step(raised.incident, believed(Status.DEGRADED), NOW, subject=SHOP)
    assert lowered.incident is not None
    assert (lowered.incident.severity, lowered.reason) == ("warning", Moved.LOWERED)
    assert told(lowered) == [(EventType.SEVERITY_CHANGED, True)]


def test_the_same_severity_again_changes_nothing() -> None:
    assert step(opened(), believed(Status.DOWN), NOW, subject=SHOP).reason is Moved.UNCHANGED


def test_recovery_ends_it_with_its_duration() -> None:
    stepped = step(opened(), believed(Status.UP), NOW, subject=SHOP)
    assert stepped.incident is not None
    assert (stepped.incident.status, stepped.incident.resolved_at) == (IncidentStatus.RESOLVED, NOW)
    assert stepped.effects[0].detail["duration_s"] == 120
    assert changes_at(stepped.incident) is None


def test_a_recovery_dated_before_the_start_lasts_no_time() -> None:
    stepped = step(opened(), believed(Status.UP, at=NOW - timedelta(hours=1)), NOW, subject=SHOP)
    assert stepped.effects[0].detail["duration_s"] == 0


def test_acknowledging_stops_reminders_and_happens_once() -> None:
    taken = step(opened(), Acknowledge("ada", "on it"), NOW, subject=SHOP)
    assert taken.incident is not None
    assert (taken.incident.acknowledged_by, changes_at(taken.incident)) == ("ada", None)
    assert taken.effects[0].detail == {"note": "on it"}
    assert step(taken.incident, Acknowledge("bob"), NOW, subject=SHOP).reason is Moved.ALREADY_ACKNOWLEDGED


def test_a_reminder_is_told_when_due_and_not_before() -> None:
    incident = opened()
    assert step(incident, Remind(), NOW, subject=SHOP).reason is Moved.NOT_DUE
    later = NOW + timedelta(minutes=10)
    reminded = step(incident, Remind(), later, subject=SHOP)
    assert told(reminded) == [(EventType.REMINDER, True)]
    assert reminded.incident is not None
    assert changes_at(reminded.incident) == later + timedelta(minutes=10)


def test_a_reminder_that_was_switched_off_meanwhile_is_not_told() -> None:
    stepped = step(opened(), Remind(), NOW + timedelta(hours=1), subject=QUIET)
    assert stepped.effects == ()
    assert stepped.incident is not None
    assert changes_at(stepped.incident) is None


def test_snoozing_moves_the_reminder_to_its_end() -> None:
    until = NOW + timedelta(hours=3)
    stepped = step(opened(), Snooze("ada", until), NOW, subject=SHOP)
    assert stepped.incident is not None
    assert (stepped.incident.snoozed_until, changes_at(stepped.incident)) == (until, until)
    assert told(stepped) == [(EventType.SNOOZED, False)]


def test_withdrawing_is_silent_and_resolving_by_hand_is_not() -> None:
    assert told(step(opened(), Withdraw("asura", "paused"), NOW, subject=SHOP)) == [(EventType.RESOLVED, False)]
    assert told(step(opened(), Resolve("ada"), NOW, subject=SHOP)) == [(EventType.RESOLVED, True)]


def test_an_ended_incident_takes_notes_and_nothing_else() -> None:
    ended = step(opened(), Resolve("ada"), NOW, subject=SHOP).incident
    assert ended is not None
    assert step(ended, Note("bob", "why"), NOW, subject=SHOP).reason is Moved.NOTED
    for happening in (Acknowledge("a"), Resolve("a"), Snooze("a", NOW), Withdraw("a", "b"), Remind()):
        assert step(ended, happening, NOW, subject=SHOP).reason is Moved.ALREADY_RESOLVED


def test_nothing_happens_to_an_incident_that_is_not_there() -> None:
    assert step(None, Acknowledge("ada"), NOW, subject=SHOP).reason is Moved.NOTHING_OPEN


def test_planned_work_holds_reminders_and_says_so_on_the_timeline() -> None:
    held = step(opened(), Hold("Under maintenance (Disks)."), NOW, subject=SHOP)
    assert held.incident is not None
    assert (held.reason, changes_at(held.incident)) == (Moved.HELD, None)
    assert told(held) == [(EventType.NOTED, False)]
    assert (held.effects[0].actor, held.effects[0].detail) == ("asura", {"text": "Under maintenance (Disks)."})


def test_after_planned_work_reminders_are_planned_anew() -> None:
    held = step(opened(), Hold("x"), NOW, subject=SHOP).incident
    assert held is not None
    released = step(held, Release("It is over."), NOW, subject=SHOP)
    assert released.incident is not None
    assert (released.reason, told(released)) == (Moved.RELEASED, [(EventType.NOTED, False)])
    assert changes_at(released.incident) == NOW + timedelta(seconds=600)
    later = NOW + timedelta(hours=3)
    taken = step(held, Acknowledge("ada"), NOW, subject=SHOP).incident
    snoozed = step(held, Snooze("ada", later), NOW, subject=SHOP).incident
    awake = step(held, Snooze("ada", NOW), NOW, subject=SHOP).incident
    soon = NOW + timedelta(seconds=600)
    for incident, subject, at in (
        (held, QUIET, None),
        (taken, SHOP, None),
        (snoozed, SHOP, later),
        (awake, SHOP, soon),
    ):
        after = step(incident, Release("It is over."), NOW, subject=subject).incident
        assert after is not None
        assert changes_at(after) == at


def test_what_one_region_alone_says_is_a_warning_and_raised_when_others_say_the_same() -> None:
    alone = Believed(
        Status.DOWN, NOW, Reason.CONNECT_REFUSED, "refused", "single_voter_failing", ("eu",), cautious=True
    )
    first = step(None, alone, NOW, subject=SHOP).incident
    assert first is not None
    assert (first.severity, first.title) == ("warning", f"{SHOP.name} is down")
    agreed = msgspec.structs.replace(alone, cautious=False, why="quorum_failing", regions=("eu", "us"))
    raised = step(first, agreed, NOW, subject=SHOP)
    assert raised.incident is not None
    assert (raised.incident.severity, [one.reason for one in raised.effects]) == ("critical", [Moved.RAISED])
    assert raised.incident.regions == ("eu", "us")
    assert step(raised.incident, agreed, NOW, subject=SHOP).effects == ()
