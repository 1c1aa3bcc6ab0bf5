"""The Telegram channel: HTML that holds whatever a target says, and what each answer means."""

import html
import re

import msgspec
import pytest

from asura.channels.telegram import CHANNEL, Params, TelegramChannel, markup
from asura.domain.fields import Secret, convert
from asura.domain.rendering import utf16_size
from asura.errors import Invalid
from tests.channels.services import Reply, hang_up, message, network, outcome, provider, resolved, silence, verdict

TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOpp"
OK = Reply(200, {"ok": True, "result": {"message_id": 1}})


class Impatient(TelegramChannel):
    within_s = 0.3


def refusal(status: int, description: str, **parameters: int) -> Reply:
    return Reply(status, {"ok": False, "error_code": status, "description": description, "parameters": parameters})


async def test_bot_sends_html_to_the_chat() -> None:
    async with provider(OK) as fake, network() as net:
        params = Params(bot_token=Secret(TOKEN), chat_id="-100123", topic_id=5, quiet=True, api_url=fake.url + "/")
        assert await CHANNEL.send(params, message(), net) == "200 ok"
        await CHANNEL.send(params, resolved(), net)
    down, up = fake.received
    assert down.path == f"/bot{TOKEN}/sendMessage"
    assert down.json["chat_id"] == "-100123"
    assert down.json["message_thread_id"] == 5
    assert down.json["parse_mode"] == "HTML"
    assert (down.json["disable_notification"], up.json["disable_notification"]) == (False, True)
    assert down.json["text"].startswith("🔴 <b>DOWN: Checkout API</b>\n\nThe connection to 10.1.2.3")
    assert "<b>Cause:</b> connect refused" in down.json["text"]


def test_what_a_target_said_is_escaped() -> None:
    text = markup(message(title="<script> & co", text='</b><a href="http://evil">x</a>'))
    assert set(re.findall(r"<[^>]*>", text)) == {"<b>", "</b>"}
    assert "&lt;script&gt; &amp; co" in text


def test_text_fits_after_its_entities_are_read() -> None:
    incident = {"cause": "<" * 900, "regions": ["😀" * 40] * 50, "acknowledged_by": "&" * 900, "duration_s": 3}
    text = markup(message(title="😀" * 900, text="<&😀" * 3000, incident=incident, url="https://x/" + "y" * 390))
    read = html.unescape(re.sub(r"</?b>", "", text))
    assert utf16_size(read) <= 4096


ANSWERS = [
    (OK, ("sent", None)),
    (refusal(400, "Bad Request: chat not found"), ("permanent", None)),
    (refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009), ("permanent", None)),
    (refusal(401, "Unauthorized"), ("permanent", None)),
    (refusal(403, "Forbidden: bot was blocked by the user"), ("permanent", None)),
    (refusal(404, "Not Found"), ("permanent", None)),
    (refusal(429, "Too Many Requests: retry after 14", retry_after=14), ("transient", 14.0)),
    (Reply(429, "", {"Retry-After": "3"}), ("transient", 3.0)),
    (Reply(500, {"ok": False, "error_code": 500, "description": "Internal"}), ("transient", None)),
    (Reply(502, "<html>bad gateway</html>"), ("transient", None)),
    (Reply(200, "<html>a captive portal</html>"), ("transient", None)),
    (Reply(instead=hang_up), ("transient", None)),
    (Reply(instead=silence), ("transient", None)),
]


@pytest.mark.parametrize(("reply", "expected"), ANSWERS)
async def test_answer_decides_whether_to_try_again(reply: Reply, expected: tuple) -> None:
    async with provider(reply) as fake, network() as net:
        params = Params(bot_token=Secret(TOKEN), chat_id="1", api_url=fake.url)
        came = await outcome(Impatient(), params, net)
    assert verdict(came) == expected
    assert "AAbbCC" not in f"{came} {came!r} {params!r}"


async def test_group_that_moved_names_its_new_id() -> None:
    async with provider(refusal(400, "group chat was upgraded", migrate_to_chat_id=-1009)) as fake, network() as net:
        came = await outcome(CHANNEL, Params(bot_token=Secret(TOKEN), chat_id="1", api_url=fake.url), net)
    assert "the chat id is now -1009" in str(came)


async def test_token_that_the_server_echoes_is_cut_out() -> None:
    async with provider(Reply(404, f"no such path /bot{TOKEN}/sendMessage")) as fake, network() as net:
        came = await outcome(CHANNEL, Params(bot_token=Secret(TOKEN), chat_id="1", api_url=fake.url), net)
    assert str(came) == "Telegram answered 404: no such path /bot***/sendMessage."


@pytest.mark.parametrize("chat_id", ["", "ops", "12 34", "@x", "1;2"])
def test_chat_id_has_a_form(chat_id: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="chat_id"):
        convert({"bot_token": TOKEN, "chat_id": chat_id}, Params)


@pytest.mark.parametrize("token", ["", "123", "123456:short", f"{TOKEN}/../x", f"{TOKEN}\n"])
def test_token_has_a_form(token: str) -> None:
    with pytest.raises(Invalid) as refused:
        CHANNEL.validate(convert({"bot_token": token, "chat_id": "1"}, Params))
    assert refused.value.faults[0].path == "settings.bot_token"


def test_good_settings_pass() -> None:
    CHANNEL.validate(convert({"bot_token": TOKEN, "chat_id": "@ops_channel"}, Params))
