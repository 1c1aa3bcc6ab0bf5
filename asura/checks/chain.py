"""Judges a certificate chain: dates of each link, names of the leaf, all in words."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from asura.domain.reason import Reason
from asura.domain.result import Certificate
from asura.domain.status import Finding

PART = re.compile(r"(?:^|,)(CN|O)=((?:\\.|[^,\\])*)")


class Verdict(NamedTuple):
    """What is wrong with a chain, or nothing."""

    finding: Finding = Finding.UP
    reason: Reason = Reason.OK
    message: str = ""


class Limits(NamedTuple):
    """What a chain has to keep."""

    leaf_days: float
    intermediate_days: float
    names: tuple[str, ...]


def judged(chain: Sequence[Certificate], limits: Limits, where: str) -> Verdict:
    """Return the worst that can be said of a chain, leaf first; the root that ends some chains does not count."""
    leaf, intermediates = chain[0], [link for link in chain[1:] if link.subject != link.issuer]
    for link in (leaf, *intermediates):
        dated = _dates(link, _whose(link, leaf, where))
        if dated is not None:
            return dated
    missing = [name for name in limits.names if not covers(leaf.names, name)]
    if missing:
        held = ", ".join(leaf.names[:10]) or "no host at all"
        text = f"The certificate of {where} does not cover {', '.join(missing)}; it is for {held}."
        return Verdict(Finding.DOWN, Reason.TLS_HOSTNAME, text)
    for link, days in ((leaf, limits.leaf_days), *((link, limits.intermediate_days) for link in intermediates)):
        if link.days_left < days:
            text = (
                f"{_whose(link, leaf, where)} expires in {span(link.days_left)}, on {_day(link)}{_by(link)}. Renew it."
            )
            return Verdict(Finding.DEGRADED, Reason.TLS_EXPIRES_SOON, text)
    return Verdict()


def explained(reason: Reason, message: str, chain: Sequence[Certificate], where: str) -> str:
    """Return why a chain was not trusted: of dates in full, who it was and since when, else `message`."""
    leaf = chain[0]
    links = [leaf, *(link for link in chain[1:] if link.subject != link.issuer)]
    if reason in (Reason.TLS_EXPIRED, Reason.TLS_NOT_YET_VALID):
        dated = [found for link in links if (found := _dates(link, _whose(link, leaf, where))) is not None]
        return next((found.message for found in dated if found.reason is reason), message)
    return message


def covers(names: Sequence[str], host: str) -> bool:
    """Return whether one of a certificate's names stands for a host; `*` stands for exactly one first label."""
    wanted = host.lower().rstrip(".")
    accepted = {wanted, f"*.{wanted.partition('.')[2]}"} if "." in wanted else {wanted}
    return any(name.lower().rstrip(".") in accepted for name in names)


def short(name: str) -> str:
    """Return what people call the owner of a certificate: its common name, else its organisation."""
    parts = dict(reversed([(match[1], match[2]) for match in PART.finditer(name)]))
    return re.sub(r"\\(.)", r"\1", parts.get("CN") or parts.get("O") or name) or "nobody"


def span(days: float) -> str:
    """Return a stretch of days in words, hours below two days."""
    if days >= 2:
        return f"{int(days)} days"
    hours = int(days * 24)
    if hours >= 1:
        return f"{hours} hours" if hours > 1 else "an hour"
    return "less than an hour"


def _dates(link: Certificate, whose: str) -> Verdict | None:
    if link.days_left < 0:
        text = f"{whose} expired {span(-link.days_left)} ago, on {_day(link)}{_by(link)}. Renew it."
        return Verdict(Finding.DOWN, Reason.TLS_EXPIRED, text)
    lifetime = (link.not_after - link.not_before).total_seconds() / 86_400
    early = link.days_left - lifetime
    if early > 0:
        when = f"in {span(early)}, on {link.not_before:%Y-%m-%d %H:%M} UTC"
        text = f"{whose} is not valid yet: it begins {when}{_by(link)}. Check its dates, and the clock of this machine."
        return Verdict(Finding.DOWN, Reason.TLS_NOT_YET_VALID, text)
    return None


def _whose(link: Certificate, leaf: Certificate, where: str) -> str:
    if link is leaf:
        return f"The certificate of {where}"
    return f"The intermediate certificate {short(link.subject)} that {where} sends"


def _day(link: Certificate) -> str:
    return f"{link.not_after:%Y-%m-%d %H:%M} UTC"


def _by(link: Certificate) -> str:
    return f"; it was issued by {short(link.issuer)}"
