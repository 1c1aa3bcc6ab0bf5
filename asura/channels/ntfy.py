"""The ntfy channel: push messages by ntfy.sh or a server of yours."""

from typing import Annotated, Any

import msgspec

from asura.channels.exchange import TOTAL_S, Posting, check_address, check_token, exchange, judge
from asura.domain.fields import Secret, field
from asura.domain.message import Message
from asura.domain.rendering import Tone, clean, one_line, plain, shorten, tone, utf8_size
from asura.net.network import Network

# ntfy's scale: 5 rings until it is heard, 4 is loud, 3 ordinary, 2 silent.
PRIORITY = {Tone.BAD: 5, Tone.WARNING: 4, Tone.BLIND: 4, Tone.GOOD: 3, Tone.NOTE: 2}
TAG = {
    Tone.BAD: "rotating_light",
    Tone.WARNING: "warning",
    Tone.BLIND: "see_no_evil",
    Tone.GOOD: "white_check_mark",
    Tone.NOTE: "information_source",
}
# Beyond 4,096 bytes a server turns the message into a file.
MESSAGE_BYTES = 4000


class Params(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of ntfy."""

    topic: Annotated[
        str,
        field(
            "Topic",
            "The name that phones subscribe to. On a public server whoever knows it can read along: choose one "
            "that nobody guesses.",
            pattern=r"^[-_A-Za-z0-9]{1,64}$",
        ),
    ]
    server: Annotated[str, field("Server", "The address of the ntfy server.", max_length=500)] = "https://ntfy.sh"
    token: Annotated[Secret | None, field("Access token", "When the topic is protected.", placeholder="tk_…")] = None


class NtfyChannel:
    """Publishes one message whose priority follows the severity."""

    name = "ntfy"
    title = "ntfy"
    params = Params
    carries_key = False
    within_s = TOTAL_S

    def validate(self, params: Params) -> None:
        """Raise Invalid where server or token cannot be sent."""
        check_address(params.server, "settings.server", tls_at="ntfy.sh")
        if params.token:
            check_token(params.token, "settings.token")

    async def send(self, params: Params, message: Message, net: Network) -> str:
        """Publish once; returns the server's answer."""
        posting = Posting(
            who="ntfy",
            url=params.server.rstrip("/") + "/",
            body=msgspec.json.encode(content(params.topic, message)),
            headers={"Authorization": f"Bearer {params.token.reveal()}"} if params.token else {},
            secrets=(params.token,) if params.token else (),
        )
        answer = await exchange(posting, net, within=self.within_s)
        error = answer.json().get("error")
        return judge(answer, posting.who, detail=_detail(answer.ok, error))


def content(topic: str, message: Message) -> dict[str, Any]:
    """Return what to publish, within ntfy's limits."""
    body: dict[str, Any] = {
        "topic": topic,
        "title": shorten(one_line(message.title), 240, size=utf8_size),
        "message": shorten(plain(message) or clean(message.title), MESSAGE_BYTES, size=utf8_size),
        "priority": PRIORITY[tone(message)],
        "tags": [TAG[tone(message)]],
    }
    return body | ({"click": message.url} if message.url else {})


def _detail(ok: bool, error: Any) -> str:
    if ok:
        return "published"
    return shorten(one_line(error), 150) if isinstance(error, str) else ""


CHANNEL = NtfyChannel()
