"""The ntfy channel: priority by severity, and what each answer means."""

import msgspec
import pytest

from asura.channels.ntfy import CHANNEL, NtfyChannel, Params, content
from asura.domain.fields import Secret, convert
from asura.domain.rendering import utf8_size
from asura.errors import Invalid
from tests.channels.services import Reply, hang_up, message, network, outcome, provider, resolved, silence, verdict

TOKEN = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2"


class Impatient(NtfyChannel):
    within_s = 0.3


async def test_message_is_published_as_json() -> None:
    async with provider(Reply(200, {"id": "x", "event": "message"})) as fake, network() as net:
        params = Params(topic="ops", server=fake.url + "/", token=Secret(TOKEN))
        assert await CHANNEL.send(params, message(title="DOWN: Käse 🧀"), net) == "200 published"
    [got] = fake.received
    assert (got.method, got.path) == ("POST", "/")
    assert got.headers["authorization"] == f"Bearer {TOKEN}"
    assert got.json["topic"] == "ops"
    assert got.json["title"] == "DOWN: Käse 🧀"
    assert got.json["priority"] == 5
    assert got.json["tags"] == ["rotating_light"]
    assert got.json["click"] == "https://asura.example/incidents/3"
    assert "Cause: connect refused" in got.json["message"]


def test_priority_follows_severity() -> None:
    about = [message(), message(severity="warning"), resolved(), message(event="incident.acknowledged")]
    assert [content("t", one)["priority"] for one in about] == [5, 4, 3, 2]


def test_long_message_stays_a_message_and_not_a_file() -> None:
    body = content("t", message(title="ä" * 999, text="漢字" * 5000))
    assert utf8_size(body["message"]) <= 4096
    assert utf8_size(body["title"]) <= 250


ANSWERS = [
    (Reply(200, {"id": "x"}), ("sent", None)),
    (Reply(400, {"code": 40001, "http": 400, "error": "invalid topic"}), ("permanent", None)),
    (Reply(401, {"code": 40101, "http": 401, "error": "unauthorized"}), ("permanent", None)),
    (Reply(403, {"code": 40301, "http": 403, "error": "forbidden"}), ("permanent", None)),
    (Reply(404, "page not found"), ("permanent", None)),
    (Reply(413, {"code": 41301, "http": 413, "error": "attachment too large"}), ("permanent", None)),
    (Reply(429, {"code": 42901, "http": 429, "error": "limit reached: too many requests"}), ("transient", None)),
    (Reply(429, "", {"Retry-After": "11"}), ("transient", 11.0)),
    (Reply(500, {"code": 50001, "http": 500, "error": "internal server error"}), ("transient", None)),
    (Reply(507, {"code": 50701, "http": 507, "error": "cannot publish to UnifiedPush topic"}), ("transient", None)),
    (Reply(instead=hang_up), ("transient", None)),
    (Reply(instead=silence), ("transient", None)),
]


@pytest.mark.parametrize(("reply", "expected"), ANSWERS)
async def test_answer_decides_whether_to_try_again(reply: Reply, expected: tuple) -> None:
    async with provider(reply) as fake, network() as net:
        params = Params(topic="ops", server=fake.url, token=Secret(TOKEN))
        came = await outcome(Impatient(), params, net)
    assert verdict(came) == expected
    assert TOKEN not in f"{came} {came!r} {params!r}"


async def test_error_says_what_the_server_said() -> None:
    async with provider(Reply(403, {"code": 40301, "error": "forbidden"})) as fake, network() as net:
        came = await outcome(CHANNEL, Params(topic="ops", server=fake.url), net)
    assert str(came) == "ntfy answered 403: forbidden."


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="topic"):
        convert({"topic": "a/b"}, Params)
    for settings, path in (
        ({"topic": "t", "server": "ntfy.sh"}, "settings.server"),
        ({"topic": "t", "server": "http://ntfy.sh"}, "settings.server"),
        ({"topic": "t", "token": "a\r\nb"}, "settings.token"),
    ):
        with pytest.raises(Invalid) as refused:
            CHANNEL.validate(convert(settings, Params))
        assert refused.value.faults[0].path == path
    CHANNEL.validate(convert({"topic": "ops"}, Params))
