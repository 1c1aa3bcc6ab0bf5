"""The local commands about users, over a running engine or over a store that was opened for them."""

import secrets
from typing import TYPE_CHECKING, Any

from asura.cli.local import Commands
from asura.engine.acting import COMMAND_LINE
from asura.errors import NotFound

if TYPE_CHECKING:
    from asura.clock import Clock
    from asura.domain.user import User
    from asura.engine.invitation_desk import InvitationDesk
    from asura.engine.user_desk import UserDesk

# Nobody ever sees it: it keeps the account closed until its link is used.
CLOSED_BYTES = 32


def user_commands(users: "UserDesk", invitations: "InvitationDesk", clock: "Clock") -> Commands:
    """Return the commands by name."""

    async def create(
        *, name: str, role: str, email: str = "", tags: list[str] | None = None, password: str | None = None
    ) -> dict[str, Any]:
        closed = secrets.token_urlsafe(CLOSED_BYTES)
        made = await users.create(name, role=role, email=email, tags=tags or (), password=password or closed)
        return view(made) | ({} if password else await link(made))

    async def reset(*, name: str, password: str | None = None) -> dict[str, Any]:
        user = _named(users, name)
        if password is None:
            return view(user) | await link(user)
        return view(await users.set_password(user.id, password))

    async def link(user: "User") -> dict[str, Any]:
        made = await invitations.reset(user.id, by=COMMAND_LINE.name)
        until = made.invitation.expires_at.isoformat()
        return {"link": made.link, "expires_at": until, "mailed": made.mailed, "mail_problem": made.mail_problem}

    async def enable(*, name: str) -> dict[str, Any]:
        return view(await users.change(_named(users, name).id, disabled_at=None))

    async def disable(*, name: str) -> dict[str, Any]:
        user = _named(users, name)
        return view(await users.change(user.id, disabled_at=user.disabled_at or clock.now()))

    async def delete(*, name: str) -> dict[str, Any]:
        user = _named(users, name)
        await users.delete(user.id)
        return view(user)

    async def unlock(*, name: str) -> dict[str, Any]:
        return view(await users.change(_named(users, name).id, totp=None, totp_step=0, recovery=()))

    async def list_all() -> list[dict[str, Any]]:
        return [view(user) for user in users.all()]

    return {
        "user.create": create,
        "user.list": list_all,
        "user.reset-password": reset,
        "user.enable": enable,
        "user.disable": disable,
        "user.delete": delete,
        "user.unlock-totp": unlock,
    }


def view(user: "User") -> dict[str, Any]:
    """Return what may be shown of a user: no password, no secret."""
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "tags": list(user.tags),
        "enabled": user.enabled,
        "totp": user.totp is not None,
        "origin": user.origin.value,
        "created_at": user.created_at.isoformat(),
        "last_login_at": user.last_login_at.isoformat() if user.last_login_at else None,
    }


def _named(users: "UserDesk", name: str) -> "User":
    found = users.named(name)
    if found is None:
        raise NotFound(f"there is no user {name}")
    return found
