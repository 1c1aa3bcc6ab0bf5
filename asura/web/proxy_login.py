"""Signing in at a proxy in front: its headers say who asks, and are believed from proxies that are trusted alone."""

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from asura.domain.federation import LONGEST_GROUP, Person
from asura.domain.user import LONGEST_EMAIL, Origin
from asura.engine.acting import Acting, acting
from asura.engine.vouching import NotAdmitted
from asura.web.errors import Refused
from asura.web.options import ProxyOptions

if TYPE_CHECKING:
    from asura.engine.engine import Engine
    from asura.engine.key_desk import Actor

LOG = logging.getLogger(__name__)


def person(headers: Headers, options: ProxyOptions) -> Person | None:
    """Return whom the headers of a trusted proxy name, or None.

    A name that stands there twice is none: a proxy that adds its header and keeps the client's cannot be believed.
    """
    names = headers.getlist(options.header)
    name = _text(names[0]) if len(names) == 1 else ""
    if len(names) > 1:
        LOG.warning("a proxy sent %s more than once: it must replace what clients send", options.header)
    if not 1 <= len(name) <= LONGEST_EMAIL or not name.isprintable():
        return None
    groups = _groups(headers.getlist(options.groups_header)) if options.groups_header else ()
    return Person(subject=f"proxy {name}", name=name, groups=groups)


async def actor(engine: "Engine", headers: Headers, options: ProxyOptions, address: str) -> "Actor | None":
    """Return who asks by the word of a trusted proxy, None for nobody; Refused 403 when they may not come in."""
    who = person(headers, options)
    if who is None:
        return None
    try:
        with acting(Acting(f"proxy:{who.name}", address)):
            user = await engine.vouching.admit(who, options.rules, Origin.PROXY)
    except NotAdmitted as refused:
        raise Refused(403, f"The proxy vouches for {who.name}, who may not come in here: {refused.why}.") from None
    return engine.signing_in.actor_of(user)


def _groups(values: Iterable[str]) -> tuple[str, ...]:
    parts = (part.strip() for value in values for part in _text(value).split(","))
    return tuple(part for part in parts if 1 <= len(part) <= LONGEST_GROUP)


def _text(value: str) -> str:
    """Return the value of a header as text: most proxies send UTF-8, and headers are read as Latin-1."""
    raw = value.encode("latin-1")
    try:
        return raw.decode().strip()
    except UnicodeDecodeError:
        return value.strip()
