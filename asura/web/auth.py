"""Who asks, and whether they may: keys in headers, roles, and the scopes that narrow a key."""

from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from asura.domain.user import KEY_PREFIX
from asura.errors import Fault, Invalid
from asura.web.cookies import session_token
from asura.web.errors import Refused
from asura.web.route import PROBE, PUBLIC, Route

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


def identify(engine: "Engine", headers: Headers, *, probes: bool = True) -> "Actor | None":
    """Return who asks: by a key, else by the cookie of a session; None when neither is (or is any longer) known.

    A key that is not known is nobody, whatever cookie comes with it; so is that of a probe without `probes`.
    """
    token = credential(headers)
    if token is not None:
        known = len(token) <= LONGEST_KEY
        return (engine.keys.verify(token) or (engine.probes.actor(token) if probes else None)) if known else None
    cookie = session_token(headers)
    return engine.signing_in.actor(cookie) if cookie is not None else None


def audited(actor: "Actor | None") -> str:
    """Return the name under which somebody's changes stand in the audit log: no user can be called like a key."""
    if actor is None:
        return "anonymous"
    return actor.name if actor.user_id is not None else f"{KEY_PREFIX}{actor.name}"


def admit(route: Route, actor: "Actor | None") -> None:
    """Raise Refused 401 or 403 unless the actor may call the route; a route without a rule lets nobody in."""
    if route.role == PUBLIC:
        return
    if actor is None:
        detail = "Sign in, or send an API key as Authorization: Bearer KEY."
        raise Refused(401, detail, headers={"WWW-Authenticate": "Bearer"})
    if route.of_probes:
        _admit_probe(actor)
        return
    if route.person and actor.user_id is None:
        raise Refused(403, "This is for people who signed in; a key has no account.")
    if actor.must and not route.always:
        raise Refused(403, "Set up a second factor first: asura is set to ask everybody for one.")
    if RANK.get(actor.role, -1) < RANK.get(route.role, len(RANK)):
        raise Refused(403, f"This needs the role {route.role}; you have the role {actor.role}.")
    if actor.tags and not route.tagged:
        raise Refused(403, "You are limited to some tags, and this is about more than those.")
    if actor.scopes and route.scope is not None and route.scope not in actor.scopes:
        raise Refused(403, f"This needs the scope {route.scope}, which the key does not have.")


def _admit_probe(actor: "Actor") -> None:
    """Raise Refused 403 unless it is a probe, or a key that is narrowed to what probes do: not even to an admin does
    asura tell the secrets of its checks.
    """
    if actor.role != PROBE and PROBE not in actor.scopes:
        raise Refused(403, "This is for probes: it takes the key of one, or a key narrowed to the scope probe.")


def whose(actor: "Actor") -> str:
    """Return what counts as one: a user with all their sessions, a probe, or a key."""
    if actor.user_id is not None:
        return f"user {actor.user_id}"
    return f"{PROBE if actor.role == PROBE else 'key'} {actor.key_id} {actor.name}"


def check_grant(actor: "Actor | None", scopes: tuple[str, ...]) -> None:
    """Raise Invalid when a narrowed key would make one that may do more than itself."""
    if actor is None or not actor.scopes:
        return
    if not scopes or not set(scopes) <= set(actor.scopes):
        raise Invalid(Fault("scopes", f"a key cannot give more than it has: {', '.join(sorted(actor.scopes))}"))
