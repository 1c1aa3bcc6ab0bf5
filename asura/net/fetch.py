"""One small exchange with a service that the configuration names: guarded, bounded in time and size."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

import httpx2

from asura.domain.reason import Reason
from asura.net.client import guarded_client
from asura.net.errors import NetError
from asura.net.network import Network

WITHIN_S = 10.0
AT_MOST = 256 * 1024


class Fetched(NamedTuple):
    """What a service answered."""

    status: int
    kind: str
    body: bytes


async def fetch(
    network: Network,
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    within: float = WITHIN_S,
) -> Fetched:
    """GET an address, or POST a form to it; follows no redirect. Every failure is a NetError without the address."""
    try:
        async with asyncio.timeout(within), guarded_client(network) as client:
            return await _exchange(client, url, form, {"Accept": "application/json", **(headers or {})})
    except TimeoutError:
        raise NetError(Reason.HTTP_TIMEOUT, f"there was no answer within {within:g} s") from None
    except httpx2.TimeoutException:
        raise NetError(Reason.HTTP_TIMEOUT, "there was no answer in time") from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as broken:
        raise NetError(Reason.HTTP_PROTOCOL, f"the exchange failed: {type(broken).__name__}") from None


async def _exchange(
    client: httpx2.AsyncClient, url: str, form: Mapping[str, str] | None, headers: Mapping[str, str]
) -> Fetched:
    method = "GET" if form is None else "POST"
    # Raw bytes: an answer compressed in spite of our wish must not unfold in memory.
    wanted = {"Accept-Encoding": "identity", **headers}
    async with client.stream(method, url, data=None if form is None else dict(form), headers=wanted) as response:
        body = bytearray()
        async for part in response.aiter_raw():
            body += part
            if len(body) > AT_MOST:
                raise NetError(Reason.BODY_TOO_LARGE, f"the answer is larger than {AT_MOST // 1024} KiB")
        return Fetched(response.status_code, response.headers.get("content-type", ""), bytes(body))
