"""What happens around every request: whose address counts, its id, the headers and size of the answer, the log."""

import gzip
import ipaddress
import logging
import re
import secrets
from asyncio import to_thread
from collections.abc import Sequence
from typing import TypeAlias

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Scope

from asura.web.cookies import authority, without_default
from asura.web.options import WebOptions

LOG = logging.getLogger("asura.web")
Networks: TypeAlias = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
PACKED_FROM = 2_048
THREAD_FROM = 65_536
CORS_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
CORS_HEADERS = "Authorization, X-API-Key, Content-Type, If-Match, If-None-Match, Idempotency-Key, Last-Event-ID"
CORS_EXPOSED = "ETag, Location, X-Request-ID, Retry-After, Idempotent-Replayed"


class Surroundings:
    """The rules of one site that hold for every request."""

    def __init__(self, options: WebOptions) -> None:
        self._trusted: Networks = tuple(ipaddress.ip_network(one, strict=False) for one in options.trusted_proxies)
        self._origins = frozenset(origin.rstrip("/").lower() for origin in options.cors_origins)
        self._headers = security_headers(options)
        self.ping_root_paths = options.ping_root_paths
        self._own_names = frozenset(name for name in (authority(options.external_url),) if name)

    @property
    def answers_origins(self) -> bool:
        """Return whether answers differ by the origin of the page that asks."""
        return bool(self._origins)

    @property
    def trusting(self) -> bool:
        """Return whether there are proxies whose headers count."""
        return bool(self._trusted)

    def trusts(self, address: str) -> bool:
        """Return whether an address is a proxy whose forwarded headers count."""
        if not self._trusted:
            return False
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped
        return any(parsed in network for network in self._trusted)

    def comes_from_proxy(self, request: Request) -> bool:
        """Return whether the very peer of a request, and not only a hop before it, is a proxy that is trusted."""
        return request.client is not None and self.trusts(request.client.host)

    def host(self, scope: Scope) -> bytes:
        """Return the Host header by which the client came, as a proxy says that is trusted."""
        host = b""
        trusting = bool(self._trusted)
        for name, value in scope["headers"]:
            if name == b"host":
                if not trusting:
                    return bytes(value)
                host = value
            elif name == b"x-forwarded-host" and trusting and value and self._is_proxy(scope):
                return bytes(value.partition(b",")[0].strip())
        return host

    def _is_proxy(self, scope: Scope) -> bool:
        client = scope.get("client")
        return client is not None and self.trusts(client[0])

    def address(self, request: Request) -> str:
        """Return the client's address: the last hop that is not a trusted proxy."""
        peer = request.client.host if request.client else "local"
        if not self.trusts(peer):
            return peer
        for hop in reversed(_hops(request.headers)):
            if not self.trusts(hop):
                return hop if _is_address(hop) else peer
        return peer

    def is_secure(self, request: Request) -> bool:
        """Return whether the client came by TLS."""
        peer = request.client.host if request.client else "local"
        if self.trusts(peer):
            return request.headers.get("x-forwarded-proto", "").split(",")[-1].strip().lower() == "https"
        return request.url.scheme == "https"

    def own_hosts(self, request: Request) -> frozenset[str]:
        """Return the names under which the client may know us, as a Host header has them."""
        found = [request.headers.get("host", "")]
        peer = request.client.host if request.client else "local"
        if self.trusts(peer):
            found += [name.strip() for name in request.headers.get("x-forwarded-host", "").split(",")]
        names = {name.lower() for name in found if name} | self._own_names
        return frozenset(names | {without_default(name, scheme) for name in names for scheme in ("http", "https")})

    def request_id(self, request: Request) -> str:
        """Return the id of a request: a trusted proxy's own, else a new one."""
        given = request.headers.get("x-request-id", "")
        peer = request.client.host if request.client else "local"
        if REQUEST_ID.fullmatch(given) and self.trusts(peer):
            return given
        return secrets.token_hex(8)

    def preflight(self, request: Request) -> Response | None:
        """Return the answer to a browser's question before a request from another origin, or None."""
        if request.method != "OPTIONS" or "access-control-request-method" not in request.headers:
            return None
        headers = self._cors(request)
        if not headers:
            return Response(status_code=204)
        more = {
            "Access-Control-Allow-Methods": CORS_METHODS,
            "Access-Control-Allow-Headers": CORS_HEADERS,
            "Access-Control-Max-Age": "600",
        }
        return Response(status_code=204, headers=headers | more)

    def dress(self, request: Request, response: Response, request_id: str) -> None:
        """Put the headers on an answer that every answer has."""
        headers = response.headers
        headers["X-Request-ID"] = request_id
        # What lets somebody frame it says so in a policy of its own.
        own = headers.get("Content-Security-Policy", "")
        framed = "frame-ancestors" in own and "frame-ancestors 'none'" not in own
        for name, value in self._headers.items():
            if not (framed and name == "X-Frame-Options"):
                headers.setdefault(name, value)
        if self.is_secure(request):
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if self._origins:
            headers.add_vary_header("Origin")
            headers.update(self._cors(request))

    def _cors(self, request: Request) -> dict[str, str]:
        origin = request.headers.get("origin", "")
        if not self._origins or origin.rstrip("/").lower() not in self._origins:
            return {}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": CORS_EXPOSED,
        }


def security_headers(options: WebOptions) -> dict[str, str]:
    """Return the headers that keep browsers from doing what no page of ours wants."""
    headers = {
        "Content-Security-Policy": content_policy(options.frame_ancestors),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    if not options.frame_ancestors:
        headers["X-Frame-Options"] = "DENY"
    return headers


def content_policy(frame_ancestors: Sequence[str] = ()) -> str:
    """Return what a page of ours may load, all of it from here, and who may frame it: nobody unless they are named."""
    ancestors = " ".join(frame_ancestors) or "'none'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        f"manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    )


async def pack(request: Request, response: Response) -> None:
    """Compress a larger answer for a client that takes gzip; big ones off the event loop."""
    if isinstance(response, StreamingResponse) or response.status_code in {204, 304}:
        return
    body = bytes(response.body)
    if len(body) < PACKED_FROM or "content-encoding" in response.headers or not _is_text(response.headers):
        return
    response.headers.add_vary_header("Accept-Encoding")
    if not _takes_gzip(request.headers):
        return
    # Level 1 takes a quarter of the time of level 6 for a tenth more bytes.
    packed = await to_thread(gzip.compress, body, 1) if len(body) > THREAD_FROM else gzip.compress(body, 1)
    response.body = packed
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(packed))


def record(request: Request, status: int, *, milliseconds: float, address: str, who: str) -> None:
    """Write the line of a request to the log: no query (it may hold what nobody should read), no headers, no body."""
    LOG.log(
        logging.WARNING if status >= 500 else logging.INFO,
        "%s %s %d",
        request.method,
        request.scope["path"][:200],
        status,
        extra={"client": address, "actor": who, "duration_ms": round(milliseconds, 2)},
    )


def _hops(headers: Headers) -> list[str]:
    return [hop.strip() for value in headers.getlist("x-forwarded-for") for hop in value.split(",") if hop.strip()]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_text(headers: Headers) -> bool:
    kind = headers.get("content-type", "")
    return kind.startswith(("text/", "application/json", "application/problem", "application/openapi", "image/svg"))


def _takes_gzip(headers: Headers) -> bool:
    for part in headers.get("accept-encoding", "").split(","):
        coding, _, weight = part.partition(";")
        if coding.strip().lower() in {"gzip", "*"}:
            return weight.replace(" ", "").lower() not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
