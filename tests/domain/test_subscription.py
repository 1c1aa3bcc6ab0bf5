"""What becomes of subscriptions, and of messages to those who subscribed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from asura.domain import subscription
from asura.domain.channel import Notification
from asura.domain.fields import Secret
from asura.domain.subscription import CONFIRM, KNOWN, Asked, Subscriber, Untold

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def somebody(**more: Any) -> Subscriber:
    values: dict[str, Any] = {"address": Secret("ann@example.org"), "token": Secret("t" * 32), "created_at": NOW}
    return Subscriber(**({"page_id": 1, "kind": "email"} | values | more))


def message(event: str = "status_page.incident", age: timedelta = timedelta(0), **more: Any) -> Notification:
    values: dict[str, Any] = {"payload": {}, "reason": "subscribed", "created_at": NOW - age, "next_attempt_at": NOW}
    ids: dict[str, Any] = {"channel_id": 0, "incident_id": None, "monitor_id": None, "key": "k", "thread": "t"}
    return Notification(event=event, subscriber_id=1, **(ids | values | more))


CONFIRMED = somebody(confirmed_at=NOW - DAY)


@pytest.mark.parametrize(
    ("found", "count", "what"),
    [
        (None, 9, Asked.NEW),
        (None, 10, Asked.FULL),
        (somebody(letter_at=NOW - HOUR + timedelta(seconds=1)), 10, Asked.QUIET),
        (somebody(letter_at=NOW - HOUR), 10, Asked.REMINDED),
        (somebody(letter_at=None), 10, Asked.REMINDED),
        (somebody(letter_at=NOW - HOUR, confirmed_at=NOW - DAY), 10, Asked.KNOWN),
        (somebody(letter_at=NOW - timedelta(minutes=5), confirmed_at=NOW - DAY), 1, Asked.QUIET),
    ],
    ids=["new", "full", "just written to", "not confirmed", "never written to", "known", "known and just written to"],
)
def test_a_wish_leads_to_at_most_one_letter_an_hour(found: Subscriber | None, count: int, what: Asked) -> None:
    assert subscription.asked(found, NOW, count=count, most=10) is what


@pytest.mark.parametrize(
    ("notification", "to", "offered", "why"),
    [
        (message(), CONFIRMED, True, None),
        (message(), None, True, Untold.GONE),
        (message(), somebody(), True, Untold.NOT_CONFIRMED),
        (message(KNOWN), somebody(), True, Untold.NOT_CONFIRMED),
        (message(CONFIRM), somebody(), True, None),
        (message(), CONFIRMED, False, Untold.NOT_OFFERED),
        (message(age=DAY), CONFIRMED, True, None),
        (message(age=DAY + timedelta(seconds=1)), CONFIRMED, True, Untold.TOO_LATE),
    ],
)
def test_nobody_is_told_who_has_not_confirmed_or_for_whom_it_is_too_late(
    notification: Notification, to: Subscriber | None, offered: bool, why: Untold | None
) -> None:
    assert subscription.untold(notification, to, NOW, offered=offered) is why


def test_a_message_is_tried_again_for_a_day_and_no_longer() -> None:
    first = subscription.retry_at(message(), NOW, retry_after=None, chance=0.5)
    assert first == NOW + timedelta(seconds=2)
    late = subscription.retry_at(message(age=DAY - timedelta(minutes=5), attempts=3), NOW, retry_after=None, chance=0.5)
    assert late is not None
    assert subscription.retry_at(message(age=DAY, attempts=3), NOW, retry_after=None, chance=0.5) is None
    assert subscription.retry_at(message(age=DAY - HOUR / 2), NOW, retry_after=3600, chance=0.5) is None


@pytest.mark.parametrize(
    ("kind", "since", "gone", "given_up", "over"),
    [
        ("webhook", None, True, True, True),
        ("webhook", NOW - 7 * DAY, False, True, True),
        ("webhook", NOW - 7 * DAY, False, False, False),
        ("webhook", NOW - 6 * DAY, False, True, False),
        ("webhook", None, False, True, False),
        ("slack", None, True, False, True),
        ("email", NOW - 30 * DAY, True, True, False),
    ],
)
def test_a_webhook_that_is_gone_or_takes_nothing_for_a_week_is_no_subscriber_and_mail_always_is(
    kind: Any, since: datetime | None, gone: bool, given_up: bool, over: bool
) -> None:
    to = somebody(kind=kind, failing_since=since)
    assert subscription.is_over(to, NOW, gone=gone, given_up=given_up) is over


@pytest.mark.parametrize(
    ("kind", "address", "kept"),
    [
        ("email", " Ann@Example.org ", "Ann@Example.org"),
        ("email", "info@müller.example", "info@xn--mller-kva.example"),
        ("webhook", " https://a.example/x ", "https://a.example/x"),
    ],
)
def test_an_address_is_kept_as_it_is_sent_to(kind: Any, address: str, kept: str) -> None:
    assert subscription.tidied(kind, address) == kept


def test_two_ways_to_write_an_e_mail_address_are_one_subscriber_and_of_a_webhook_two() -> None:
    assert subscription.identity("email", "Ann@Example.org") == subscription.identity("email", "ann@example.ORG")
    assert subscription.identity("webhook", "https://a/X") != subscription.identity("webhook", "https://a/x")


@pytest.mark.parametrize(
    ("kind", "address", "fine"),
    [
        ("email", "ann@example.org", True),
        ("email", "o'neil+status@sub.example.org", True),
        ("email", "ann@localhost", True),
        *(("email", bad, False) for bad in ("", "ann", "ann@", "@b.c", "a@b@c.d", "a@b..c", "a b@c.d", "a@[1.2.3.4]")),
        *(("email", bad, False) for bad in ('"a"@b.c', "a@b.c\r\nX: y", "a,b@c.d", "<a@b.c>", "ä@b.c", "a\\b@c.d")),
        *(("email", bad, False) for bad in ("a@b.c(1)", "a@b.c:25", "a@b.c?x", "a@(x)b.c", "a@b%00.c", "a@b.c|d")),
        ("webhook", "https://hooks.example/x", True),
        ("slack", "http://127.0.0.1:8080/x", True),
        *(("webhook", bad, False) for bad in ("hooks.example", "ftp://a.example", "https://", "javascript:alert(1)")),
        ("webhook", "https://a.example/" + "x" * 2000, False),
        ("webhook", "http://[::1", False),
    ],
)
def test_only_addresses_that_can_be_told_are_taken(kind: Any, address: str, fine: bool) -> None:
    assert (subscription.address_fault(kind, address) is None) is fine


@pytest.mark.parametrize(
    ("kind", "address", "shown"),
    [
        ("email", "ann@example.org", "a***@example.org"),
        ("email", "x@example.org", "x***@example.org"),
        ("slack", "https://hooks.slack.com/services/T0/B0/secret", "https://hooks.slack.com/***"),
        ("webhook", "https://a.example:8443/x?key=1", "https://a.example/***"),
    ],
)
def test_a_masked_address_tells_whose_house_it_is_and_no_more(kind: Any, address: str, shown: str) -> None:
    assert subscription.masked(kind, address) == shown


@pytest.mark.parametrize("text", ["=1+1", "+49", "-1", "@sum", "\tx", "\rx"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert subscription.cell(text) == f"'{text}"
    assert subscription.cell("ann@example.org") == "ann@example.org"


@pytest.mark.parametrize(
    ("wanted", "offered", "kept"),
    [([2, 1, 1], [1, 2, 3], (1, 2)), ([1, 2], [1, 2], ()), ([], [1], ()), ([9], [1, 2], ()), ([9, 1], [1, 2], (1,))],
)
def test_all_components_are_everything_also_those_to_come(
    wanted: list[int], offered: list[int], kept: tuple[int, ...]
) -> None:
    assert subscription.chosen(wanted, offered) == kept


def test_a_subscriber_does_not_show_who_it_is() -> None:
    assert "ann" not in repr(CONFIRMED)
    assert "tttt" not in repr(CONFIRMED)
