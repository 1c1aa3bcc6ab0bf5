"""Sessions: which browsers are signed in, and an end to them."""

from typing import TYPE_CHECKING

from starlette.responses import Response

from asura.errors import NotFound
from asura.web import cookies, cursor, find, present_accounts, shapes
from asura.web.answers import json_answer, no_content
from asura.web.api.me import person
from asura.web.errors import Refused
from asura.web.route import Call

if TYPE_CHECKING:
    from asura.store.sessions import Session


async def index(call: Call) -> Response:
    """Answer one page of the sessions of whoever asks, by id, or (for an admin) those of another user."""
    asked = call.asked()
    limit, after, wanted = asked.limit(), cursor.read(asked, "s"), asked.identifier("user_id")
    asked.done()
    user_id = wanted or (call.actor.user_id if call.actor is not None else None) or 0
    if wanted is not None and not _may(call, user_id):
        raise Refused(403, "The sessions of others are for admins.")
    found = [one for one in call.engine.sessions.all(user_id) if one.id > after]
    current = call.actor.session_id if call.actor is not None else None
    page = [present_accounts.session(call.engine, one, current=current) for one in found[:limit]]
    return json_answer(shapes.Page(page, cursor.write("s", page[-1].id) if len(found) > limit else None))


async def end(call: Call) -> Response:
    """End one session: one's own, or (for an admin) anybody's."""
    session = _session(call)
    await call.engine.sessions.end(session.id)
    response = no_content()
    if call.actor is not None and call.actor.session_id == session.id:
        cookies.drop(call, response)
    return response


async def end_others(call: Call) -> Response:
    """End all sessions of whoever asks but the one that asks."""
    user_id = person(call)
    await call.engine.sessions.end_of(user_id, but=(call.actor.session_id if call.actor is not None else 0) or 0)
    return no_content()


def _session(call: Call) -> "Session":
    """Return the session in the path; one of somebody else is not there for who may not see it."""
    found = call.engine.sessions.get(find.number(call))
    if found is None or not _may(call, found.user_id):
        raise NotFound("no such session")
    return found


def _may(call: Call, user_id: int) -> bool:
    if call.actor is None or call.actor.user_id == user_id:
        return call.actor is not None
    return call.actor.role == "admin" and not call.reach.limited
