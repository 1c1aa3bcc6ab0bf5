"""Signing in by an OpenID provider: off to it, and back with a session or with the reason why not."""

import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import Response

from asura.domain.federation import own_path
from asura.domain.user import Origin
from asura.engine.acting import Acting, acting
from asura.engine.signing_in import WrongPassword
from asura.engine.vouching import NotAdmitted
from asura.errors import NotFound
from asura.web import cookies
from asura.web.api.login import give_cookie, visit
from asura.web.limits import bucket_of
from asura.web.oidc_pending import LASTS_S, Begun, ProviderFailed
from asura.web.route import Call

if TYPE_CHECKING:
    from asura.domain.user import User
    from asura.web.oidc import Provider

LOG = logging.getLogger(__name__)
COOKIE = "asura_oidc"
CALLBACK = "/api/v1/login/oidc/callback"
LONGEST_PARAMETER = 8192
# What the dashboard has words for.
DENIED, FAILED, NOT_ALLOWED, EXPIRED = "oidc_denied", "oidc_failed", "oidc_not_allowed", "oidc_expired"


async def begin(call: Call) -> Response:
    """Send the browser to the provider; what comes back is believed in this browser alone."""
    provider, options = _provider(call), call.site.options
    begun = call.site.oidc_pending.begin(
        network=bucket_of(call.address),
        back=own_path(call.request.query_params.get("next", "/")),
        browser=cookies.named(call.request.headers, COOKIE),
        now=call.engine.clock.monotonic(),
    )
    try:
        address = await provider.address(begun, redirect_uri(options.external_url))
    except ProviderFailed as failed:
        return _back(call, f"/?problem={FAILED}", f"could not be begun: {failed}")
    response = Response(status_code=302, headers={"Location": address})
    # This route has to see it too: two tabs of one browser share it.
    path = urlsplit(redirect_uri(options.external_url)).path.removesuffix("/callback")
    cookies.put(call, response, COOKIE, begun.browser, seconds=LASTS_S, path=path)
    return response


async def callback(call: Call) -> Response:
    """Take what the provider answers, once, and begin a session; any failure leads back with its code."""
    provider, asked = _provider(call), call.request.query_params
    if any(len(asked.getlist(name)) > 1 or len(value) > LONGEST_PARAMETER for name, value in asked.items()):
        return _back(call, f"/?problem={FAILED}", "failed: the answer has a parameter twice, or a very long one")
    begun = call.site.oidc_pending.take(
        asked.get("state", ""), cookies.named(call.request.headers, COOKIE), call.engine.clock.monotonic()
    )
    # A word to the reader and nothing more, so that it needs no state: some providers leave it out here.
    if asked.get("error") == "access_denied":
        return _back(call, f"/?problem={DENIED}", "was refused there")
    if begun is None:
        return _back(call, f"/?problem={EXPIRED}", "failed: it began too long ago, elsewhere, or was used already")
    if "error" in asked:
        return _back(call, f"/?problem={FAILED}", f"was refused there: {asked['error'][:60]!r}")
    return await _come_in(call, provider, begun)


async def _come_in(call: Call, provider: "Provider", begun: Begun) -> Response:
    asked = call.request.query_params
    try:
        person = await provider.person(
            asked.get("code", ""), begun, redirect_uri(call.site.options.external_url), issuer=asked.get("iss")
        )
        with acting(Acting(f"oidc:{person.name}", call.address)):
            return await _welcome(call, await call.engine.vouching.admit(person, provider.rules, Origin.OIDC), begun)
    except ProviderFailed as failed:
        return _back(call, f"/?problem={FAILED}", f"failed: {failed}")
    except NotAdmitted as refused:
        return _back(call, f"/?problem={NOT_ALLOWED}", f"was refused here: {refused.why}")
    except WrongPassword:
        return _back(call, f"/?problem={NOT_ALLOWED}", "was refused here: changed or disabled at this moment")


async def _welcome(call: Call, user: "User", begun: Begun) -> Response:
    old = cookies.session_token(call.request.headers)
    session, token = await call.engine.signing_in.begin(user, visit(call), instead_of=old)
    response = _back(call, begun.back)
    give_cookie(call, response, session, token)
    return response


def redirect_uri(external_url: str) -> str:
    """Return the address that the provider sends the browser back to; it has to be registered there."""
    return external_url.rstrip("/") + CALLBACK


def _provider(call: Call) -> "Provider":
    found = call.site.oidc
    if found is None:
        raise NotFound("Signing in by a provider is not set up here: auth.oidc.issuer is empty.")
    return found


def _back(call: Call, path: str, why: str = "") -> Response:
    if why:
        LOG.warning("signing in by the provider %s", why, extra={"client": call.address})
    prefix = urlsplit(call.site.options.external_url).path.rstrip("/") or call.site.options.base_path
    return Response(status_code=302, headers={"Location": prefix + path})
