"""The HTTP engine of checks: a fresh connection each time, every phase timed, every hop past the guard."""

import ssl
from typing import TYPE_CHECKING, Any

from asura.domain.reason import Reason
from asura.errors import Invalid
from asura.net.connection import start_tls
from asura.net.encodings import BadEncoding, unpack
from asura.net.errors import NetError
from asura.net.http_evidence import Hop
from asura.net.http_protocol import REDIRECTS, HttpExchange
from asura.net.http_request import HttpRequest as HttpRequest
from asura.net.http_request import HttpResponse as HttpResponse
from asura.net.http_request import Proxy
from asura.net.tls import classify, leaf_of
from asura.net.trace import Trace
from asura.net.url import Url, join

if TYPE_CHECKING:
    from asura.net.network import Network

MAX_CONNECT_ANSWER = 16 * 1024


async def fetch(request: HttpRequest, net: "Network", trace: Trace) -> HttpResponse:
    """Return the answer to a request, after as many redirects as it allows.

    1. Send the request on a connection of its own. 2. Take the answer, or 3. where it redirects and the request
    follows, go to 1 with the request that the redirect asks for: the guard looks at every hop.
    NetError tells what failed; the caller sets the deadline.
    """
    left = request.max_redirects
    leaves: tuple[bytes, ...] = ()
    while True:
        hop = Hop(request)
        trace.later = hop.describe
        exchange = await _exchanged(hop, net, trace, follows=left is not None)
        if hop.ssl_object is not None:
            leaves += leaf_of(hop.ssl_object)
        location = exchange.header(b"location") if exchange.status in REDIRECTS and left is not None else None
        if location is None or left is None:
            return _response(hop, exchange, leaves)
        if left <= 0:
            raise NetError(Reason.REDIRECT_LIMIT, _too_many(request, len(trace.redirects), exchange.status))
        left -= 1
        target = _next(request.url, location)
        trace.redirects.append(f"{exchange.status} {request.url} -> {target}")
        request = request.redirected(target, exchange.status)


async def _exchanged(hop: Hop, net: "Network", trace: Trace, *, follows: bool) -> HttpExchange:
    request = hop.request
    exchange = HttpExchange(
        request.url.host, trace, limit=request.max_body, bodyless=request.method == "HEAD", follows=follows
    )
    try:
        transport = await _connected(request, exchange, net, trace)
        hop.exchange = exchange
        if request.url.scheme == "https":
            hop.ssl_object = transport.get_extra_info("ssl_object")
        trace.begin("ttfb")
        transport.write(request.wire)
        await exchange.done
    finally:
        exchange.close()
    return exchange


async def _connected(request: HttpRequest, exchange: HttpExchange, net: "Network", trace: Trace) -> Any:
    url = request.url
    if request.proxy is not None:
        return await _through_proxy(request, request.proxy, exchange, net=net, trace=trace)
    transport, _ = await net.dialer.connect(
        url.host,
        url.port,
        lambda: exchange,
        family=request.family,
        trace=trace,
        tls=request.tls if url.scheme == "https" else None,
        server_name=request.server_name,
    )
    return transport


async def _through_proxy(
    request: HttpRequest, proxy: Proxy, exchange: HttpExchange, *, net: "Network", trace: Trace
) -> Any:
    tunnel = request.url.scheme == "https"
    first = HttpExchange(proxy.host, trace, limit=MAX_CONNECT_ANSWER, bodyless=True) if tunnel else exchange
    kind = net.dialer.refusal_of_literal(request.url.host, request.url.port)
    if kind is not None:
        raise NetError(Reason.BLOCKED_ADDRESS, kind)
    try:
        transport, _ = await net.dialer.connect(
            proxy.host, proxy.port, lambda: first, family=request.family, trace=trace
        )
    except NetError as error:
        if error.reason is Reason.BLOCKED_ADDRESS:
            raise
        raise NetError(Reason.PROXY_FAILED, f"The proxy could not be reached. {error.message}") from None
    return await _tunnel(request, proxy, first, exchange=exchange, net=net, trace=trace) if tunnel else transport


async def _tunnel(
    request: HttpRequest, proxy: Proxy, first: HttpExchange, *, exchange: HttpExchange, net: "Network", trace: Trace
) -> Any:
    """Ask the proxy for a tunnel and speak TLS through it; returns the transport inside."""
    url = request.url
    name = request.server_name or url.host
    try:
        await _ask_tunnel(url, proxy, first, trace)
        trace.begin("tls")
        transport = await start_tls(first.transport, exchange, net.tls.get(request.tls), name)
    except (ssl.SSLError, OSError) as error:
        first.close()
        raise classify(error, name, f"{url.host} port {url.port}") from None
    except BaseException:
        first.close()
        raise
    trace.end()
    exchange.connection_made(transport)
    return transport


async def _ask_tunnel(url: Url, proxy: Proxy, first: HttpExchange, trace: Trace) -> None:
    place = f"{url.host_text}:{url.port}"
    secret = f"Proxy-Authorization: {proxy.authorization.reveal()}\r\n" if proxy.authorization else ""
    trace.begin("connect")
    first.transport.write(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{secret}\r\n".encode())
    try:
        await first.done
    except NetError as error:
        raise NetError(Reason.PROXY_FAILED, f"The proxy gave no tunnel to {place}. {error.message}") from None
    if not 200 <= first.status < 300:
        hint = " Check the proxy's user name and password." if first.status == 407 else ""
        raise NetError(
            Reason.PROXY_FAILED, f"The proxy {first.where} refused a tunnel to {place} with {first.status}.{hint}"
        )


def _response(hop: Hop, exchange: HttpExchange, leaves: tuple[bytes, ...]) -> HttpResponse:
    request = hop.request
    if exchange.status == 407 and request.proxy is not None:
        raise NetError(
            Reason.PROXY_FAILED, f"The proxy {exchange.where} wants a user name and password, or other ones (407)."
        )
    body, truncated = exchange.body, exchange.truncated
    encoding = exchange.header(b"content-encoding")
    if encoding and body:
        try:
            body, truncated = unpack(body, encoding.decode("latin-1"), request.max_body, cut=truncated)
        except BadEncoding as fault:
            raise NetError(
                Reason.BODY_ENCODING, f"The body from {request.url.authority} cannot be unpacked: {fault}."
            ) from None
    return HttpResponse(
        exchange.status,
        exchange.phrase.decode("latin-1"),
        exchange.headers,
        body=body,
        truncated=truncated,
        url=request.url,
        http_version=exchange.http_version,
        leaves=leaves,
    )


def _next(base: Url, location: bytes) -> Url:
    try:
        return join(base, location.decode("utf-8", "replace"))
    except (Invalid, ValueError) as error:
        why = error.faults[0].message if isinstance(error, Invalid) else "it is not an address"
        raise NetError(
            Reason.REDIRECT_INVALID, f"{base} redirects to an address that {why}. Correct the Location header."
        ) from None


def _too_many(request: HttpRequest, followed: int, status: int) -> str:
    if not followed:
        return (
            f"{request.url} redirects ({status}), and this monitor allows no redirect. Check the address it leads to."
        )
    return (
        f"More than {followed} redirects, the last from {request.url}. It is probably a loop: look at the target's "
        "redirect rules."
    )
