"""The settings of the other ways in: an OpenID provider, or a proxy that has asked already."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from asura.domain.federation import RANKED
from asura.domain.fields import Secret
from asura.settings_values import FLAG, SECRET, TEXT, URL, Kind, Section, one_of, setting, texts

_ROLE = one_of(*RANKED, also={"readonly": "viewer", "read-only": "viewer", "super_admin": "admin"})
# Where anybody has an account: who may come in has to be said.
_FOR_EVERYBODY = frozenset({"accounts.google.com", "appleid.apple.com", "gitlab.com"})
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")


def _roles(raw: Any) -> dict[str, str]:
    """Return roles by group, of a mapping or, as the environment has it, of `group=role` with commas between."""
    if isinstance(raw, str):
        pairs = [part.rpartition("=")[::2] for part in raw.split(",") if part.strip()]
    elif isinstance(raw, dict):
        pairs = list(raw.items())
    else:
        raise ValueError("expected groups with a role each, such as {admins: admin}")
    found = {str(group).strip(): _ROLE.read(role) for group, role in pairs}
    if "" in found:
        raise ValueError("expected a group before each role, such as {admins: admin}")
    return found


def _header(raw: Any) -> str:
    name: str = TEXT.read(raw).strip()
    if name and not _HEADER.fullmatch(name):
        raise ValueError(f"{name[:40]!r} is not the name of a header; write for example Remote-User")
    return name


def _domain(raw: Any) -> str:
    name: str = TEXT.read(raw).strip().lower().removeprefix("@")
    if not name or re.search(r"[\s@/:]", name):
        raise ValueError("expected domains such as example.com")
    return name


_GROUPS_TO_ROLES = Kind("groups with roles", _roles, dict)
_HEADER_NAME = Kind("name of a header", _header)
_URL_OR_NOT = Kind("URL", lambda raw: "" if raw == "" else URL.read(raw))


class OidcSettings(Section, frozen=True, kw_only=True):
    """Signing in by an OpenID provider; it is offered when `issuer` is set."""

    issuer: Annotated[str, setting("Address of the provider, as its discovery document has it.", _URL_OR_NOT)] = ""
    client_id: Annotated[str, setting("Name of asura at the provider.", TEXT)] = ""
    client_secret: Annotated[Secret | None, setting("Secret of `client_id`; empty: a public client.", SECRET)] = None
    name: Annotated[str, setting("What the button says after `Sign in with`.", TEXT)] = "single sign-on"
    scopes: Annotated[tuple[str, ...], setting("What is asked for; `openid` is added.", texts())] = (
        "openid",
        "profile",
        "email",
    )
    allowed_domains: Annotated[
        tuple[str, ...],
        setting("Domains of verified e-mail addresses that may come in; empty: any.", texts(_domain)),
    ] = ()
    allowed_groups: Annotated[tuple[str, ...], setting("Groups that may come in; empty: any.", texts())] = ()
    groups_claim: Annotated[str, setting("Claim that lists the groups, also as a path with dots.", TEXT)] = "groups"
    role: Annotated[str, setting("Role of those whom no group gives another.", _ROLE)] = "viewer"
    roles: Annotated[
        Mapping[str, str],
        setting("Role by group, looked up at each sign-in; empty: the role is managed here.", _GROUPS_TO_ROLES),
    ] = {}
    auto_create: Annotated[bool, setting("Add who comes for the first time; else only those known here.", FLAG)] = True


class ProxySettings(Section, frozen=True, kw_only=True):
    """Signing in at a proxy in front, whose headers are believed from `server.trusted_proxies` alone."""

    header: Annotated[str, setting("Header with the name of the user; empty: none is believed.", _HEADER_NAME)] = ""
    groups_header: Annotated[str, setting("Header with the groups, commas between them.", _HEADER_NAME)] = ""
    role: Annotated[str, setting("Role of those whom no group gives another.", _ROLE)] = "viewer"
    roles: Annotated[
        Mapping[str, str],
        setting("Role by group, looked up at each request; empty: the role is managed here.", _GROUPS_TO_ROLES),
    ] = {}
    auto_create: Annotated[bool, setting("Add who comes for the first time; else only those known here.", FLAG)] = True
    logout_url: Annotated[str, setting("Where signing out leads; empty: it is not offered.", _URL_OR_NOT)] = ""


def federation_faults(
    oidc: OidcSettings, proxy: ProxySettings, trusted_proxies: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Return (key, message) of each combination of these settings that cannot work, or would not be safe."""
    faults = []
    if oidc.issuer and not oidc.client_id:
        faults.append(("auth.oidc.client_id", "is needed beside auth.oidc.issuer"))
    if oidc.issuer.startswith("http://") and not _is_loopback(urlsplit(oidc.issuer).hostname or ""):
        faults.append(("auth.oidc.issuer", "must begin with https://: whoever is on the way could sign in as anybody"))
    is_open = oidc.auto_create and not oidc.allowed_domains and not oidc.allowed_groups
    if is_open and urlsplit(oidc.issuer).hostname in _FOR_EVERYBODY:
        faults.append(("auth.oidc.allowed_domains", "is needed: else anybody with an account there could come in"))
    if not oidc.groups_claim:
        faults.append(("auth.oidc.groups_claim", "must not be empty"))
    if proxy.header and not trusted_proxies:
        faults.append(("auth.proxy.header", "needs server.trusted_proxies, from which alone it is believed"))
    if proxy.groups_header and not proxy.header:
        faults.append(("auth.proxy.groups_header", "needs auth.proxy.header too"))
    return faults


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
