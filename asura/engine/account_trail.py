"""Rows of the audit log about people: accounts, sessions, links. Never a password, a hash or a code."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from asura.domain.fields import Secret
from asura.domain.user import User
from asura.engine import trail
from asura.store import users
from asura.store.invitations import Invitation
from asura.store.sessions import Session

_PLAIN = ("name", "email", "role", "tags", "origin", "enabled", "profile")


def user(db: sqlite3.Connection, old: User | None, new: User | None, at: datetime, *, quiet: bool = False) -> None:
    """Write what became of an account; nothing when nothing did that anybody can see.

    With `quiet` the password is the same one, hashed anew.
    """
    known = new or old
    was, is_ = _fields(old, quiet=quiet), _fields(new, quiet=quiet)
    if known is not None and was != is_:
        trail.record(db, _action(was, is_), "user", at=at, id=known.id, name=known.name, old=was, new=is_)


def failed(db: sqlite3.Connection, whom: User | None, at: datetime) -> None:
    """Write that somebody could not sign in as a user.

    Of a name that nobody has nothing is kept: it may be a password that was typed into the wrong field.
    """
    name = whom.name if whom is not None else ""
    trail.record(db, "login_failed", "session", at=at, name=name)


def began(db: sqlite3.Connection, session: Session) -> None:
    """Write that somebody signed in: who they are, they have just proved."""
    name = users.name_of(db, session.user_id)
    trail.record(db, "login", "session", at=session.created_at, id=session.id, name=name, actor=name)


def ended(db: sqlite3.Connection, session: Session, at: datetime, action: str) -> None:
    """Write that a session was ended: `logout` by itself, `revoke` from another one."""
    trail.record(db, action, "session", at=at, id=session.id, name=users.name_of(db, session.user_id))


def others_ended(db: sqlite3.Connection, user_id: int, count: int, at: datetime) -> None:
    """Write that somebody ended their other sessions; nothing when there were none."""
    if count:
        trail.record(
            db,
            "revoke",
            "session",
            at=at,
            name=users.name_of(db, user_id),
            old={"sessions": count},
            new={"sessions": 0},
        )


def link(db: sqlite3.Connection, made: Invitation) -> None:
    """Write that a link was made: an invitation, or one by which a user sets a new password."""
    if made.user_id is not None:
        name, told = users.name_of(db, made.user_id), {"ends_totp": made.ends_totp, "expires_at": made.expires_at}
        trail.record(db, "reset", "user", at=made.created_at, id=made.user_id, name=name, new=told)
    else:
        told = {"role": made.role, "tags": made.tags, "email": made.email, "expires_at": made.expires_at}
        trail.record(db, "create", "invitation", at=made.created_at, id=made.id, name=made.email, new=told)


def link_over(db: sqlite3.Connection, action: str, invitation_id: int, at: datetime, *, email: str = "") -> None:
    """Write that an invitation was taken up (`accept`) or withdrawn (`delete`)."""
    trail.record(db, action, "invitation", at=at, id=invitation_id, name=email)


def _fields(user: User | None, *, quiet: bool) -> dict[str, Any] | None:
    if user is None:
        return None
    secret = {} if quiet or user.password is None else {"password": Secret(user.password)}
    second = {"totp": user.totp is not None, "recovery_codes": len(user.recovery)}
    return {name: getattr(user, name) for name in _PLAIN} | second | secret


def _action(was: Mapping[str, Any] | None, is_: Mapping[str, Any] | None) -> str:
    if was is None or is_ is None:
        return "create" if was is None else "delete"
    changed = {name for name in {*was, *is_} if was.get(name) != is_.get(name)}
    if changed == {"enabled"}:
        return "enable" if is_["enabled"] else "disable"
    return "password" if "password" in changed else "update"
