"""What messages say."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from asura.domain import wording
from asura.domain.incident import EventType, Incident, IncidentStatus
from asura.domain.lifecycle import Effect
from asura.domain.monitor import Monitor, MonitorConfig

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
INCIDENT = Incident(
    id=7,
    monitor_ids=(1,),
    severity="critical",
    title="Shop is down",
    cause="connect_refused",
    message="Connection refused by 192.0.2.7:443.",
    started_at=NOW,
    detected_at=NOW + timedelta(minutes=1),
)
SHOP = Monitor(
    id=1,
    slug="shop",
    config=MonitorConfig(name="Shop", type="http", target="https://shop.example", settings={"body": "inside"}),
    generation=1,
    managed_by=None,
    created_at=NOW,
    updated_at=NOW,
)


def compose(effect: Effect, incident: Incident = INCIDENT) -> tuple[str, str]:
    message = wording.compose(
        incident, effect, event_id=3, at=NOW, monitor=SHOP, status="down", url="https://a.example"
    )
    assert message.url == "https://a.example/incidents/7"
    return message.title, message.text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (252, "4 min 12 s"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (86_400 * 3 + 3600, "3 d 1 h"),
        (-5, "0 s"),
    ],
)
def test_durations_read_as_people_say_them(seconds: float, text: str) -> None:
    assert wording.duration(seconds) == text


@pytest.mark.parametrize(
    ("effect", "title"),
    [
        (Effect(EventType.OPENED, "failure_confirmed", True), "DOWN: Shop"),
        (
            Effect(EventType.RESOLVED, "recovery_confirmed", True, None, {"duration_s": 252.0}),
            "UP: Shop, after 4 min 12 s",
        ),
        (Effect(EventType.RESOLVED, "resolved_by_hand", True, "ada"), "RESOLVED: Shop (by ada)"),
        (Effect(EventType.ACKNOWLEDGED, "acknowledged", True, "ada", {"note": "on it"}), "ACKNOWLEDGED: Shop (by ada)"),
        (Effect(EventType.REMINDER, "reminded", True, None, {"open_for_s": 600}), "STILL DOWN: Shop, for 10 min"),
        (Effect(EventType.SEVERITY_CHANGED, "raised", True, None, {"from": "warning"}), "DOWN: Shop"),
    ],
)
def test_titles(effect: Effect, title: str) -> None:
    found, text = compose(effect)
    assert found == title
    assert "12:00:00 UTC" in text


def test_a_warning_says_degraded() -> None:
    warning = msgspec.structs.replace(INCIDENT, severity="warning")
    assert compose(Effect(EventType.OPENED, "x", True), warning)[0] == "DEGRADED: Shop"


def test_a_message_carries_no_settings() -> None:
    message = wording.compose(
        INCIDENT, Effect(EventType.OPENED, "x", True), event_id=3, at=NOW, monitor=SHOP, status="down", url=""
    )
    assert "inside" not in str(msgspec.to_builtins(message))


def test_without_its_monitor_a_message_names_the_incident() -> None:
    message = wording.compose(
        INCIDENT, Effect(EventType.OPENED, "x", True), event_id=3, at=NOW, monitor=None, status="", url=""
    )
    assert message.monitor is None
    assert message.title == "DOWN: Shop is down"


def test_keys_are_stable_and_differ_by_channel_event_and_incident() -> None:
    keys = {wording.message_key(i, e, c) for i in (1, 2) for e in (1, 2) for c in (1, 2)}
    assert len(keys) == 8
    assert wording.message_key(1, 1, 1) in keys
    assert wording.thread_key(1) != wording.thread_key(2)


def test_an_addressed_message_has_its_receiver_and_key() -> None:
    message = wording.compose(
        INCIDENT, Effect(EventType.OPENED, "x", True), event_id=3, at=NOW, monitor=SHOP, status="down", url=""
    )
    addressed = wording.addressed(message, notification_id=4, key="k")
    assert (addressed.id, addressed.key, addressed.thread) == (4, "k", message.thread)


def test_a_summary_has_the_duration_once_it_has_ended() -> None:
    assert wording.summary(INCIDENT)["duration_s"] is None
    ended = msgspec.structs.replace(INCIDENT, status=IncidentStatus.RESOLVED, resolved_at=NOW + timedelta(minutes=5))
    assert wording.summary(ended)["duration_s"] == 300


def test_what_is_over_for_enough_regions_says_for_whom_it_is_not() -> None:
    detail = {"duration_s": 60.0, "agreement": {"failing": ["local"], "healthy": ["eu"], "silent": {}}}
    _, text = compose(Effect(EventType.RESOLVED, "minority_failing", True, None, detail))
    assert text.startswith("Enough regions see it working again. It still fails from local. It began at ")
