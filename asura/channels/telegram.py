"""The Telegram channel: a bot that writes to a person, a group or a channel."""

import re
from html import escape
from typing import Annotated, Any

import msgspec

from asura.channels.exchange import TOTAL_S, Answer, Posting, check_address, exchange, judge
from asura.domain.fields import Secret, field
from asura.domain.message import Message
from asura.domain.rendering import Tone, clean, facts, one_line, shorten, tone, utf16_size
from asura.errors import Fault, Invalid
from asura.net.network import Network


class Params(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of Telegram."""

    bot_token: Annotated[Secret, field("Bot token", "From @BotFather.", placeholder="123456:ABC-DEF…")]
    chat_id: Annotated[
        str,
        field(
            "Chat id",
            "The chat's number (of a group with a minus sign), or @name of a public channel. The bot must be in it.",
            placeholder="-1001234567890",
            pattern=r"^(-?[0-9]{1,20}|@[A-Za-z0-9_]{4,64})$",
        ),
    ]
    topic_id: Annotated[
        Annotated[int, msgspec.Meta(ge=1)] | None,
        field("Topic id", "Posts into this topic of a group that has topics.", advanced=True),
    ] = None
    quiet: Annotated[
        bool, field("Quiet when well again", "Messages that need nobody arrive without a sound.", advanced=True)
    ] = False
    api_url: Annotated[str, field("API address", "For a Bot API server of yours.", advanced=True, max_length=500)] = (
        "https://api.telegram.org"
    )


class TelegramChannel:
    """Sends one message in Telegram's HTML."""

    name = "telegram"
    title = "Telegram"
    params = Params
    carries_key = False
    within_s = TOTAL_S

    def validate(self, params: Params) -> None:
        """Raise Invalid where token or address cannot be right."""
        if not re.fullmatch(r"[0-9]{1,20}:[A-Za-z0-9_-]{20,100}", params.bot_token.reveal()):
            raise Invalid(Fault("settings.bot_token", "A bot token is a number, a colon and some 35 letters."))
        check_address(params.api_url, "settings.api_url", tls_at="telegram.org")

    async def send(self, params: Params, message: Message, net: Network) -> str:
        """Send once; returns Telegram's answer."""
        posting = Posting(
            who="Telegram",
            url=f"{params.api_url.rstrip('/')}/bot{params.bot_token.reveal()}/sendMessage",
            body=msgspec.json.encode(content(params, message)),
            secrets=(params.bot_token,),
        )
        return _judge(await exchange(posting, net, within=self.within_s), posting.who)


def content(params: Params, message: Message) -> dict[str, Any]:
    """Return the request: HTML of at most 4,096 characters after its entities are read."""
    body: dict[str, Any] = {
        "chat_id": params.chat_id,
        "text": markup(message),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "disable_notification": params.quiet and tone(message) in (Tone.GOOD, Tone.NOTE),
    }
    return body | ({"message_thread_id": params.topic_id} if params.topic_id else {})


def markup(message: Message) -> str:
    """Return a message in Telegram's HTML."""
    # The address stands as text: Telegram refuses messages with buttons that lead to private hosts.
    table = "\n".join(
        f"<b>{fact.label}:</b> {escape(shorten(fact.value, 200, size=utf16_size), False)}" for fact in facts(message)
    )
    title = escape(shorten(one_line(message.title), 300, size=utf16_size), False)
    text = escape(shorten(clean(message.text), 1800, size=utf16_size), False)
    link = escape(message.url, False) if len(message.url) <= 400 else ""
    return "\n\n".join(part for part in (f"{tone(message).sign} <b>{title}</b>", text, table, link) if part)


def _judge(answer: Answer, who: str) -> str:
    said = answer.json()
    if answer.ok and said.get("ok") is True:
        return "200 ok"
    parameters = said.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    detail = shorten(one_line(str(said.get("description", ""))), 150)
    if isinstance(moved := parameters.get("migrate_to_chat_id"), int):
        detail += f"; the chat id is now {moved}"
    wait = parameters.get("retry_after")
    seconds = float(wait) if isinstance(wait, int) and not isinstance(wait, bool) else None
    if answer.ok:
        answer = msgspec.structs.replace(answer, status=502)
    return judge(answer, who, detail=detail, retry_after=seconds)


CHANNEL = TelegramChannel()
