"""The Apprise channel: over a hundred services that have no channel of their own here, by their Apprise address.

The library dials by itself. That is the one exception to the guarded dialer, and it is kept small: only the schemes
listed here, no parameter that names a file or another host, no redirects, and the host resolved and filtered by the
guard before each send.
"""

import asyncio
import logging
import re
import threading
from functools import cache, partial
from typing import Annotated, Any
from urllib.parse import unquote_plus

import msgspec

from asura.channels.exchange import EXCERPT, TOTAL_S, redact, unreachable
from asura.domain.fields import Secret, field
from asura.domain.message import Message
from asura.domain.rendering import Tone, clean, one_line, plain, shorten, tone
from asura.errors import DeliveryError, Fault, Invalid
from asura.net.errors import NetError
from asura.net.network import Network
from asura.net.threads import Threads

# Services with an address of their own: whatever stands in the URL, only the provider is dialled.
_PROVIDERS = """
    46elks elks atalk brevo bulksms bulkvs burstsms kudosity cm chanify webex wxteams clicksend clickatell d7sms
    dingtalk discord exotel feishu firehydrant flock freemobile github gchat groundmail groupme guilded gupshup ifttt
    ilert incidentio join kakao kakaotalk kavenegar kook kumulos lark lauther line mailersend mailgun
    mobilemessage mobilemsg msg91 msgbird nexmo vonage notifiarr notifyre o365 azure octopush onesignal opsgenie
    pagerduty pagertree pbul pingram plivo postmark pover prowl psafer psafers push pushed pushme pushplus wecom
    pushward pushy qq reddit resend revolt ringc schan sendgrid sendpulse serwersms seven signalgrid signl4 simplepush
    spush sinch slack smsc smsmanager smsmgr smstunnel smtp2go sns sparkpost spike splunk victorops spugpush squadcast
    stackfield strmlabs telesign telnyx tgram threema tweet twitter x twilio twist viber voipms whapi whatsapp wecombot
    wpush wxpusher youlmk zalo zoom cliq zcliq zohocliq"""
PROVIDERS = frozenset(_PROVIDERS.split())
# Services of one's own: the host in the URL is dialled, and must pass the guard.
_HOSTED = """
    apprise apprises bark barks emby embys form forms goalert goalerts gorush gorushs gotify gotifys hassio hassios
    humhub humhubs jellyfin jellyfins json jsons kodi kodis xbmc xbmcs mastodon mastodons toot toots misskey misskeys
    mmost mmosts ncloud nclouds nctalk nctalks onebot onebots parsep parseps pushdeer pushdeers pjet pjets rocket
    rockets signal signals smseagle smseagles synology synologys xml xmls"""
HOSTED = frozenset(_HOSTED.split())
# Parameters that would make the library read a file, follow a redirect, or speak to another host.
REFUSED_PARAMETERS = frozenset(
    {"template", "keyfile", "redirect", "smtp", "host", "hostname", "url", "schema", "config"}
)
NATIVE = {"mailto": "E-mail", "mailtos": "E-mail", "ntfy": "ntfy", "ntfys": "ntfy"}
# Apprise's words for how a message feels.
KIND = {Tone.BAD: "failure", Tone.WARNING: "warning", Tone.GOOD: "success"}
_SCHEME = re.compile(r"([a-z0-9]{1,20})://.", re.IGNORECASE)


