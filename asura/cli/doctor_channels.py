"""`asura doctor` looks at where channels send: whether the names exist, and whether asura lets itself go there."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from asura.cli.doctor_finding import Finding, ok, problem, warn
from asura.domain.fields import Secret
from asura.domain.reason import Reason
from asura.net.errors import NetError
from asura.net.network import Network

MOST_HOSTS = 100


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """A host that channels send to: why asura would not go there, if it would not."""

    host: str
    channels: tuple[str, ...]
    private: bool = False
    error: str = ""


async def look(channels: Sequence[tuple[str, dict[str, Any]]], net: Network) -> tuple[Way, ...]:
    """Return the hosts of the channels that are switched on; nothing is sent to them."""
    users: dict[str, list[str]] = {}
    for slug, config in channels:
        for host in hosts(config) if config.get("enabled", True) else ():
            users.setdefault(host, []).append(slug)
    some = list(users.items())[:MOST_HOSTS]
    return tuple(await asyncio.gather(*(_asked(host, tuple(slugs), net) for host, slugs in some)))


def judge(seen: Sequence[Way], count: int) -> Iterator[Finding]:
    """Yield what is to be said about the channels, of which there are `count`."""
    if not count:
        yield warn("channels", "there is none: nobody is told of an outage", "add one in the dashboard: Channels")
    for one in seen:
        users = ", ".join(one.channels[:4])
        if one.private:
            yield problem("channels", f"{users}: {one.error}", allow(one.host))
        elif one.error:
            yield problem("channels", f"{users}: {one.error}", f"getent ahosts {one.host}")
    well = len({slug for one in seen if not one.error for slug in one.channels})
    if well:
        yield ok("channels", f"{well} of {count}: their hosts can be looked up and may be reached")


def allow(host: str) -> str:
    """Return what to do so that channels may reach a private host."""
    return f"network: {{allow_private_channels: [{host}]}} and a restart, if that is what you want"


async def may_not_reach(host: str, net: Network) -> bool:
    """Return whether a host is one that channels may reach only where the settings say so."""
    return (await _asked(host, (), net)).private


def hosts(config: dict[str, Any]) -> tuple[str, ...]:
    """Return the hosts that the settings of a channel name, in addresses and by themselves."""
    settings = config.get("settings")
    if not isinstance(settings, dict) or config.get("type") in ("apprise", "email"):
        # Mail servers are asked themselves; where Apprise's addresses lead is looked at before each send.
        return ()
    texts = [(key, one.reveal() if isinstance(one, Secret) else one) for key, one in settings.items()]
    return tuple(dict.fromkeys(_hosts((key, text) for key, text in texts if isinstance(text, str))))


def _hosts(texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    for key, text in texts:
        try:
            found = urlsplit(text).hostname if text.startswith(("http://", "https://")) else None
        except ValueError:
            found = None
        if found:
            yield found
        elif key == "host" and text:
            yield text


async def _asked(host: str, slugs: tuple[str, ...], net: Network) -> Way:
    try:
        await net.channel_dialer.addresses(host, 443)
    except NetError as failed:
        private = failed.reason is Reason.BLOCKED_ADDRESS
        return Way(host=host, channels=slugs, private=private, error=failed.message)
    return Way(host=host, channels=slugs)
