"""Brings what a page says to one subscriber: by the mail server of the settings, or to a webhook of theirs."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from asura import log
from asura.clock import Clock
from asura.domain.board import Board
from asura.domain.page import Page
from asura.domain.subscription import Subscriber
from asura.engine import bulletin_content
from asura.engine.bulletin import Bulletin
from asura.engine.bulletin_content import Post
from asura.engine.postman import MailServer
from asura.errors import DeliveryError, Fault, Invalid
from asura.net.network import Network

if TYPE_CHECKING:
    from asura.channels.exchange import Answer

MAIL_WITHIN_S = 30.0
# One of many: who takes longer is told again later.
HOOK_WITHIN_S = 10.0
WHO = "The webhook"

Boards: TypeAlias = Callable[[Page], Awaitable[Board]]


class Gone(DeliveryError):
    """Who was to be told is not there any more, and never will be."""


class ServerTrouble(DeliveryError):
    """The mail server takes nothing at present, whoever it is for."""


class Ungreeted(Invalid):
    """A webhook did not take its first message: `status` is what it answered, 0 when it did not answer.

    `detail` is for those who may know what this network looks like from inside.
    """

    def __init__(self, status: int, detail: str) -> None:
        self.status = status
        self.detail = detail
        why = f"the answer was {status}" if status else "nobody answered at this address"
        super().__init__(Fault("address", f"did not take a first message: {why}"))


class Courier:
    """Sends once; DeliveryError says what went wrong, never with an address or a token in it."""

    def __init__(self, net: Network, clock: Clock, boards: Boards, *, server: MailServer | None, url: str) -> None:
        self._net = net
        self._mail_net = net.allowing(server.host) if server is not None else net
        self._clock = clock
        self._boards = boards
        self._server = server
        self._url = url
        self.hook_within_s = HOOK_WITHIN_S

    async def bulletin(self, to: Subscriber, page: Page, said: Bulletin, *, key: str, thread: str) -> str:
        """Tell somebody of a bulletin; returns the answer in a few words."""
        with log.hiding(to.address, to.token):
            post = await self._post(to, page, key, thread)
            if to.kind == "email":
                return await self._mail(post, partial(bulletin_content.circular, post, said))
            return await self._hook(post, _body(post, said, bulletin_content.message(post, said)))

    async def letter(self, to: Subscriber, page: Page, event: str, *, at: datetime, key: str, thread: str) -> str:
        """Write to somebody about their subscription itself."""
        with log.hiding(to.address, to.token):
            post = await self._post(to, page, key, thread)
            return await self._mail(post, partial(bulletin_content.letter, post, event, at))

    async def greet(self, to: Subscriber, page: Page) -> None:
        """Post a first message to a webhook; raises Ungreeted when it did not take it."""
        from asura.channels.exchange import check_address

        check_address(to.address.reveal(), "address")
        with log.hiding(to.address, to.token):
            post = await self._post(to, page, "greeting", "greeting")
            body = _body(post, None, bulletin_content.greeting(post, self._clock.now()))
            try:
                answer = await self._exchange(post, body)
            except DeliveryError as failed:
                raise Ungreeted(0, failed.reason) from None
            if not answer.ok:
                raise Ungreeted(answer.status, answer.excerpt)

    async def _post(self, to: Subscriber, page: Page, key: str, thread: str) -> Post:
        return bulletin_content.post(to, page, await self._boards(page), url=self._url, key=key, thread=thread)

    async def _mail(self, post: Post, circular: Callable[[], Any]) -> str:
        # Late: what sends mails is loaded when it is needed.
        from asura.channels.email import MailRefused, Params, deliver
        from asura.channels.exchange import redact
        from asura.channels.mail import compose_circular

        if self._server is None:
            raise DeliveryError("There is no mail server.", permanent=True)
        address, secrets = post.to.address.reveal(), (post.to.address, post.to.token)
        server = Params(**msgspec.structs.asdict(self._server), to=[address])

        def composed() -> Any:
            return compose_circular(circular(), sender=server.sender, to=address)

        try:
            return redact(await deliver(server, composed, self._mail_net, MAIL_WITHIN_S), secrets)
        except MailRefused as refused:
            words = redact(refused.reason, secrets)
            raise DeliveryError(words, permanent=refused.permanent, retry_after=refused.retry_after) from None
        except DeliveryError as failed:
            # Whatever the server says for good may be mended in the settings, or there.
            raise ServerTrouble(redact(failed.reason, secrets), retry_after=failed.retry_after) from None

    async def _hook(self, post: Post, body: bytes) -> str:
        from asura.channels.exchange import judge

        answer = await self._exchange(post, body)
        if answer.status == 410 or (answer.status == 404 and post.to.kind in ("slack", "discord")):
            raise Gone(f"{WHO} answered {answer.status}.", permanent=True)
        return judge(answer, WHO)

    async def _exchange(self, post: Post, body: bytes) -> "Answer":
        from asura.channels.exchange import Posting, exchange

        posting = Posting(
            who=WHO,
            url=post.to.address.reveal(),
            body=body,
            headers={"X-Asura-Delivery": post.key},
            secrets=(post.to.address, post.to.token),
            allowed_by="subscriptions.allow_private",
        )
        return await exchange(posting, self._net, within=self.hook_within_s, clock=self._clock)


def _body(post: Post, said: Bulletin | None, message: Any) -> bytes:
    """Return the body of a request, as its kind wants it."""
    leave, words = post.link("unsubscribe"), post.words["unsubscribe"]
    if post.to.kind == "slack":
        from asura.channels import slack

        content = slack.content(message, opening=post.words["view"])
        link = {"type": "mrkdwn", "text": f"<{leave}|{words}>", "verbatim": True}
        content["attachments"][0]["blocks"].append({"type": "context", "elements": [link]})
        return msgspec.json.encode(content)
    if post.to.kind == "discord":
        from asura.channels import discord

        content = discord.content(message)
        embed = content["embeds"][0]
        embed["description"] += f"\n[{words}]({leave})"
        embed["footer"]["text"] = post.page.config.title[:200]
        return msgspec.json.encode(content)
    return msgspec.json.encode(bulletin_content.document(post, said))
