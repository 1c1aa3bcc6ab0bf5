"""The Discord channel: a webhook of a server's channel."""

import re
from datetime import UTC
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

import msgspec

from asura.channels.exchange import TOTAL_S, Answer, Posting, check_address, exchange, judge
from asura.domain.fields import Secret, field
from asura.domain.message import Message
from asura.domain.rendering import clean, facts, one_line, shorten, tone, utf16_size
from asura.errors import Fault, Invalid
from asura.net.network import Network

_MARKDOWN = re.compile(r"([\\*_~`|>#\[\]()<@:-])")


class Params(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of Discord."""

    webhook_url: Annotated[
        Secret,
        field(
            "Webhook URL",
            "From the channel's settings in Discord, under Integrations, Webhooks.",
            placeholder="https://discord.com/api/webhooks/…",
        ),
    ]
    username: Annotated[
        str,
        field(
            "Name",
            "The name that the messages are signed with; empty: the webhook's own.",
            advanced=True,
            max_length=80,
        ),
    ] = ""
    thread_id: Annotated[
        str, field("Thread id", "Posts into this thread of the channel.", advanced=True, pattern=r"^[0-9]{0,20}$")
    ] = ""


class DiscordChannel:
    """Posts one embed, which mentions nobody."""

    name = "discord"
    title = "Discord"
    params = Params
    carries_key = False
    within_s = TOTAL_S

    def validate(self, params: Params) -> None:
        """Raise Invalid unless the address is a webhook's."""
        url = params.webhook_url.reveal()
        check_address(url, "settings.webhook_url", tls_at="discord.com")
        if not re.search(r"/webhooks/[^/]+/[^/]+", urlsplit(url).path):
            raise Invalid(Fault("settings.webhook_url", "This is not the address of a Discord webhook."))
        if "discord" in params.username.lower() or "clyde" in params.username.lower():
            raise Invalid(Fault("settings.username", "Discord refuses names that contain its own."))

    async def send(self, params: Params, message: Message, net: Network) -> str:
        """Post once; returns Discord's answer."""
        query = {"wait": "true"} | ({"thread_id": params.thread_id} if params.thread_id else {})
        posting = Posting(
            who="Discord",
            url=f"{_without_query(params.webhook_url)}?{urlencode(query)}",
            body=msgspec.json.encode(content(message, params.username)),
            secrets=(params.webhook_url,),
        )
        return _judge(await exchange(posting, net, within=self.within_s), posting.who)


def content(message: Message, username: str = "") -> dict[str, Any]:
    """Return what to post: one embed within Discord's limits, 6,000 characters in all, and no mention of anybody."""
    text = _escaped(clean(message.text), 2000)
    link = f"\n\n<{message.url}>" if message.url and len(message.url) < 800 else ""
    embed = {
        "title": _escaped(one_line(message.title), 256),
        "description": f"{text}{link}",
        "color": tone(message).colour_number,
        "fields": [
            {"name": fact.label, "value": _escaped(fact.value, 300), "inline": len(fact.value) < 40}
            for fact in facts(message)
        ],
        "timestamp": message.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "footer": {"text": "asura"},
    }
    return {"embeds": [embed], "allowed_mentions": {"parse": []}} | ({"username": username} if username else {})


def _escaped(text: str, limit: int) -> str:
    return _escape(shorten(text, limit, size=lambda part: utf16_size(_escape(part))))


def _escape(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _without_query(url: Secret) -> str:
    return urlsplit(url.reveal())._replace(query="", fragment="").geturl()


def _judge(answer: Answer, who: str) -> str:
    if answer.ok:
        return str(answer.status)
    said = answer.json()
    wait = said.get("retry_after")
    seconds = float(wait) if isinstance(wait, int | float) and not isinstance(wait, bool) else None
    return judge(answer, who, detail=shorten(one_line(str(said.get("message", ""))), 200), retry_after=seconds)


CHANNEL = DiscordChannel()
