"""Who asks, and whether they may: keys in headers, roles, and the scopes that narrow a key."""

from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from asura.errors import Fault, Invalid
from asura.web.errors import Refused
from asura.web.route import PUBLIC, Route

if TYPE_CHECKING:
    from asura.engine.engine import Engine
    from asura.engine.key_desk import Actor

RANK = {"viewer": 0, "editor": 1, "admin": 2}
SCOPES = frozenset({"read", "write", "ping", "maintenance", "metrics", "probe"})
LONGEST_KEY = 512


def credential(headers: Headers) -> str | None:
    """Return the key that a request carries, or None."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return headers.get("x-api-key", "").strip() or None


def identify(engine: "Engine", headers: Headers) -> "Actor | None":
    """Return who the key belongs to; None without a key or with one that is not (or no longer) known."""
    token = credential(headers)
    if token is None or len(token) > LONGEST_KEY:
        return None
    return engine.keys.verify(token)


def admit(route: Route, actor: "Actor | None") -> None:
    """Raise Refused 401 or 403 unless the actor may call the route; a route without a rule lets nobody in."""
    if route.role == PUBLIC:
        return
    if actor is None:
        raise Refused(401, "Send an API key as Authorization: Bearer KEY.", headers={"WWW-Authenticate": "Bearer"})
    if RANK.get(actor.role, -1) < RANK.get(route.role, len(RANK)):
        raise Refused(403, f"This needs the role {route.role}; the key has the role {actor.role}.")
    if actor.scopes and route.scope is not None and route.scope not in actor.scopes:
        raise Refused(403, f"This needs the scope {route.scope}, which the key does not have.")


def check_grant(actor: "Actor | None", scopes: tuple[str, ...]) -> None:
    """Raise Invalid when a narrowed key would make one that may do more than itself."""
    if actor is None or not actor.scopes:
        return
    if not scopes or not set(scopes) <= set(actor.scopes):
        raise Invalid(Fault("scopes", f"a key cannot give more than it has: {', '.join(sorted(actor.scopes))}"))
