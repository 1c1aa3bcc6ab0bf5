"""Users: who may sign in, and as what; for admins."""

from typing import Any

import msgspec
from starlette.responses import Response

from asura.domain.instant import kept
from asura.domain.user import User
from asura.web import cursor, find, present_accounts, shapes
from asura.web.account_bodies import NewUser, Reset, UserPatch
from asura.web.answers import created, json_answer, no_content
from asura.web.body import shaped
from asura.web.present import instant
from asura.web.route import Call


async def index(call: Call) -> Response:
    """Answer one page of users, by id."""
    asked = call.asked()
    limit, after = asked.limit(), cursor.read(asked, "u")
    asked.done()
    found = [one for one in call.engine.users.all() if one.id > after]
    page = [present_accounts.user(one) for one in found[:limit]]
    return json_answer(shapes.Page(page, cursor.write("u", page[-1].id) if len(found) > limit else None))


async def show(call: Call) -> Response:
    """Answer one user."""
    return json_answer(present_accounts.user(call.engine.users.get(find.number(call))))


async def create(call: Call) -> Response:
    """Make a user with a first password."""
    wanted = shaped(call.body, NewUser)
    user = await call.engine.users.create(
        wanted.name, role=wanted.role, password=wanted.password, email=wanted.email, tags=wanted.tags
    )
    return created(call, present_accounts.user(user), at=f"/users/{user.id}")


async def patch(call: Call) -> Response:
    """Change fields of a user; another role, tags or no entry any more end their sessions."""
    wanted = msgspec.structs.asdict(shaped(call.body, UserPatch))
    changes: dict[str, Any] = {name: value for name, value in wanted.items() if value is not msgspec.UNSET}
    enabled = changes.pop("enabled", None)
    if "tags" in changes:
        changes["tags"] = tuple(changes["tags"])

    def changed(user: User) -> User:
        disabled_at = user.disabled_at
        if enabled is not None:
            disabled_at = None if enabled else user.disabled_at or kept(call.engine.clock.now())
        return msgspec.structs.replace(user, **changes, disabled_at=disabled_at)

    user = await call.engine.users.edit(find.number(call), changed)
    return json_answer(present_accounts.user(user))


async def delete(call: Call) -> Response:
    """Delete a user."""
    await call.engine.users.delete(find.number(call))
    return no_content()


async def reset(call: Call) -> Response:
    """Make a link by which a user sets a new password, and answer it, this once."""
    wanted = shaped(call.body, Reset)
    made = await call.engine.invitations.reset(find.number(call), ends_totp=wanted.totp, by=call.who)
    expires_at = instant(made.invitation.expires_at)
    return json_answer(shapes.ResetLink(made.link, expires_at, made.mailed, made.mail_problem))
