"""Exchanges with one service that the configuration names: guarded, connections kept, bounded in time and size."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

import httpx2

from asura.domain.reason import Reason
from asura.net.client import guarded_client
from asura.net.encodings import BadEncoding, unpack
from asura.net.errors import NetError
from asura.net.network import Network

# What a kept connection ends in that the far end has closed just now: asked again, the next one is a fresh one.
_BROKEN = (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError)


class Answered(NamedTuple):
    """What a service answered, its body unpacked; names of headers are written small."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Service:
    """Asks one service, which may be on a private address; follows no redirect. What is asked may be asked twice."""

    def __init__(self, network: Network, url: str, *, headers: Mapping[str, str], keep: int = 2) -> None:
        self._url = url.rstrip("/")
        self._client = guarded_client(network.allowing(httpx2.URL(url).host), keep=keep)
        self._client.headers.update({"Accept-Encoding": "gzip", **headers})

    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        most: int,
        within: float,
    ) -> Answered:
        """Return the answer, at most `most` bytes of it, `within` seconds. Every failure is a NetError."""
        request = self._client.build_request(
            method, self._url + path, params=query, headers=headers, content=body, timeout=httpx2.Timeout(within)
        )
        try:
            async with asyncio.timeout(within):
                try:
                    return await self._exchange(request, most)
                except _BROKEN:
                    return await self._exchange(request, most)
        except (TimeoutError, httpx2.TimeoutException):
            raise NetError(Reason.HTTP_TIMEOUT, f"there was no answer within {within:g} s") from None
        except httpx2.HTTPError as broken:
            raise NetError(Reason.HTTP_PROTOCOL, f"the exchange failed: {_words(broken)}") from None

    async def close(self) -> None:
        """Close what is kept."""
        await self._client.aclose()

    async def _exchange(self, request: httpx2.Request, most: int) -> Answered:
        response = await self._client.send(request, stream=True)
        try:
            # Raw bytes: what is packed must not unfold in memory before it is counted.
            packed = bytearray()
            async for part in response.aiter_raw():
                packed += part
                if len(packed) > most:
                    raise _too_large(most)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answered(response.status_code, headers, _unpacked(bytes(packed), headers, most))
        finally:
            await response.aclose()


def _unpacked(packed: bytes, headers: Mapping[str, str], most: int) -> bytes:
    try:
        body, more = unpack(packed, headers.get("content-encoding", ""), most)
    except BadEncoding as bad:
        raise NetError(Reason.BODY_ENCODING, f"the answer cannot be unpacked: {bad}") from None
    if more:
        raise _too_large(most)
    return body


def _too_large(most: int) -> NetError:
    return NetError(Reason.BODY_TOO_LARGE, f"the answer is larger than {most // 1024} KiB")


def _words(broken: Exception) -> str:
    return " ".join(str(broken).split())[:200].rstrip(".") or type(broken).__name__
