"""Who an OpenID provider or a proxy vouches for: whether they may come in, as what, and under which name."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import msgspec

from asura.domain.user import LONGEST_EMAIL, LONGEST_NAME, email_fault, name_fault, tidy

MOST_GROUPS, LONGEST_GROUP, LONGEST_PATH = 1000, 256, 2000
# From the most to the least that somebody may do: of several groups the most counts.
RANKED = ("admin", "editor", "viewer")


class Why(StrEnum):
    """Why somebody was let in, or not."""

    ALLOWED = "allowed"
    NO_EMAIL = "no e-mail address"
    EMAIL_NOT_VERIFIED = "the e-mail address is not verified"
    DOMAIN = "the domain of the e-mail address is not allowed"
    GROUP = "none of the groups is allowed"
    NOT_KNOWN = "not known here, and nobody is added"
    NOT_SET_UP = "asura has no admin yet"
    DISABLED = "disabled here"


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Who may come in and as what. Empty lists ask for nothing; without `roles` the groups say nothing of the role."""

    role: str = "viewer"
    roles: Mapping[str, str] = {}
    allowed_domains: tuple[str, ...] = ()
    allowed_groups: tuple[str, ...] = ()
    auto_create: bool = True


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of somebody by whoever vouches for them."""

    subject: str
    name: str = ""
    email: str = ""
    email_verified: bool = False
    groups: tuple[str, ...] = ()


class Admission(msgspec.Struct, frozen=True, kw_only=True):
    """Whether somebody may come in, and why (not); `role` is None where the groups do not decide it."""

    why: Why
    role: str | None = None
    first_role: str = "viewer"

    @property
    def allowed(self) -> bool:
        """Return whether they may come in."""
        return self.why is Why.ALLOWED


def admission(person: Person, rules: Rules) -> Admission:
    """Return whether somebody may come in, and as what: their role by groups, and the one of somebody new."""
    why = _refusal(person, rules)
    if why is not None:
        return Admission(why=why)
    found = {rules.roles[group] for group in person.groups if group in rules.roles}
    by_groups = next((role for role in RANKED if role in found), rules.role)
    return Admission(why=Why.ALLOWED, role=by_groups if rules.roles else None, first_role=by_groups)


def _refusal(person: Person, rules: Rules) -> Why | None:
    if rules.allowed_domains:
        if not person.email:
            return Why.NO_EMAIL
        if not person.email_verified:
            return Why.EMAIL_NOT_VERIFIED
        if person.email.rpartition("@")[2].lower() not in {domain.lower() for domain in rules.allowed_domains}:
            return Why.DOMAIN
    if rules.allowed_groups and not set(person.groups) & set(rules.allowed_groups):
        return Why.GROUP
    return None


def person_of(claims: Mapping[str, Any], *, issuer: str, groups_claim: str) -> Person:
    """Return somebody as the claims of an ID token say; their subject is issuer and `sub`, never the e-mail address."""
    email = _text(claims.get("email"), LONGEST_EMAIL)
    names = (_text(claims.get(name), LONGEST_NAME) for name in ("preferred_username", "name", "email", "sub"))
    return Person(
        subject=f"{issuer} {claims['sub']}",
        name=next((name for name in names if name), ""),
        email=email if email and email_fault(email) is None else "",
        email_verified=claims.get("email_verified") in (True, "true"),
        groups=_groups(_claim(claims, groups_claim)),
    )


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """Return a claim by its name, else by a path through objects: `realm_access.roles`."""
    if name in claims:
        return claims[name]
    value: Any = claims
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _groups(value: Any) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(one for one in listed[:MOST_GROUPS] if isinstance(one, str) and 0 < len(one) <= LONGEST_GROUP)


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str):
        return ""
    return tidy("".join(sign for sign in value if sign.isprintable()))[:longest].strip()


def free_name(wanted: str, is_taken: Callable[[str], bool]) -> str:
    """Return the name for somebody new: the wanted one, or with a number behind it. Nobody becomes who is there."""
    base = _text(wanted, LONGEST_NAME)
    if name_fault(base) is not None:
        base = "somebody"
    name, number = base, 2
    while is_taken(name):
        ending = f" {number}"
        name, number = base[: LONGEST_NAME - len(ending)] + ending, number + 1
    return name


def own_path(text: str) -> str:
    """Return a path of the dashboard to go back to; the front page for whatever could lead elsewhere."""
    path = text.partition("?")[0].partition("#")[0]
    strange = "\\" in text or "//" in path or not text.isprintable() or len(text) > LONGEST_PATH
    if not text.startswith("/") or strange or f"{path}/".startswith("/api/"):
        return "/"
    return quote(text, safe="/?#&=%:+,;@!$'()*~-._[]")
