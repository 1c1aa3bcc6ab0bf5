"""The Discord channel: one embed that mentions nobody, and what each answer means."""

import pytest

from asura.channels.discord import CHANNEL, DiscordChannel, Params, content
from asura.domain.fields import Secret, convert
from asura.domain.rendering import utf16_size
from asura.errors import Invalid
from tests.channels.services import Reply, hang_up, message, network, outcome, provider, silence, verdict

PATH = "/api/webhooks/123456/SECRET-token_of_discord"


class Impatient(DiscordChannel):
    within_s = 0.3


async def test_webhook_gets_one_embed() -> None:
    async with provider(Reply(200, {"id": "1"})) as fake, network() as net:
        params = Params(webhook_url=Secret(f"{fake.url}{PATH}?wait=false#x"), thread_id="42", username="asura")
        assert await CHANNEL.send(params, message(), net) == "200"
    [got] = fake.received
    assert got.path == f"{PATH}?wait=true&thread_id=42"
    assert got.json["allowed_mentions"] == {"parse": []}
    assert got.json["username"] == "asura"
    [embed] = got.json["embeds"]
    assert embed["color"] == 0xE5484D
    assert embed["timestamp"] == "2026-11-20T17:32:05.123+00:00"
    assert {"name": "Cause", "value": "connect refused", "inline": True} in embed["fields"]
    assert embed["description"].endswith("<https://asura.example/incidents/3>")


def test_what_a_target_said_has_no_markup() -> None:
    [embed] = content(message(title="**bold** @everyone", text="[click](http://evil) `x` <@1> ||hid||"))["embeds"]
    assert embed["title"] == r"\*\*bold\*\* \@everyone"
    assert embed["description"].startswith(r"\[click\]\(http\://evil\) \`x\` \<\@1\> \|\|hid\|\|")


def test_embed_stays_within_discords_limits() -> None:
    incident = {"cause": "*" * 9000, "regions": ["😀" * 40] * 200, "acknowledged_by": "_" * 999, "duration_s": 1.5}
    monitor = {"target": "https://x/" + "_" * 5000}
    body = content(
        message(incident=incident, monitor=monitor, title="😀*" * 400, text="😀_" * 5000, url="https://x/" + "y" * 700)
    )
    [embed] = body["embeds"]
    assert utf16_size(embed["title"]) <= 256
    assert utf16_size(embed["description"]) <= 4096
    assert all(utf16_size(row["value"]) <= 1024 for row in embed["fields"])
    rows = sum(utf16_size(row["name"] + row["value"]) for row in embed["fields"])
    assert utf16_size(embed["title"] + embed["description"]) + rows + 5 <= 6000


ANSWERS = [
    (Reply(200, {"id": "1"}), ("sent", None)),
    (Reply(204), ("sent", None)),
    (Reply(400, {"message": "Invalid Form Body", "code": 50035}), ("permanent", None)),
    (Reply(401, {"message": "Invalid Webhook Token", "code": 50027}), ("permanent", None)),
    (Reply(404, {"message": "Unknown Webhook", "code": 10015}), ("permanent", None)),
    (Reply(429, {"message": "You are being rate limited.", "retry_after": 1.337}), ("transient", 1.337)),
    (Reply(429, {"retry_after": 0.5}, {"Retry-After": "1"}), ("transient", 0.5)),
    (Reply(429, "<html>a wall before it</html>", {"Retry-After": "60"}), ("transient", 60.0)),
    (Reply(429, {"retry_after": "soon"}), ("transient", None)),
    (Reply(429, b'{"retry_after": NaN}'), ("transient", None)),
    (Reply(500), ("transient", None)),
    (Reply(502, "bad gateway"), ("transient", None)),
    (Reply(instead=hang_up), ("transient", None)),
    (Reply(instead=silence), ("transient", None)),
]


@pytest.mark.parametrize(("reply", "expected"), ANSWERS)
async def test_answer_decides_whether_to_try_again(reply: Reply, expected: tuple) -> None:
    async with provider(reply) as fake, network() as net:
        params = Params(webhook_url=Secret(fake.url + PATH))
        came = await outcome(Impatient(), params, net)
    assert verdict(came) == expected
    assert "SECRET" not in f"{came} {came!r} {params!r}"


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"webhook_url": "https://discord.com/channels/1/2"}, "settings.webhook_url"),
        ({"webhook_url": "http://discord.com/api/webhooks/1/x"}, "settings.webhook_url"),
        ({"webhook_url": "discord.com/api/webhooks/1/x"}, "settings.webhook_url"),
        ({"webhook_url": "https://discord.com/api/webhooks/1/x", "username": "My Discord"}, "settings.username"),
    ],
)
def test_wrong_settings_are_refused_by_path(settings: dict, path: str) -> None:
    with pytest.raises(Invalid) as refused:
        CHANNEL.validate(convert(settings, Params))
    assert refused.value.faults[0].path == path


def test_good_settings_pass() -> None:
    CHANNEL.validate(convert({"webhook_url": "https://discord.com/api/webhooks/1/x"}, Params))