class Params(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of Apprise."""

    urls: Annotated[
        list[Secret],
        field(
            "Apprise addresses",
            "One for each service, as Apprise's own pages describe them, for example gotifys://host/token. When one of "
            "several fails the message counts as delivered; give what must not fail a channel of its own.",
            min_length=1,
            max_length=10,
        ),
    ]


class AppriseChannel:
    """Hands the message to Apprise's plug-ins, in threads, under one time-out over everything."""

    name = "apprise"
    title = "Apprise (other services)"
    params = Params
    carries_key = False
    within_s = TOTAL_S

    def validate(self, params: Params) -> None:
        """Raise Invalid naming each address whose service is not allowed or that asks for what is not."""
        faults = [
            Fault(f"settings.urls[{i}]", words)
            for i, url in enumerate(params.urls)
            if (words := _address_fault(url.reveal()))
        ]
        if faults:
            raise Invalid(*faults)

    async def send(self, params: Params, message: Message, net: Network) -> str:
        """Send to every address; returns how many took it. Raises DeliveryError when none did."""
        self.validate(params)
        try:
            async with asyncio.timeout(self.within_s):
                outcomes = await asyncio.gather(*(_attempt(url, message, net) for url in params.urls))
        except TimeoutError as late:
            raise DeliveryError(f"The services did not answer within {self.within_s:g} s.") from late
        failed = [outcome for outcome in outcomes if outcome is not None]
        if len(failed) == len(outcomes):
            raise _all_failed(failed)
        took = f"taken by {len(outcomes) - len(failed)} of {len(outcomes)}"
        return shorten(" ".join([took, *(str(error) for error in failed)]), EXCERPT * 2)


async def _attempt(url: Secret, message: Message, net: Network) -> DeliveryError | None:
    try:
        plugin = await _threads().run(partial(_plugin, url))
        await _pass_guard(plugin, url, net)
        await _threads().run(partial(_notify, plugin, url, message))
    except DeliveryError as failed:
        return failed
    return None


async def _pass_guard(plugin: Any, url: Secret, net: Network) -> None:
    if _scheme(url.reveal()) not in HOSTED:
        return
    host, port = str(plugin.host or ""), plugin.port
    try:
        await net.channel_dialer.addresses(host, port if isinstance(port, int) else 443)
    except NetError as refused:
        words = redact(refused.message, ())
        raise unreachable(f"{_service(plugin)} at {host}", refused.reason, words) from None


def _plugin(url: Secret) -> Any:
    apprise = _library()
    asset = apprise.AppriseAsset(
        app_id="asura",
        app_desc="asura",
        storage_mode="memory",
        http_redirects=False,
        secure_logging=True,
        async_mode=False,
    )
    plugin = apprise.Apprise.instantiate(url.reveal(), asset=asset, suppress_exceptions=True)
    if plugin is None:
        raise DeliveryError(
            f"This is not an address that Apprise's {_scheme(url.reveal())}:// understands.", permanent=True
        )
    return plugin


def _notify(plugin: Any, url: Secret, message: Message) -> None:
    _EARS.take()
    taken = plugin.notify(
        title=one_line(message.title),
        body=plain(message) or clean(message.title),
        notify_type=_library().NotifyType(KIND.get(tone(message), "info")),
        body_format="text",
    )
    if not taken:
        said = shorten(redact(one_line(_EARS.take()), _secrets(url, str(plugin.host or ""))), EXCERPT)
        raise DeliveryError(f"{_service(plugin)} did not take it" + (f": {said}" if said else "."))


class _Ears(logging.Filter):
    """Hears what the library warns of, thread by thread, and lets nothing of it into the log: it may hold tokens."""

    def __init__(self) -> None:
        super().__init__()
        self._here = threading.local()

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the words for the thread that said them; no handler sees the record."""
        self._here.words = record.getMessage()
        return False

    def take(self) -> str:
        """Return what this thread heard last, and forget it."""
        words: str = getattr(self._here, "words", "")
        self._here.words = ""
        return words


_EARS = _Ears()


@cache
def _library() -> Any:
    # Loaded with the first message, in a thread: it takes half a second.
    import apprise

    for name in ("apprise", "urllib3", "urllib3.connectionpool"):
        logging.getLogger(name).setLevel(logging.WARNING)
        logging.getLogger(name).addFilter(_EARS)
    return apprise


@cache
def _threads() -> Threads:
    return Threads(8, "apprise")


def _all_failed(failed: list[DeliveryError]) -> DeliveryError:
    words = shorten(" ".join(str(error) for error in failed), EXCERPT * 2)
    return DeliveryError(words, permanent=all(error.permanent for error in failed))


def _service(plugin: Any) -> str:
    return one_line(str(plugin.service_name))


def _secrets(url: Secret, host: str) -> tuple[Secret, ...]:
    text = url.reveal()
    rest = text.partition("://")[2]
    parts = {part for part in re.split(r"[/?&=#:@]+", rest) if len(part) >= 6} - {host}
    return (url, *(Secret(part) for part in parts | {unquote_plus(part) for part in parts}))


def _scheme(url: str) -> str:
    match = _SCHEME.match(url)
    return match[1].lower() if match else ""


def _address_fault(url: str) -> str:
    scheme = _scheme(url)
    if not scheme or not url.isprintable():
        return "An Apprise address looks like service://…"
    if scheme in NATIVE:
        return f"Use a channel of the type {NATIVE[scheme]} instead."
    if scheme not in PROVIDERS | HOSTED:
        return f"{scheme}:// is not among the services that are allowed here."
    refused = sorted(_parameters(url) & REFUSED_PARAMETERS)
    return f"The parameter {refused[0]} is not allowed here." if refused else ""


def _parameters(url: str) -> set[str]:
    # Wider than any parser of addresses: what could be a parameter to one of them is one here.
    pairs = re.split(r"[?&;#]", url)[1:]
    return {unquote_plus(pair.partition("=")[0]).strip().lower().lstrip("+-:") for pair in pairs}


CHANNEL = AppriseChannel()
