"""The webhook channel keeps the HTTP contract, and judges every kind of answer."""

import gzip
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from asura.channels.webhook import CHANNEL, Params, WebhookChannel
from asura.domain.fields import Secret, convert
from asura.errors import DeliveryError, Invalid
from tests.channels.services import (
    NOW,
    Reply,
    flood,
    hang_up,
    message,
    network,
    outcome,
    provider,
    resolved,
    silence,
    trickle,
    verdict,
)

SECRET = "s3cr3t-of-the-hook"


class Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        return datetime(2026, 11, 20, 18, 0, 0, 900000, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0


class Timed(WebhookChannel):
    clock = Standing()


class Impatient(WebhookChannel):
    within_s = 0.3


async def test_request_is_the_contracts() -> None:
    async with provider() as fake, network() as net:
        params = Params(url=f"{fake.url}/hook", secret=Secret(SECRET), headers={"Authorization": Secret("Bearer abc")})
        await Timed().send(params, message(), net)
    [got] = fake.received
    assert (got.method, got.path) == ("POST", "/hook")
    assert set(got.json) == {"id", "event", "at", "incident", "monitor", "text", "url"}
    assert got.json["id"] == 7
    assert got.json["at"] == "2026-11-20T17:32:05.123Z"
    assert got.json["incident"]["detected_at"] == "2026-11-20T17:32:04.000Z"
    assert got.json["monitor"]["slug"] == "checkout"
    assert got.json["text"].startswith("DOWN: Checkout API\nThe connection to 10.1.2.3")
    assert got.headers["content-type"] == "application/json"
    assert got.headers["authorization"] == "Bearer abc"
    assert got.headers["x-asura-event"] == "incident.opened"
    assert got.headers["x-asura-delivery"] == message().key
    assert got.headers["x-asura-timestamp"] == "1795197600"
    signed = hmac.new(SECRET.encode(), b"1795197600." + got.body, hashlib.sha256).hexdigest()
    assert got.headers["x-asura-signature"] == f"sha256={signed}"


async def test_without_a_secret_nothing_is_signed() -> None:
    async with provider() as fake, network() as net:
        await CHANNEL.send(Params(url=fake.url), message(), net)
    assert "x-asura-signature" not in fake.received[0].headers


async def test_repeat_carries_the_same_key_and_the_method_that_was_set() -> None:
    async with provider(Reply(500), Reply(204)) as fake, network() as net:
        params = Params(url=fake.url, method="PUT")
        first, second = [await outcome(CHANNEL, params, net) for _ in range(2)]
    assert (verdict(first), verdict(second)) == (("transient", None), ("sent", None))
    assert {request.headers["x-asura-delivery"] for request in fake.received} == {message().key}
    assert {request.method for request in fake.received} == {"PUT"}


async def test_message_without_incident_is_sent_too() -> None:
    async with provider() as fake, network() as net:
        await CHANNEL.send(Params(url=fake.url), message(incident=None, monitor=None, text="", event="test"), net)
    assert fake.received[0].json["incident"] is None
    assert fake.received[0].json["text"] == "DOWN: Checkout API"


DATE = "Fri, 20 Nov 2026 18:01:00 GMT"
ANSWERS = [
    (200, {}, ("sent", None)),
    (201, {}, ("sent", None)),
    (204, {}, ("sent", None)),
    (301, {"Location": "/"}, ("permanent", None)),
    (302, {"Location": "/"}, ("transient", None)),
    (308, {"Location": "/"}, ("permanent", None)),
    (400, {}, ("permanent", None)),
    (401, {}, ("permanent", None)),
    (403, {}, ("permanent", None)),
    (404, {}, ("permanent", None)),
    (408, {}, ("transient", None)),
    (410, {}, ("permanent", None)),
    (413, {}, ("permanent", None)),
    (425, {}, ("transient", None)),
    (429, {}, ("transient", None)),
    (429, {"Retry-After": "17"}, ("transient", 17.0)),
    (429, {"Retry-After": DATE}, ("transient", 59.1)),
    (429, {"Retry-After": "Fri, 20 Nov 2020 18:01:00 GMT"}, ("transient", 0.0)),
    (429, {"Retry-After": "-5"}, ("transient", None)),
    (429, {"Retry-After": "soon"}, ("transient", None)),
    (429, {"Retry-After": "999999999"}, ("transient", 86400.0)),
    (500, {}, ("transient", None)),
    (502, {}, ("transient", None)),
    (503, {"Retry-After": "120"}, ("transient", 120.0)),
    (599, {}, ("transient", None)),
]


@pytest.mark.parametrize(("status", "headers", "expected"), ANSWERS, ids=lambda value: str(value)[:40])
async def test_answer_decides_whether_to_try_again(status: int, headers: dict, expected: tuple) -> None:
    async with provider(Reply(status, "some words", headers)) as fake, network() as net:
        came = verdict(await outcome(Timed(), Params(url=fake.url), net))
    assert came[0] == expected[0]
    assert came[1] == (pytest.approx(expected[1]) if expected[1] is not None else None)


@pytest.mark.parametrize("misbehaviour", [silence, trickle, hang_up], ids=lambda m: m.__name__)
async def test_misbehaving_receiver_is_transient_and_soon_over(misbehaviour) -> None:
    async with provider(Reply(instead=misbehaviour)) as fake, network() as net:
        came = await outcome(Impatient(), Params(url=fake.url), net)
    assert verdict(came) == ("transient", None)
    assert "webhook" in str(came)


async def test_endless_answer_is_cut_and_counts_by_its_status() -> None:
    async with provider(Reply(instead=flood)) as fake, network() as net:
        came = await outcome(CHANNEL, Params(url=fake.url), net)
    assert verdict(came) == ("sent", None)
    assert len(came) <= 200


async def test_compressed_bomb_is_not_unfolded() -> None:
    bomb = gzip.compress(b"\0" * 20_000_000)
    async with provider(Reply(200, bomb, {"Content-Encoding": "gzip"})) as fake, network() as net:
        assert len(await CHANNEL.send(Params(url=fake.url), message(), net)) <= 200


async def test_words_of_the_answer_are_short_and_safe() -> None:
    body = "no\x1b[31m\r\nX-Evil: 1\u202e " + "long " * 200
    async with provider(Reply(400, body)) as fake, network() as net:
        came = await outcome(CHANNEL, Params(url=fake.url), net)
    assert str(came).startswith("The webhook answered 400: no[31m X-Evil: 1 long")
    assert str(came).isprintable()
    assert len(str(came)) < 260


async def test_redirect_is_not_followed_and_says_what_to_do() -> None:
    async with provider() as inner, provider(inner.elsewhere(301)) as fake, network() as net:
        came = await outcome(CHANNEL, Params(url=fake.url), net)
    assert inner.received == []
    assert "enter the final address" in str(came)


async def test_private_address_is_refused_for_good_and_names_the_setting() -> None:
    async with provider() as fake, network("192.0.2.0/24") as net:
        came = await outcome(CHANNEL, Params(url=f"{fake.url}/path-with-token"), net)
    assert fake.received == []
    assert verdict(came) == ("permanent", None)
    assert "network.allow_private_channels" in str(came)
    assert "`network: {allow_private_channels: [192.168.1.5]}`" in str(came) and "restart asura" in str(came)
    assert "path-with-token" not in str(came)


async def test_refused_connection_and_unknown_host_are_transient() -> None:
    async with network() as net:
        refused = await outcome(CHANNEL, Params(url="http://127.0.0.1:1/"), net)
        unknown = await outcome(CHANNEL, Params(url="http://nowhere.invalid/"), net)
    assert (verdict(refused)[0], verdict(unknown)[0]) == ("transient", "transient")
    assert "refused" in str(refused)
    assert "nowhere.invalid" in str(unknown)


async def test_secrets_that_the_receiver_echoes_are_cut_out() -> None:
    echo = f"bad token {SECRET}, header tok-123456 " + "x" * 150 + SECRET
    async with provider(Reply(403, echo)) as fake, network() as net:
        params = Params(url=fake.url, secret=Secret(SECRET), headers={"X-Key": Secret("Bearer tok-123456")})
        came = await outcome(CHANNEL, params, net)
    assert isinstance(came, DeliveryError)
    for hidden in (SECRET, SECRET[:8], "tok-123456"):
        assert hidden not in f"{came} {came!r} {came.reason} {params!r}"


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"url": "ftp://example.com/"}, "settings.url"),
        ({"url": "https://"}, "settings.url"),
        ({"url": "https://user:pw@example.com/"}, "settings.url"),
        ({"url": "https://example.com:99999/"}, "settings.url"),
        ({"url": "https://exa mple.com/"}, "settings.url"),
        ({"url": "https://example.com/\r\nX: 1"}, "settings.url"),
        ({"url": "https://e.example/", "headers": {"X-Asura-Event": "x"}}, "settings.headers.X-Asura-Event"),
        ({"url": "https://e.example/", "headers": {"Host": "x"}}, "settings.headers.Host"),
        ({"url": "https://e.example/", "headers": {"A B": "x"}}, "settings.headers.A B"),
        ({"url": "https://e.example/", "headers": {"A": "x\r\nB: y"}}, "settings.headers.A"),
        ({"url": "https://e.example/", "headers": {"A": "naïve"}}, "settings.headers.A"),
    ],
)
def test_settings_that_cannot_be_sent_are_refused_by_path(settings: dict, path: str) -> None:
    with pytest.raises(Invalid) as refused:
        CHANNEL.validate(convert(settings, Params))
    assert [fault.path for fault in refused.value.faults] == [path]


def test_good_settings_pass() -> None:
    CHANNEL.validate(convert({"url": "https://hooks.example.com/a?b=c", "headers": {"X-Team": "ops"}}, Params))


def test_resolved_message_has_its_duration() -> None:
    from asura.channels.webhook import document

    body = json.loads(document(resolved()))
    assert body["event"] == "incident.resolved"
    assert body["incident"]["duration_s"] == 252.0
    assert body["at"] == NOW.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_headers_have_a_bound() -> None:
    headers = {f"x-{number}": "value-of-it" for number in range(101)}
    with pytest.raises(Invalid) as refused:
        CHANNEL.validate(convert({"url": "https://hooks.example.com", "headers": headers}, Params))
    assert [fault.path for fault in refused.value.faults] == ["settings.headers"]
    headers.pop("x-0")
    CHANNEL.validate(convert({"url": "https://hooks.example.com", "headers": headers}, Params))
