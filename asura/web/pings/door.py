"""The lean way in for pings: no request object, no log line, one answer; thousands of them a second pass here.

A route with `door=True` has a dialect for a handler: a function of a `Visit` that returns a `Reply`.
"""

import logging
import os
from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from asura.domain.heartbeat_params import uuid_text
from asura.domain.ping import AGENT_LIMIT, BODY_LIMIT, Ping
from asura.errors import NotFound, StoreUnavailable
from asura.web.limits import Buckets
from asura.web.middleware import Surroundings
from asura.web.protocol import write_whole
from asura.web.route import Route

if TYPE_CHECKING:
    from asura.engine.engine import Engine

LOG = logging.getLogger("asura.web")
PLAIN = b"text/plain; charset=utf-8"
JSON = b"application/json"
NOT_FOUND = b"not found"
RETRY_AFTER = (b"retry-after", b"5")
# Of a longer body nobody waits for the end: the job is answered, and the connection closed.
LONGEST_BODY = 32 * 1024 * 1024
MOST_FIELDS = 100
CREATIONS_AN_HOUR = 200
ROOT, PING = "/", "/ping/"
# Of a ping key at the root: a shorter one, which somebody chose, may be the name of a page.
UNLIKE_A_PAGE = 16


class Reply(NamedTuple):
    """What a job is told."""

    status: int
    body: bytes
    type: bytes = PLAIN
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Gone(Exception):
    """Whoever called has hung up before the end."""


class Visit:
    """One call-in: its verb, what stands behind the prefix of its route, its query, and its body when asked for."""

    __slots__ = ("_query", "_receive", "_scope", "engine", "may_create", "method", "parts", "source")

    def __init__(
        self,
        engine: "Engine",
        scope: Scope,
        receive: Receive,
        *,
        rest: str,
        source: str,
        may_create: Callable[[], bool],
    ) -> None:
        self.engine = engine
        self.method: str = scope["method"]
        self.parts = rest.split("/")
        self.source = source
        self.may_create = may_create
        self._scope = scope
        self._receive = receive
        self._query: dict[str, str] | None = None

    @property
    def query(self) -> dict[str, str]:
        """Return the fields of the query; of a field that is given twice the last."""
        if self._query is None:
            raw = self._scope["query_string"]
            # What is no UTF-8, or too much, must not stop a ping.
            pairs = parse_qsl(raw.decode("latin-1")[:16_384], keep_blank_values=True)[:MOST_FIELDS] if raw else []
            self._query = dict(pairs)
        return self._query

    def header(self, name: bytes) -> str:
        """Return a header, by its name in lower case; empty when it is missing."""
        for key, value in self._scope["headers"]:
            if key == name:
                return str(value.decode("latin-1"))
        return ""

    async def body(self) -> tuple[bytes, int]:
        """Return the body cut to what is kept, and how long it was; raises Gone when it did not come to its end."""
        kept, size = b"", 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Gone
            piece = message.get("body", b"")
            size += len(piece)
            if len(kept) < BODY_LIMIT:
                kept += piece[: BODY_LIMIT - len(kept)]
            if not message.get("more_body", False) or size > LONGEST_BODY:
                return kept, size

    async def ping(self, **fields: Any) -> Ping:
        """Return the ping that this visit is, with the body if one can have come."""
        body, size = await self.body() if self.method not in ("GET", "HEAD") else (b"", 0)
        return Ping(
            at=self.engine.clock.now(),
            method=self.method[:10],
            source=self.source,
            user_agent=self.header(b"user-agent")[:AGENT_LIMIT],
            body=body,
            body_bytes=size,
            **fields,
        )


Dialect = Callable[[Visit], Awaitable[Reply]]


class Door:
    """Finds the dialect of a path and answers in it."""

    def __init__(self, engine: "Engine", routes: Iterable[Route], surroundings: Surroundings) -> None:
        self._engine = engine
        self._surroundings = surroundings
        self._dialects: dict[str, Any] = {}
        # A ping may create a heartbeat; a script that has gone mad shall not create thousands.
        self._creations = Buckets(CREATIONS_AN_HOUR / 3600, CREATIONS_AN_HOUR)
        self._root = surroundings.ping_root_paths
        for route in routes:
            if route.door:
                self._dialects.setdefault(route.path.partition("{")[0], route.handler)

    def find(self, path: str) -> str | None:
        """Return the prefix of a path that is a ping, or None."""
        for prefix in self._dialects:
            if path.startswith(prefix):
                return prefix
        return ROOT if self._root and self._is_rooted(path) else None

    def _is_rooted(self, path: str) -> bool:
        """Return whether a path at the root begins with a UUID or the ping key, so that it can be nothing else."""
        first = path[1:].partition("/")[0]
        return uuid_text(first) is not None or (len(first) >= UNLIKE_A_PAGE and self._engine.pings.is_ping_key(first))

    async def serve(self, prefix: str, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ping, whatever happens."""
        visit = Visit(
            self._engine,
            scope,
            receive,
            rest=path[len(prefix) :],
            source=self._source(scope),
            may_create=self._may_create,
        )
        try:
            reply: Reply = await self._dialects[PING if prefix == ROOT else prefix](visit)
        except Gone:
            return
        except Exception as error:
            reply = _apology(error)
        await _send(reply, send)

    def _may_create(self) -> bool:
        return self._creations.take("pings", self._engine.clock.monotonic()) == 0

    def _source(self, scope: Scope) -> str:
        if self._surroundings.trusting:
            return self._surroundings.address(Request(scope))
        client = scope.get("client")
        return str(client[0]) if client else "local"


def not_found() -> Reply:
    """Return what is said of everything that cannot be pinged, whyever."""
    return Reply(404, NOT_FOUND)


def _apology(error: Exception) -> Reply:
    match error:
        case NotFound():
            return not_found()
        case StoreUnavailable():
            return Reply(503, b"not stored, try again", headers=(RETRY_AFTER,))
    LOG.error("a ping failed by our own fault", exc_info=error)
    return Reply(500, b"this is a fault of asura; its log has more")


async def _send(reply: Reply, send: Send) -> None:
    request_id = os.urandom(8).hex().encode()
    if write_whole(send, reply.status, b"%bx-request-id: %b\r\n" % (_head(reply), request_id), reply.body):
        return
    headers = [*_headers(reply), (b"x-request-id", request_id)]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


def _headers(reply: Reply) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", reply.type),
        (b"content-length", b"%d" % len(reply.body)),
        (b"cache-control", b"no-store"),
        (b"access-control-allow-origin", b"*"),
        (b"x-content-type-options", b"nosniff"),
        *reply.headers,
    ]


@lru_cache(64)
def _head(reply: Reply) -> bytes:
    return b"".join(b"%b: %b\r\n" % field for field in _headers(reply))
