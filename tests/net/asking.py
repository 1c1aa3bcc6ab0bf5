"""One request over the engine, for the tests of it."""

from typing import Any

from asura.net.http import HttpRequest, HttpResponse, fetch
from asura.net.network import Network, open_network
from asura.net.tls import TlsSettings
from asura.net.trace import Trace
from asura.net.url import parse_url
from tests import tls_targets


async def ask(url: str, *, net: Network | None = None, trace: Trace | None = None, **wanted: Any) -> HttpResponse:
    """Fetch once over a network of its own."""
    own = net or open_network()
    try:
        return await fetch(HttpRequest(url=parse_url(url), **wanted), own, trace or Trace())
    finally:
        if net is None:
            await own.close()


def trusting(**more: Any) -> TlsSettings:
    return TlsSettings(ca_pem=tls_targets.authority().pem, alpn=("http/1.1",), **more)
