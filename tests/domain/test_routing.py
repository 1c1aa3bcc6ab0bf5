"""Who is told, and whether a message still goes out."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from asura.domain.channel import Channel, ChannelConfig, Notification
from asura.domain.incident import EventType, Incident, IncidentStatus
from asura.domain.routing import Choice, Drop, Hold, Send, Why, decide, recipients, retry_at

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def channel(number: int, **fields: object) -> Channel:
    config = ChannelConfig(name=f"c{number}", type="webhook", **fields)  # type: ignore[arg-type]
    return Channel(id=number, slug=f"c{number}", config=config, managed_by=None, created_at=NOW, updated_at=NOW)


def notification(event: EventType = EventType.OPENED, *, attempts: int = 0) -> Notification:
    return Notification(
        id=5,
        channel_id=1,
        incident_id=9,
        monitor_id=1,
        event=event.value,
        key="k",
        thread="t",
        payload={},
        reason="default_channel",
        created_at=NOW,
        next_attempt_at=NOW,
        attempts=attempts,
    )


def incident(**fields: object) -> Incident:
    made = Incident(
        id=9, monitor_ids=(1,), severity="critical", title="x", cause="timeout", started_at=NOW, detected_at=NOW
    )
    return msgspec.structs.replace(made, **fields)


@pytest.mark.parametrize(
    ("fields", "wanted", "told", "reason"),
    [
        pytest.param({"default": True}, (), True, Why.DEFAULT, id="default, none listed"),
        pytest.param({"default": False}, (), False, Why.NOT_DEFAULT, id="not default, none listed"),
        pytest.param({}, (1,), True, Why.LISTED, id="listed"),
        pytest.param({"default": True}, (2,), False, Why.NOT_LISTED, id="default, but others are listed"),
        pytest.param({"default": True, "enabled": False}, (), False, Why.DISABLED, id="disabled"),
        pytest.param({"default": True, "events": ("test",)}, (), False, Why.EVENT_UNWANTED, id="other events only"),
    ],
)
def test_recipients(fields: dict[str, object], wanted: tuple[int, ...], told: bool, reason: Why) -> None:
    assert recipients([channel(1, **fields)], wanted, EventType.OPENED) == [Choice(1, "c1", told, reason)]


def test_a_message_to_a_channel_that_is_gone_is_dropped() -> None:
    assert decide(notification(), NOW, channel=None, incident=incident()) == Drop(Why.DELETED)
    off = channel(1, enabled=False)
    assert decide(notification(), NOW, channel=off, incident=incident()) == Drop(Why.DISABLED)


def test_in_a_demo_nobody_is_told_and_that_is_the_reason() -> None:
    told = decide(notification(), NOW, channel=channel(1), incident=incident(), demo=True)
    assert told == Drop(Why.DEMO)
    assert decide(notification(), NOW, channel=channel(1), incident=None, demo=True) == Drop(Why.DEMO)
    off = channel(1, enabled=False)
    assert decide(notification(), NOW, channel=off, incident=incident(), demo=True) == Drop(Why.DISABLED)


def test_a_reminder_of_what_has_ended_is_dropped_and_its_end_is_told() -> None:
    ended = incident(status=IncidentStatus.RESOLVED, resolved_at=NOW)
    assert decide(notification(EventType.REMINDER), NOW, channel=channel(1), incident=ended) == Drop(
        Why.RESOLVED_MEANWHILE
    )
    assert decide(notification(EventType.RESOLVED), NOW, channel=channel(1), incident=ended) == Send()


def test_a_snoozed_incident_holds_what_can_wait() -> None:
    until = NOW + timedelta(hours=1)
    quiet = incident(snoozed_until=until)
    assert decide(notification(EventType.REMINDER), NOW, channel=channel(1), incident=quiet) == Hold(until, Why.SNOOZED)
    assert decide(notification(EventType.OPENED), NOW, channel=channel(1), incident=quiet) == Send()
    assert decide(notification(EventType.REMINDER), until, channel=channel(1), incident=quiet) == Send()


def test_a_message_about_no_incident_is_sent() -> None:
    assert decide(notification(), NOW, channel=channel(1), incident=None) == Send()


def test_pauses_grow_up_to_a_quarter_of_an_hour() -> None:
    pauses = []
    for attempts in range(12):
        at = retry_at(notification(attempts=attempts), NOW, retry_after=None, chance=0.5)
        assert at is not None
        pauses.append((at - NOW).total_seconds())
    assert pauses[:4] == [2, 4, 8, 16]
    assert pauses[-1] == 900


def test_the_provider_may_ask_for_a_longer_pause() -> None:
    at = retry_at(notification(), NOW, retry_after=120, chance=0.5)
    assert at == NOW + timedelta(seconds=120)


def test_after_a_day_it_is_given_up() -> None:
    late = NOW + timedelta(hours=24)
    assert retry_at(notification(attempts=20), late, retry_after=None, chance=0.5) is None
