"""The life of an outage, told on a fake clock; each story ends with nothing else having been sent."""

from datetime import timedelta
from pathlib import Path

from asura.domain.incident import EventType
from asura.errors import DeliveryError
from asura.store import incidents, outbox
from tests.world import DEGRADED, DOWN, START, UP, world


async def test_an_outage_is_believed_told_acknowledged_and_told_to_be_over(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(interval=60, retries=1, retry_interval=20, failure_threshold=2)
        assert w.status() == "up"
        await w.advance(600)
        assert w.take() == []

        w.say(DOWN)
        await w.advance(61)
        assert (w.status(), w.take()) == ("up", []), "one failure is not believed"
        await w.advance(90)
        assert w.status() == "down"
        assert w.take() == [("ops", "DOWN: Shop")]
        (incident,) = w.open_incidents()
        assert incident.cause == "connect_refused"
        lag = incident.detected_at - incident.started_at
        assert timedelta(seconds=60) <= lag <= timedelta(seconds=60 + 2 * 22 + 1), "back-dated to the first failing try"

        await w.engine.incidents.acknowledge(incident.id, "ada", "looking")
        await w.settle()
        assert w.take() == [("ops", "ACKNOWLEDGED: Shop (by ada)")]

        w.say(UP)
        await w.advance(61)
        assert w.status() == "up"
        ((channel, title),) = w.take()
        assert channel == "ops"
        assert title.startswith("UP: Shop, after ")
        assert w.open_incidents() == []
        async with w.store.read() as reader:
            timeline = await incidents.events(reader, incident.id)
        assert [event.type for event in timeline] == [EventType.OPENED, EventType.ACKNOWLEDGED, EventType.RESOLVED]
        await w.advance(600)


async def test_a_failure_that_a_retry_forgives_tells_nobody(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(interval=60, retries=2, retry_interval=5)
        for _ in range(10):
            w.say(DOWN)
            await w.advance(62)
            w.say(UP)
            await w.advance(70)
        assert w.status() == "up"


async def test_flapping_below_the_threshold_tells_nobody(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(interval=60, retries=0, failure_threshold=3)
        for outcome in (DOWN, DOWN, UP) * 5:
            w.say(outcome)
            await w.advance(60)
        assert w.status() == "up"


async def test_reminders_come_until_somebody_acknowledges(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(interval=60, retries=0, failure_threshold=1, reminder_interval=600)
        w.say(DOWN)
        await w.advance(61)
        assert w.take() == [("ops", "DOWN: Shop")]
        await w.advance(1201)
        titles = [title for _, title in w.take()]
        assert len(titles) == 2
        assert all(title.startswith("STILL DOWN: Shop, for ") for title in titles)
        (incident,) = w.open_incidents()
        await w.engine.incidents.acknowledge(incident.id, "ada")
        await w.settle()
        assert w.take() == [("ops", "ACKNOWLEDGED: Shop (by ada)")]
        await w.advance(3600)


async def test_slow_becomes_a_warning_and_down_raises_the_same_incident(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(interval=60, retries=0, failure_threshold=2)
        w.say(DEGRADED)
        await w.advance(121)
        assert w.status() == "degraded"
        assert w.take() == [("ops", "DEGRADED: Shop")]
        (warning,) = w.open_incidents()
        w.say(DOWN)
        await w.advance(121)
        assert w.take() == [("ops", "DOWN: Shop")]
        (critical,) = w.open_incidents()
        assert (critical.id, warning.severity, critical.severity) == (warning.id, "warning", "critical")
        w.say(UP)
        await w.advance(61)
        assert [title.split(",")[0] for _, title in w.take()] == ["UP: Shop"]


async def test_pausing_ends_the_incident_without_a_word_and_resuming_checks_at_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        monitor = await w.monitor(interval=3600, retries=0, failure_threshold=1)
        w.say(DOWN)
        await w.advance(3601)
        assert w.take() == [("ops", "DOWN: Shop")]
        await w.engine.monitors.pause(monitor.id)
        await w.advance(7300)
        assert w.status() == "paused"
        assert w.open_incidents() == []
        w.say(UP)
        await w.engine.monitors.resume(monitor.id)
        await w.advance(1)
        assert w.status() == "up"


async def test_a_restart_in_an_outage_opens_nothing_anew_and_forgets_no_doubt(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(interval=60, retries=0, failure_threshold=3)
        w.say(DOWN)
        await w.advance(121)
        assert (w.status(), w.take()) == ("up", [])
        await w.restart(after=5)
        assert w.status() == "up"
        await w.advance(61)
        assert w.status() == "down", "two failures before the restart and one after it are three in a row"
        assert w.take() == [("ops", "DOWN: Shop")]
        (incident,) = w.open_incidents()
        assert incident.started_at < START + timedelta(seconds=65)
        await w.restart(after=5)
        await w.advance(300)
        assert [one.id for one in w.open_incidents()] == [incident.id]
        assert w.take() == []
        w.say(UP)
        await w.advance(61)
        assert len(w.take()) == 1


async def test_a_channel_that_fails_is_tried_again_and_delays_no_other(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        ops, broken = await w.channel("ops"), await w.channel("broken")
        w.refusing["broken"] = DeliveryError("503 from the provider")
        await w.monitor(interval=60, retries=0, failure_threshold=1)
        w.say(DOWN)
        await w.advance(61)
        assert w.take() == [("ops", "DOWN: Shop")]
        await w.advance(30)
        del w.refusing["broken"]
        await w.advance(120)
        assert w.take() == [("broken", "DOWN: Shop")]
        (incident,) = w.open_incidents()
        keys = {message.key for message in w.messages}
        assert len(keys) == 2, "each channel has its own key, the same at each try"
        async with w.store.read() as reader:
            rows = await outbox.of_incident(reader, incident.id)
        attempts = {notification.channel_id: len(deliveries) for notification, deliveries in rows}
        assert attempts[ops.id] == 1
        assert attempts[broken.id] >= 3


async def test_a_message_that_cannot_ever_be_delivered_is_a_dead_letter_that_can_be_retried(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        channel = await w.channel()
        w.refusing["ops"] = DeliveryError("404: no such hook", permanent=True)
        await w.monitor(interval=60, retries=0, failure_threshold=1)
        w.say(DOWN)
        await w.advance(300)
        (incident,) = w.open_incidents()
        async with w.store.read() as reader:
            ((dead, _),), _ = await outbox.page(reader, channel_id=channel.id, incident_id=incident.id)
        assert dead.status.value == "dead"
        w.refusing.clear()
        await w.store.write(lambda db: outbox.retry(db, dead.id, w.clock.now()))
        w.engine.notifier.wake.set()
        await w.settle()
        assert w.take() == [("ops", "DOWN: Shop")]


async def test_a_snoozed_incident_reminds_only_after_the_snooze(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(interval=60, retries=0, failure_threshold=1, reminder_interval=300)
        w.say(DOWN)
        await w.advance(61)
        assert len(w.take()) == 1
        (incident,) = w.open_incidents()
        await w.engine.incidents.snooze(incident.id, w.clock.now() + timedelta(hours=1), "ada")
        await w.advance(3590)
        assert w.take() == []
        await w.advance(20)
        assert len(w.take()) == 1


async def test_why_was_i_told_has_an_answer(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel("ops")
        await w.channel("quiet", events=["incident.resolved"])
        await w.channel("other", default=False)
        await w.monitor(interval=60, retries=0, failure_threshold=1)
        w.say(DOWN)
        await w.advance(61)
        assert w.take() == [("ops", "DOWN: Shop")]
        (opened,) = await w.engine.explain(await w.incident_id())
        assert opened["rule"] == "failure_confirmed"
        theirs = {one.config.name for one in w.engine.live.channels.values() if one.id in w.before.channels}
        told = {
            choice["channel"]: (choice["outcome"], choice["reason"])
            for choice in opened["channels"]
            if choice["channel"] not in theirs
        }
        assert told == {
            "ops": ("sent", "default_channel"),
            "quiet": ("not_told", "event_not_wanted"),
            "other": ("not_told", "not_a_default_channel"),
        }
        (attempt,) = opened["channels"][0]["attempts"]
        assert attempt["answer"] == "accepted"
