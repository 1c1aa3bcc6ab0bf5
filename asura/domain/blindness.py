"""Whether it is us who cannot see: a dead uplink or resolver of our own must not be blamed on the targets."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

import msgspec

from asura.domain.reason import NETWORK_REASONS, RESOLVER_REASONS, Reason

# Fewer independent places than this failing at once may be a coincidence, or one provider.
ENOUGH_PLACES = 5
ENOUGH_ZONES = 3
SHARE = 0.8


class Canary(msgspec.Struct, frozen=True):
    """One thing near us that should always answer. It has a vote only after it has answered once."""

    name: str
    kind: str
    answers: bool
    answered_before: bool


class Place(msgspec.Struct, frozen=True):
    """What targets share their fate with: the zone of a name, or a public network."""

    name: str
    named: bool


class Sighting(msgspec.Struct, frozen=True):
    """The newest result of one monitor on the way outside. `place` is what shares its fate: a zone or a network."""

    place: str
    named: bool
    failed: bool
    reason: Reason


class Blindness(msgspec.Struct, frozen=True):
    """That we are blind, of what kind, and how we know."""

    reason: Reason
    message: str

    def covers(self, reason: Reason) -> bool:
        """Return whether a failure of this class may be our own fault."""
        if self.reason is Reason.OWN_RESOLVER:
            return reason in RESOLVER_REASONS
        return reason in NETWORK_REASONS


def blindness(canaries: Iterable[Canary], sightings: Iterable[Sighting]) -> Blindness | None:
    """Return our own fault that these observations show, or None while we can see.

    1. Every canary that ever answered is silent: the uplink.
    2. The resolver is silent while another canary answers: the resolver.
    3. Several independent zones stop resolving and none resolves: the resolver.
    4. Nearly all independent places fail at once: the uplink.
    """
    trusted = [canary for canary in canaries if canary.answered_before]
    silent = [canary for canary in trusted if not canary.answers]
    if trusted and len(silent) == len(trusted):
        names = " and ".join(canary.name for canary in silent)
        only_names = all(canary.kind == "resolver" for canary in silent)
        reason = Reason.OWN_RESOLVER if only_names else Reason.OWN_NETWORK
        return Blindness(reason, f"Our own connection is at fault: no answer from {names}.")
    mute = next((canary for canary in silent if canary.kind == "resolver"), None)
    if mute is not None:
        return Blindness(Reason.OWN_RESOLVER, f"Our own resolver is at fault: no answer from {mute.name}.")
    return _by_share(list(sightings))


def place(target: str) -> Place | None:
    """Return where a target is; None for what is near us, or cannot be told."""
    host = _host(target)
    address = _address(host)
    if address is not None:
        near = address.is_private or address.is_loopback or address.is_link_local
        width = 24 if address.version == 4 else 48
        return None if near else Place(str(ip_network((address, width), strict=False)), False)
    labels = host.rstrip(".").lower().split(".")
    return Place(".".join(labels[-2:]), True) if len(labels) >= 2 and labels[-1].isalpha() else None


def is_near(address: str) -> bool:
    """Return whether a connected address (with or without its port) is on this machine, where no uplink is needed."""
    found = _address(_host(address))
    return found is not None and found.is_loopback


def _host(target: str) -> str:
    if target.count(":") > 1 and "[" not in target and "://" not in target:
        return target
    try:
        return urlsplit(target if "://" in target else f"//{target}").hostname or ""
    except ValueError:
        return ""


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _by_share(sightings: list[Sighting]) -> Blindness | None:
    by_place: dict[str, list[Sighting]] = {}
    for sighting in sightings:
        by_place.setdefault(sighting.place, []).append(sighting)
    zones = [seen for seen in by_place.values() if any(one.named for one in seen)]
    unresolved = [seen for seen in zones if all(one.failed and one.reason in RESOLVER_REASONS for one in seen)]
    if len(unresolved) >= ENOUGH_ZONES and len(unresolved) == len(zones):
        return Blindness(
            Reason.OWN_RESOLVER, f"Our own resolver is at fault: none of {len(zones)} independent zones resolves."
        )
    lost = [seen for seen in by_place.values() if all(one.failed and one.reason in NETWORK_REASONS for one in seen)]
    if len(lost) >= ENOUGH_PLACES and len(lost) >= SHARE * len(by_place):
        return Blindness(
            Reason.OWN_NETWORK,
            f"Our own connection is at fault: {len(lost)} of {len(by_place)} independent places fail at once.",
        )
    return None
