"""What people do about themselves: who they are, their profile, password, second factor."""

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

import msgspec
from starlette.responses import Response

from asura.domain import totp
from asura.errors import Fault, Invalid, NotFound
from asura.web import present_accounts, shapes
from asura.web.account_bodies import NewPassword, OwnPassword, ProfilePatch, TotpCode
from asura.web.answers import json_answer, no_content
from asura.web.api.login import give_cookie
from asura.web.body import shaped
from asura.web.errors import Refused
from asura.web.qr import qr_code
from asura.web.route import Call

if TYPE_CHECKING:
    from asura.engine.key_desk import Actor
    from asura.engine.session_desk import Kept

LANGUAGE = re.compile(r"([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?", re.ASCII)


async def show(call: Call) -> Response:
    """Answer who is asking."""
    if call.actor is None:
        raise NotFound("nobody")
    return json_answer(present_accounts.me(call.engine, call.actor))


async def patch(call: Call) -> Response:
    """Change the profile of whoever asks."""
    user_id = person(call)
    changes = _set(shaped(call.body, ProfilePatch))
    _check_profile(changes)
    email = {"email": changes.pop("email")} if "email" in changes else {}
    await call.engine.users.edit(
        user_id,
        lambda user: msgspec.structs.replace(user, **email, profile=msgspec.structs.replace(user.profile, **changes)),
    )
    return await show(call)


async def password(call: Call) -> Response:
    """Change the password; every other session ends, and this one gets another cookie."""
    user_id, wanted = person(call), shaped(call.body, NewPassword)
    user = await call.engine.signing_in.confirm(user_id, wanted.current, path="current")
    if wanted.current == wanted.password:
        raise Invalid(Fault("password", "is the one that you have"))
    kept = _kept(call)
    await call.engine.users.set_password(user_id, wanted.password, keep=kept, was=user.password)
    return _turned(call, no_content(), kept)


async def offer_totp(call: Call) -> Response:
    """Answer a secret to enrol an authenticator app with."""
    user_id = person(call)
    user = await call.engine.signing_in.confirm(user_id, shaped(call.body, OwnPassword).password)
    secret = call.engine.signing_in.second_factor.offer(user_id)
    uri = totp.uri(secret, account=user.name)
    return json_answer(shapes.TotpOffer(secret=totp.encoded(secret), uri=uri, qr=qr_code(uri)))


async def confirm_totp(call: Call) -> Response:
    """Enrol the app that shows this code; every other session ends. The recovery codes are shown this once."""
    user_id, code = person(call), shaped(call.body, TotpCode).code
    kept = _kept(call)
    codes = await call.engine.signing_in.second_factor.confirm(user_id, code, keep=kept)
    return _turned(call, json_answer(shapes.RecoveryCodes(codes)), kept)


async def remove_totp(call: Call) -> Response:
    """Ask for no second factor any more; every other session ends."""
    user_id = person(call)
    await call.engine.signing_in.confirm(user_id, shaped(call.body, OwnPassword).password)
    kept = _kept(call)
    await call.engine.signing_in.second_factor.remove(user_id, keep=kept)
    return _turned(call, no_content(), kept)


async def recovery_codes(call: Call) -> Response:
    """Make new recovery codes, shown this once; the old ones end."""
    user_id = person(call)
    await call.engine.signing_in.confirm(user_id, shaped(call.body, OwnPassword).password)
    return json_answer(shapes.RecoveryCodes(await call.engine.signing_in.second_factor.renew(user_id)))


def person(call: Call) -> int:
    """Return the id of the user who asks; raises Refused for a key."""
    actor: Actor | None = call.actor
    if actor is None or actor.user_id is None:
        raise Refused(403, "This is for people who signed in; a key has no account.")
    return actor.user_id


def _kept(call: Call) -> "Kept | None":
    return call.engine.sessions.keeping(call.actor.session_id) if call.actor is not None else None


def _turned(call: Call, response: Response, kept: "Kept | None") -> Response:
    """Return an answer with the new cookie of the session that asks: one that was stolen is worth nothing."""
    session = call.engine.sessions.find(kept.token) if kept is not None else None
    if kept is not None and session is not None:
        give_cookie(call, response, session, kept.token)
    return response


def _set(patch: msgspec.Struct) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(patch).items() if value is not msgspec.UNSET}


def _check_profile(changes: Mapping[str, Any]) -> None:
    faults = []
    if changes.get("zone") and changes["zone"] not in _zones():
        faults.append(Fault("zone", "is not a time zone such as Europe/Berlin"))
    if not LANGUAGE.fullmatch(changes.get("language", "")):
        faults.append(Fault("language", "is not a language such as en or pt-BR"))
    if faults:
        raise Invalid(*faults)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
