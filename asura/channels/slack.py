"""The Slack channel: an incoming webhook, or a bot's token and a channel."""

from typing import Annotated, Any

import msgspec

from asura.channels.exchange import TOTAL_S, Answer, Posting, check_address, check_token, exchange, judge
from asura.domain.fields import Secret, field
from asura.domain.message import Message
from asura.domain.rendering import clean, facts, one_line, shorten, tone
from asura.errors import DeliveryError, Fault, Invalid
from asura.net.network import Network

# Slack's answers that no later attempt can change; everything else that is not ok may be better later.
_PERMANENT = """
    account_inactive access_denied as_user_not_supported cannot_reply_to_message channel_is_archived
    channel_not_found ekm_access_denied enterprise_is_restricted invalid_arguments invalid_auth invalid_blocks
    invalid_blocks_format invalid_metadata_format is_archived messages_tab_disabled missing_scope msg_too_long
    no_permission no_text not_authed not_allowed_token_type not_in_channel org_login_required
    restricted_action restricted_action_read_only_channel team_access_not_granted team_not_found token_expired
    token_revoked too_many_attachments two_factor_setup_required"""
PERMANENT_ERRORS = frozenset(_PERMANENT.split())


class Params(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of Slack: a webhook's address, or a bot's token with a channel."""

    webhook_url: Annotated[
        Secret | None,
        field(
            "Webhook URL",
            "From your Slack app, under Incoming Webhooks. Leave it empty when you use a bot token.",
            placeholder="https://hooks.slack.com/services/…",
        ),
    ] = None
    bot_token: Annotated[
        Secret | None,
        field("Bot token", "Of a Slack app with the scope chat:write, invited into the channel.", placeholder="xoxb-…"),
    ] = None
    channel: Annotated[
        str, field("Channel", "Needed with a bot token: the channel's id or name.", placeholder="#ops", max_length=100)
    ] = ""
    api_url: Annotated[
        str,
        field("API address", "Where Slack's Web API answers; for a gateway of yours.", advanced=True, max_length=500),
    ] = "https://slack.com/api"


class SlackChannel:
    """Posts one coloured message with a table of facts."""

    name = "slack"
    title = "Slack"
    params = Params
    carries_key = False
    within_s = TOTAL_S

    def validate(self, params: Params) -> None:
        """Raise Invalid unless exactly one way to Slack is set, wholly."""
        if bool(params.webhook_url) == bool(params.bot_token):
            raise Invalid(Fault("settings.webhook_url", "Set either a webhook URL or a bot token with a channel."))
        if params.webhook_url:
            check_address(params.webhook_url.reveal(), "settings.webhook_url", tls_at="slack.com")
        elif not params.channel.strip():
            raise Invalid(Fault("settings.channel", "A bot token needs the channel to post in."))
        if params.bot_token:
            check_token(params.bot_token, "settings.bot_token")
        check_address(params.api_url, "settings.api_url", tls_at="slack.com")

    async def send(self, params: Params, message: Message, net: Network) -> str:
        """Post once; returns Slack's answer."""
        if params.webhook_url:
            return await self._by_webhook(params.webhook_url, message, net)
        if params.bot_token:
            return await self._by_bot(params, params.bot_token, message, net)
        raise DeliveryError("The channel has neither a webhook URL nor a bot token.", permanent=True)

    async def _by_webhook(self, url: Secret, message: Message, net: Network) -> str:
        body = msgspec.json.encode(content(message))
        posting = Posting(who="Slack", url=url.reveal(), body=body, secrets=(url,))
        return judge(await exchange(posting, net, within=self.within_s), posting.who)

    async def _by_bot(self, params: Params, token: Secret, message: Message, net: Network) -> str:
        metadata = {"event_type": "asura_notification", "event_payload": {"key": message.key, "event": message.event}}
        posting = Posting(
            who="Slack",
            url=f"{params.api_url.rstrip('/')}/chat.postMessage",
            body=msgspec.json.encode({"channel": params.channel, "metadata": metadata, **content(message)}),
            headers={"Authorization": f"Bearer {token.reveal()}", "Content-Type": "application/json; charset=utf-8"},
            secrets=(token,),
        )
        return _judge_api(await exchange(posting, net, within=self.within_s), posting.who)


def content(message: Message, *, opening: str = "Open in asura") -> dict[str, Any]:
    """Return what to post: a plain line for notifications, and the whole as coloured blocks; `opening` is its link."""
    blocks = [_section(f"*{_escaped(one_line(message.title), 250)}*\n{_escaped(clean(message.text), 2400)}")]
    if fields := facts(message):
        table = [_text(f"*{fact.label}*\n{_escaped(fact.value, 1500)}") for fact in fields[:10]]
        blocks.append({"type": "section", "fields": table})
    if message.url and len(message.url) < 1500:
        blocks.append({"type": "context", "elements": [_text(f"<{_escape(message.url)}|{_escape(opening)}>")]})
    return {
        "text": _escaped(one_line(message.title), 1000),
        "attachments": [{"color": tone(message).colour, "blocks": blocks}],
        "unfurl_links": False,
    }


def _section(markup: str) -> dict[str, Any]:
    return {"type": "section", "text": _text(markup)}


def _text(markup: str) -> dict[str, Any]:
    # Verbatim: Slack shall not look for names and links in what a target said.
    return {"type": "mrkdwn", "text": markup, "verbatim": True}


def _escaped(text: str, limit: int) -> str:
    return _escape(shorten(text, limit, size=lambda part: len(_escape(part))))


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _judge_api(answer: Answer, who: str) -> str:
    said = answer.json()
    if not answer.ok:
        return judge(answer, who, detail=one_line(str(said.get("error", ""))))
    if said.get("ok") is True:
        return "200 ok"
    error = one_line(str(said.get("error") or "an answer that is not Slack's"))[:100]
    raise DeliveryError(
        f"{who} refused it: {error}.", permanent=error in PERMANENT_ERRORS, retry_after=answer.retry_after
    )


CHANNEL = SlackChannel()
