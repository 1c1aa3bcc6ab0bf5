"""The cookie of a session, and whether a request that carries it comes from a page of ours."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response

from asura.web.errors import Refused

if TYPE_CHECKING:
    from asura.web.route import Call

NAME = "asura_session"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
OURS = frozenset({"same-origin", "none"})
REFUSAL = "This came from a page of another site. Open asura itself and do it there."


def session_token(headers: Headers) -> str | None:
    """Return what the cookie of a session holds, or None."""
    return named(headers, NAME)


def named(headers: Headers, wanted: str) -> str | None:
    """Return what a cookie holds, or None."""
    for header in headers.getlist("cookie"):
        for pair in header.split(";"):
            name, _, value = pair.strip().partition("=")
            if name == wanted and value:
                return value
    return None


def keep(call: "Call", response: Response, token: str, *, seconds: int) -> None:
    """Give the browser the cookie of its session."""
    response.headers.append("Set-Cookie", f"{NAME}={token}; Max-Age={seconds}; {_attributes(call)}")


def put(call: "Call", response: Response, name: str, value: str, *, seconds: int, path: str) -> None:
    """Give the browser another cookie, which it sends to one path of ours alone."""
    secure = "; Secure" if _is_secure(call) else ""
    cookie = f"{name}={value}; Max-Age={seconds}; Path={path}; HttpOnly; SameSite=Lax{secure}"
    response.headers.append("Set-Cookie", cookie)


def drop(call: "Call", response: Response) -> None:
    """Take the cookie back."""
    response.headers.append("Set-Cookie", f"{NAME}=; Max-Age=0; {_attributes(call)}")


def _attributes(call: "Call") -> str:
    path = call.site.options.base_path or "/"
    secure = "; Secure" if _is_secure(call) else ""
    return f"Path={path}; HttpOnly; SameSite=Lax{secure}"


def _is_secure(call: "Call") -> bool:
    wanted = call.site.options.cookie_secure
    if wanted != "auto":
        return wanted == "true"
    # A proxy that we do not trust may have taken TLS off; the browser says where the page came from.
    return call.site.is_secure(call.request) or call.request.headers.get("origin", "").startswith("https://")


def check_origin(headers: Headers, own: frozenset[str], *, by_cookie: bool) -> None:
    """Raise Refused 403 unless a request that changes something comes from a page of ours, or from no page at all.

    `own` are our names as in a Host header, in lower case. Without a word of the browser about where it comes from it
    is refused only when the cookie alone says who asks: that is no browser of today.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site.strip().lower() not in OURS:
            raise Refused(403, REFUSAL)
        return
    origin = headers.get("origin")
    if origin is None:
        if by_cookie:
            raise Refused(403, "Say where this comes from: send the header Origin, or use an API key.")
        return
    if authority(origin) not in own:
        raise Refused(403, REFUSAL)


def authority(origin: str) -> str | None:
    """Return host and port of an origin as a Host header has them; None when it is no origin of HTTP."""
    try:
        parts = urlsplit(origin.strip().lower())
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
        return None
    return without_default(parts.netloc, parts.scheme)


def without_default(host: str, scheme: str) -> str:
    """Return a host without the port that its scheme has anyway."""
    return host.removesuffix(":443" if scheme == "https" else ":80")
