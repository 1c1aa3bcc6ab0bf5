"""API keys: list, make, revoke."""

from starlette.responses import Response

from asura.errors import Fault, Invalid
from asura.web import cursor, find, present, shapes
from asura.web.answers import created, json_answer, no_content
from asura.web.auth import check_grant
from asura.web.bodies import NewKey
from asura.web.body import shaped
from asura.web.query import parse_instant
from asura.web.route import Call


async def index(call: Call) -> Response:
    """Answer one page of keys, by id; never the keys themselves."""
    asked = call.asked()
    limit, after = asked.limit(), cursor.read(asked, "k")
    asked.done()
    found = sorted((one for one in call.engine.keys.list() if one.id > after), key=lambda one: one.id)
    page = [present.key(one) for one in found[:limit]]
    more = cursor.write("k", page[-1].id) if len(found) > limit else None
    return json_answer(shapes.Page(page, more))


async def create(call: Call) -> Response:
    """Make a key and show it, this once."""
    wanted = shaped(call.body, NewKey)
    scopes = tuple(dict.fromkeys(wanted.scopes))
    check_grant(call.actor, scopes)
    expires_at = None
    if wanted.expires_at is not None:
        try:
            expires_at = parse_instant(wanted.expires_at)
        except ValueError as error:
            raise Invalid(Fault("expires_at", str(error))) from None
        if expires_at <= call.engine.clock.now():
            raise Invalid(Fault("expires_at", "must lie ahead"))
    stored, token = await call.engine.keys.create(
        wanted.name, wanted.role, scopes, expires_at=expires_at, rate_per_sec=wanted.rate_per_sec
    )
    return created(call, present.new_key(stored, token), at=f"/keys/{stored.id}")


async def delete(call: Call) -> Response:
    """Revoke a key, at once."""
    await call.engine.keys.revoke(find.number(call))
    return no_content()
