"""Coming in and going out: the first admin, the password, and the cookie that both end with."""

from typing import TYPE_CHECKING

from starlette.responses import Response

from asura.engine.acting import Acting, acting
from asura.engine.session_desk import Visit
from asura.engine.signing_in import CodeNeeded, WrongPassword, WrongToken
from asura.errors import Conflict, Fault, Invalid
from asura.web import cookies, present_accounts, shapes
from asura.web.account_bodies import LogIn, SetUp
from asura.web.answers import json_answer, no_content
from asura.web.body import shaped
from asura.web.errors import Refused
from asura.web.limits import bucket_of
from asura.web.route import Call

if TYPE_CHECKING:
    from asura.domain.user import User
    from asura.store.sessions import Session


# Below the base path, as all that the API names.
OIDC_PATH = "/api/v1/login/oidc"


async def setup_state(call: Call) -> Response:
    """Answer whether the first admin has still to be made."""
    return json_answer(shapes.SetupState(call.engine.signing_in.needs_setup))


async def set_up(call: Call) -> Response:
    """Make the first admin and sign them in."""
    wanted = shaped(call.body, SetUp)
    with acting(Acting(wanted.username.strip()[:64], call.address)):
        try:
            user = await call.engine.signing_in.set_up(wanted.token, wanted.username, wanted.password)
        except WrongToken as error:
            raise Refused(403, f"{error}.".capitalize(), faults=[Fault("token", str(error))]) from None
        except Invalid as error:
            raise as_typed(error) from None
        return await signed_in(call, user, status=201)


async def ways_in(call: Call) -> Response:
    """Answer what the sign-in page offers."""
    options = call.site.options
    oidc = None if options.oidc is None else shapes.OidcWay(options.oidc.name, OIDC_PATH)
    logout_url = options.proxy.logout_url if options.proxy is not None else ""
    return json_answer(shapes.WaysIn(call.engine.signing_in.needs_setup, oidc, logout_url))


async def log_in(call: Call) -> Response:
    """Sign somebody in by name and password, and a code where there is a second factor."""
    wanted = shaped(call.body, LogIn)
    try:
        session, token = await call.engine.signing_in.log_in(
            wanted.username,
            wanted.password,
            wanted.totp,
            visit(call),
            network=bucket_of(call.address),
            instead_of=cookies.session_token(call.request.headers),
        )
    except WrongPassword:
        raise Refused(401, "The name or the password is wrong.") from None
    except CodeNeeded as error:
        detail = f"{error}.".capitalize()
        raise Refused(401, detail, faults=[Fault("totp", str(error))]) from None
    return _welcome(call, session, token, status=200)


async def log_out(call: Call) -> Response:
    """End the session that asks; its cookie goes with it."""
    if call.actor is None or call.actor.session_id is None:
        raise Conflict("There is no session that could end: a proxy in front says who you are. Sign out there.")
    await call.engine.sessions.end(call.actor.session_id, action="logout")
    response = no_content()
    cookies.drop(call, response)
    return response


async def signed_in(call: Call, user: "User", *, status: int) -> Response:
    """Begin a session of a user whose identity is beyond doubt, and answer who they are, with the cookie."""
    old = cookies.session_token(call.request.headers)
    session, token = await call.engine.signing_in.begin(user, visit(call), instead_of=old)
    return _welcome(call, session, token, status=status)


def visit(call: Call) -> Visit:
    """Return from where a request comes, and with which browser."""
    return Visit(call.address, call.request.headers.get("user-agent", ""))


def as_typed(error: Invalid) -> Invalid:
    """Return faults of a user with the name called as the form calls it."""
    return Invalid(*(Fault("username" if path == "name" else path, message) for path, message in error.faults))


def _welcome(call: Call, session: "Session", token: str, *, status: int) -> Response:
    user = call.engine.users.get(session.user_id)
    actor = call.engine.signing_in.actor_of(user, session.id)
    if actor is None:
        raise Refused(401, "The name or the password is wrong.")
    response = json_answer(present_accounts.me(call.engine, actor), status)
    give_cookie(call, response, session, token)
    return response


def give_cookie(call: Call, response: Response, session: "Session", token: str) -> None:
    """Give the browser the cookie of a session, until the session ends whatever happens."""
    left = session.expires_at - call.engine.clock.now()
    cookies.keep(call, response, token, seconds=max(0, int(left.total_seconds())))
