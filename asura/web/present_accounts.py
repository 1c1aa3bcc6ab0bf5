"""Users, sessions and invitations as the API shows them: field by field, never a hash or a secret."""

from typing import TYPE_CHECKING, cast

from asura.web import shapes
from asura.web.present import instant, maybe_instant

if TYPE_CHECKING:
    from asura.domain.user import User
    from asura.engine.engine import Engine
    from asura.engine.key_desk import Actor
    from asura.store.invitations import Invitation
    from asura.store.sessions import Session
    from asura.web.shapes import RoleWord


def me(engine: "Engine", actor: "Actor") -> shapes.Me:
    """Return who is asking; what belongs to users is empty for a key."""
    user = engine.users.find(actor.user_id) if actor.user_id is not None else None
    return shapes.Me(
        name=actor.name,
        role=actor.role,
        scopes=tuple(sorted(actor.scopes)),
        key_id=actor.key_id,
        user_id=actor.user_id,
        tags=tuple(sorted(actor.tags)),
        profile=None if user is None else profile(user),
        totp=user is not None and user.totp is not None,
        recovery_codes_left=0 if user is None else len(user.recovery),
        must=tuple(sorted(actor.must)),
        password=user is not None and user.password is not None,
        held_since=maybe_instant(engine.hold.since),
        demo=engine.options.demo,
    )


def role_word(role: str) -> "RoleWord":
    """Return a stored role as the word of the API: no other is stored."""
    return cast("RoleWord", role)


def profile(user: "User") -> shapes.Profile:
    """Return what a person set for themselves."""
    own = user.profile
    return shapes.Profile(email=user.email, zone=own.zone, theme=own.theme, language=own.language)


def user(one: "User") -> shapes.User:
    """Return a user for an admin."""
    return shapes.User(
        id=one.id,
        name=one.name,
        email=one.email,
        role=role_word(one.role),
        tags=one.tags,
        enabled=one.enabled,
        totp=one.totp is not None,
        origin=one.origin.value,
        created_at=instant(one.created_at),
        last_login_at=maybe_instant(one.last_login_at),
    )


def session(engine: "Engine", one: "Session", *, current: int | None) -> shapes.Session:
    """Return a session; `current` is the one that asks."""
    owner = engine.users.find(one.user_id)
    return shapes.Session(
        id=one.id,
        user_id=one.user_id,
        user="" if owner is None else owner.name,
        created_at=instant(one.created_at),
        last_used_at=instant(one.last_used_at),
        expires_at=instant(engine.sessions.ends_at(one)),
        address=one.address,
        user_agent=one.user_agent,
        current=one.id == current,
    )


def invitation(one: "Invitation") -> shapes.Invitation:
    """Return an open invitation, without its link."""
    return shapes.Invitation(
        id=one.id,
        role=role_word(one.role),
        tags=one.tags,
        email=one.email,
        created_by=one.created_by,
        created_at=instant(one.created_at),
        expires_at=instant(one.expires_at),
    )
