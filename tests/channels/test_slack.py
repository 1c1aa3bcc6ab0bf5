"""The Slack channel: what is posted, and what each answer means."""

import pytest

from asura.channels.slack import CHANNEL, Params, SlackChannel, content
from asura.domain.fields import Secret, convert
from asura.errors import Invalid
from tests.channels.services import (
    Reply,
    hang_up,
    message,
    network,
    outcome,
    provider,
    resolved,
    silence,
    verdict,
)

TOKEN = "xoxb-1234567890-abcdef"
PATH = "/services/T000/B000/XXXXSECRETXXXX"


class Impatient(SlackChannel):
    within_s = 0.3


async def test_webhook_gets_a_coloured_message_with_facts() -> None:
    async with provider(Reply(200, "ok")) as fake, network() as net:
        answer = await CHANNEL.send(Params(webhook_url=Secret(fake.url + PATH)), message(), net)
    [got] = fake.received
    assert answer == "200 ok"
    assert (got.method, got.path) == ("POST", PATH)
    assert got.json["text"] == "DOWN: Checkout API"
    [attachment] = got.json["attachments"]
    assert attachment["color"] == "#e5484d"
    assert {"type": "mrkdwn", "text": "*Cause*\nconnect refused", "verbatim": True} in attachment["blocks"][1]["fields"]
    assert attachment["blocks"][2]["elements"][0]["text"] == "<https://asura.example/incidents/3|Open in asura>"


async def test_bot_posts_to_its_channel_with_the_key_as_metadata() -> None:
    async with provider(Reply(200, {"ok": True, "ts": "1.2"})) as fake, network() as net:
        params = Params(bot_token=Secret(TOKEN), channel="#ops", api_url=f"{fake.url}/api")
        assert await CHANNEL.send(params, resolved(), net) == "200 ok"
    [got] = fake.received
    assert got.path == "/api/chat.postMessage"
    assert got.headers["authorization"] == f"Bearer {TOKEN}"
    assert got.json["channel"] == "#ops"
    assert got.json["metadata"]["event_payload"]["key"] == resolved().key
    assert got.json["attachments"][0]["color"] == "#22a559"


def test_what_a_target_said_cannot_mention_or_link() -> None:
    body = content(message(title="<!channel> & <@U1>", text="<http://evil|click> " + "&" * 5000))
    text = body["attachments"][0]["blocks"][0]["text"]["text"]
    assert body["text"] == "&lt;!channel&gt; &amp; &lt;@U1&gt;"
    assert "<" not in text
    assert len(text) <= 3000
    assert text.endswith("&amp;…")


def test_long_values_stay_within_slacks_limits() -> None:
    incident = {"cause": "<" * 9000, "regions": ["r" * 40] * 200, "started_at": "2026-11-20T17:30:01Z"}
    [attachment] = content(message(incident=incident, title="t" * 9000))["attachments"]
    assert len(attachment["blocks"][1]["fields"]) <= 10
    assert all(len(one["text"]) <= 2000 for one in attachment["blocks"][1]["fields"])
    assert len(attachment["blocks"][0]["text"]["text"]) <= 3000


WEBHOOK = [
    (Reply(200, "ok"), ("sent", None)),
    (Reply(400, "invalid_payload"), ("permanent", None)),
    (Reply(403, "action_prohibited"), ("permanent", None)),
    (Reply(404, "no_service"), ("permanent", None)),
    (Reply(410, "channel_is_archived"), ("permanent", None)),
    (Reply(429, "", {"Retry-After": "30"}), ("transient", 30.0)),
    (Reply(500, "rollup_error"), ("transient", None)),
    (Reply(instead=hang_up), ("transient", None)),
    (Reply(instead=silence), ("transient", None)),
]


@pytest.mark.parametrize(("reply", "expected"), WEBHOOK)
async def test_answer_of_a_webhook(reply: Reply, expected: tuple) -> None:
    async with provider(reply) as fake, network() as net:
        came = await outcome(Impatient(), Params(webhook_url=Secret(fake.url + PATH)), net)
    assert verdict(came) == expected
    assert "SECRET" not in f"{came} {came!r}"


API = [
    (Reply(200, {"ok": False, "error": "channel_not_found"}), ("permanent", None)),
    (Reply(200, {"ok": False, "error": "invalid_auth"}), ("permanent", None)),
    (Reply(200, {"ok": False, "error": "not_in_channel"}), ("permanent", None)),
    (Reply(200, {"ok": False, "error": "internal_error"}), ("transient", None)),
    (Reply(200, {"ok": False, "error": "ratelimited"}, {"Retry-After": "3"}), ("transient", 3.0)),
    (Reply(200, {"ok": False, "error": "never_heard_of"}), ("transient", None)),
    (Reply(200, "<html>a proxy's page</html>"), ("transient", None)),
    (Reply(200, "[" * 60000), ("transient", None)),
    (Reply(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "9"}), ("transient", 9.0)),
    (Reply(503, "no"), ("transient", None)),
    (Reply(401, "no"), ("permanent", None)),
]


@pytest.mark.parametrize(("reply", "expected"), API)
async def test_answer_of_the_web_api(reply: Reply, expected: tuple) -> None:
    async with provider(reply) as fake, network() as net:
        params = Params(bot_token=Secret(TOKEN), channel="C1", api_url=fake.url)
        came = await outcome(Impatient(), params, net)
    assert verdict(came) == expected
    assert TOKEN not in f"{came} {came!r} {params!r}"


async def test_error_names_what_slack_said() -> None:
    async with provider(Reply(404, "no_service")) as fake, network() as net:
        came = await outcome(CHANNEL, Params(webhook_url=Secret(fake.url + PATH)), net)
    assert str(came) == "Slack answered 404: no_service."


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({}, "settings.webhook_url"),
        ({"webhook_url": "https://hooks.slack.com/x", "bot_token": TOKEN}, "settings.webhook_url"),
        ({"webhook_url": "http://hooks.slack.com/x"}, "settings.webhook_url"),
        ({"webhook_url": "hooks.slack.com/x"}, "settings.webhook_url"),
        ({"bot_token": TOKEN}, "settings.channel"),
        ({"bot_token": "a b\n", "channel": "#x"}, "settings.bot_token"),
        ({"bot_token": TOKEN, "channel": "#x", "api_url": "nowhere"}, "settings.api_url"),
    ],
)
def test_half_settings_are_refused_by_path(settings: dict, path: str) -> None:
    with pytest.raises(Invalid) as refused:
        CHANNEL.validate(convert(settings, Params))
    assert refused.value.faults[0].path == path


def test_either_way_passes() -> None:
    CHANNEL.validate(convert({"webhook_url": "https://hooks.slack.com/services/T/B/x"}, Params))
    CHANNEL.validate(convert({"bot_token": TOKEN, "channel": "#ops"}, Params))
