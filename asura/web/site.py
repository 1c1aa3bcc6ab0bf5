"""The ASGI application: from a request to a route, through rights and limits, to an answer, whatever happens."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from asura import log
from asura.engine.acting import Acting, acting
from asura.errors import Fault, Invalid
from asura.web import auth, body, proxy_login
from asura.web.answers import ENCODER, bare
from asura.web.badges.figures import Figures
from asura.web.cookies import READING, check_origin
from asura.web.errors import Refused, answer_to
from asura.web.idempotency import Repeats, fingerprint
from asura.web.limits import Buckets, bucket_of
from asura.web.middleware import Surroundings, pack, record
from asura.web.oidc_pending import Pending
from asura.web.openapi import document
from asura.web.options import WebOptions
from asura.web.overview import OverviewRows
from asura.web.pings.door import Door
from asura.web.route import PROBE, PUBLIC, Call, Route
from asura.web.routing import Table
from asura.web.spa import Dashboard
from asura.web.status import hosts
from asura.web.status.gate import not_found
from asura.web.status.hosts import Hosts
from asura.web.status.kept import Shelf
from asura.web.status.nothing import Nothing
from asura.web.status.passing import Passing
from asura.web.status.quick import Quick
from asura.web.status.showing import Shown
from asura.web.stream import Streams

if TYPE_CHECKING:
    from asura.engine.engine import Engine
    from asura.engine.key_desk import Actor
    from asura.web.oidc import Provider

LOG = logging.getLogger("asura.web")
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class Site:
    """All of HTTP: the routes of the API, `/metrics`, and the dashboard for everything else."""

    def __init__(self, engine: "Engine", options: WebOptions, routes: Sequence[Route]) -> None:
        self.engine = engine
        self.options = options
        self.routes = tuple(routes)
        self.streams = Streams()
        self.overview = OverviewRows()
        self.figures = Figures()
        self._dashboard = Dashboard(options)
        self._surroundings = Surroundings(options)
        self.oidc_pending = Pending()
        self._repeats = Repeats()
        self._buckets = Buckets(options.rate_limit_per_sec, options.rate_limit_burst)
        self._edits: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._beside: set[asyncio.Task[None]] = set()
        self._door = Door(engine, self.routes, self._surroundings)
        self.shelf = Shelf()
        self.passing = Passing(engine)
        self._hosts = Hosts(engine.pages, self._surroundings, options.base_path)
        self.quick = Quick(engine, self._surroundings)
        open_to_probes = engine.probes.enabled
        self._table = Table([one for one in self.routes if not one.door and (open_to_probes or not one.of_probes)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
        elif scope["type"] == "http":
            if self.engine.pages.has_hosts:
                self._hosts.lead(scope)
            ready = self.quick.find(scope)
            if ready is not None:
                await self.quick.serve(*ready, scope, send)
                return
            path = scope["path"]
            inside = path[len(self.options.base_path) :] if self.options.base_path else path
            prefix = self._door.find(inside) if path.startswith(self.options.base_path) else None
            if prefix is not None:
                await self._door.serve(prefix, inside, scope, receive, send)
                return
            await self._serve(Request(scope, receive), scope, receive, send)

    @cached_property
    def openapi(self) -> bytes:
        """Return the OpenAPI document as JSON, made when it is first asked for."""
        return ENCODER.encode(document(self.routes, self.options))

    def editing(self, name: str) -> AbstractAsyncContextManager[None]:
        """Return the lock under which an object is compared with `If-Match` and then changed."""
        lock = self._edits.get(name)
        if lock is None:
            lock = self._edits[name] = asyncio.Lock()
        return lock

    async def _serve(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = self._surroundings.request_id(request)
        with log.bound(request=request_id):
            await self._respond(request, request_id, scope, receive, send)

    async def _respond(self, request: Request, request_id: str, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        around = self._surroundings
        address = around.address(request)
        call: list[Call] = []
        try:
            response = around.preflight(request) or await self._answer(request, request_id, address, call.append)
        except ClientDisconnect:
            return
        except Exception as error:
            response = answer_to(error, request_id)
        if isinstance(response, Nothing):
            response = response.to(request.headers)
        of_probes = bool(call) and call[0].route.of_probes
        if request.method not in READING and not of_probes:
            self.overview.edited()
        if not isinstance(response, Shown):
            await pack(request, response)
        around.dress(request, response, request_id)
        self.quick.keep(scope, response)
        if request.method == "HEAD":
            response = bare(response)
        who = call[0].who if call else "anonymous"
        spent = (time.perf_counter() - began) * 1000
        if not of_probes or response.status_code >= 400:
            record(request, response.status_code, milliseconds=spent, address=address, who=who)
        await response(scope, receive, send)

    async def _answer(self, request: Request, request_id: str, address: str, found: Callable[[Call], None]) -> Response:
        path = self._below_base(request.scope["path"])
        route = self._table.find(request, path)
        if route is None and (path.startswith("/status/") or hosts.bound(request.scope) is not None):
            return not_found()
        if route is None:
            return self._dashboard.answer(request.method, path, request.headers)
        call = Call(self, request, route, address=address, request_id=request_id)
        found(call)
        call.actor = await self.identify(call)
        if route.limited or (route.of_probes and call.actor is None):
            self._limit(call.actor, address)
        if request.method not in READING:
            self._check_origin(call)
        if not (route.scope == "metrics" and self.options.metrics_open):
            auth.admit(route, call.actor)
        if call.actor is not None:
            self.note_use(call.actor, address)
        with acting(Acting(auth.audited(call.actor), address)):
            return await self._handle(call)

    async def _handle(self, call: Call) -> Response:
        request = call.request
        if request.method not in WITH_BODY or call.route.own_body:
            return await call.route.handler(call)
        raw = await body.read(request, self.options.max_body_size)
        run = partial(self._with_body, call, raw)
        name = request.headers.get("idempotency-key")
        if name is None or request.method != "POST" or call.route.signs_in or call.route.form:
            return await run()
        return await self._once(call, name, raw, run)

    async def identify(self, call: Call) -> "Actor | None":
        """Return who asks: by a key, by the cookie of a session, or by the word of a proxy that is trusted."""
        public = call.route.role == PUBLIC
        known = auth.identify(self.engine, call.request.headers, probes=not public)
        return known if known is not None or public else await self.vouched_for(call)

    async def vouched_for(self, call: Call) -> "Actor | None":
        """Return whom a proxy names that we trust; a key that is not known is nobody there either."""
        options, request = self.options.proxy, call.request
        if options is None or auth.credential(request.headers) is not None:
            return None
        if not self._surroundings.comes_from_proxy(request):
            return None
        return await proxy_login.actor(self.engine, request.headers, options, call.address)

    @cached_property
    def oidc(self) -> "Provider | None":
        """Return the OpenID provider by which people may sign in, if there is one; loaded when it is first needed."""
        if self.options.oidc is None:
            return None
        from asura.web.oidc import Provider

        return Provider(self.options.oidc, self.engine.network, self.engine.clock)

    def host(self, request: Request) -> str:
        """Return the name and port by which the client came."""
        return self._surroundings.host(request.scope).decode("latin-1")

    def own_hosts(self, request: Request) -> frozenset[str]:
        """Return the names under which the client may know us."""
        return self._surroundings.own_hosts(request)

    def is_secure(self, request: Request) -> bool:
        """Return whether the client came by TLS."""
        return self._surroundings.is_secure(request)

    def _check_origin(self, call: Call) -> None:
        """Raise Refused when a page of another site makes a browser ask with the cookie of its user, or sign in."""
        # By a cookie, or by what a proxy knows of the browser: both come along with whatever page asks.
        signs_in = call.route.signs_in
        by_cookie = call.actor is not None and call.actor.user_id is not None and not signs_in
        if by_cookie or signs_in:
            own = self._surroundings.own_hosts(call.request)
            check_origin(call.request.headers, own, by_cookie=by_cookie)

    def _below_base(self, path: str) -> str:
        base = self.options.base_path
        if not base:
            return path
        if path != base and not path.startswith(base + "/"):
            raise Refused(404, "There is no such thing.")
        return path[len(base) :] or "/"

    def _limit(self, actor: "Actor | None", address: str) -> None:
        """Raise Refused 429 when somebody, or their address, asks too often.

        A key with a rate of its own has that one, and not what its address shares with others.
        """
        own_rate = 0.0 if actor is None else actor.rate
        if not own_rate:
            self._take(f"address {bucket_of(address)}")
        if actor is not None:
            self._take(auth.whose(actor), own_rate)

    def _take(self, name: str, own_rate: float = 0.0) -> None:
        wait = self._buckets.take(name, self.engine.clock.monotonic(), own_rate=own_rate)
        if wait > 0:
            seconds = str(max(1, round(wait + 0.5)))
            raise Refused(429, f"Try again in {seconds} s.", headers={"Retry-After": seconds})

    def note_use(self, actor: "Actor", address: str) -> None:
        """Note beside the request that a key or a session was used: nobody waits for that commit."""
        if actor.session_id is not None:
            task = asyncio.ensure_future(self.engine.sessions.used(actor.session_id, address))
        elif actor.key_id is not None and actor.role != PROBE:
            task = asyncio.ensure_future(self.engine.keys.used(actor))
        else:
            return
        self._beside.add(task)
        task.add_done_callback(self._noted)

    def _noted(self, task: "asyncio.Task[None]") -> None:
        self._beside.discard(task)
        if not task.cancelled() and task.exception() is not None:
            LOG.warning("the last use of a key or session was not saved: %s", task.exception())

    async def _with_body(self, call: Call, raw: bytes) -> Response:
        if call.route.bodiless:
            return await call.route.handler(call)
        if call.route.form:
            call.body = body.parse_form(call.request, raw)
            return await call.route.handler(call)
        parse = partial(body.parse, call.request, raw, required=call.route.body_required, any_type=call.route.any_type)
        call.body = await asyncio.to_thread(parse) if len(raw) > body.THREAD_FROM else parse()
        if call.route.body is None and call.body:
            raise Invalid(*(Fault(name, "is not a field here") for name in call.body))
        return await call.route.handler(call)

    async def _once(self, call: Call, name: str, raw: bytes, run: Callable[[], Any]) -> Response:
        if not 1 <= len(name) <= 255 or not name.isprintable():
            raise Invalid(Fault("Idempotency-Key", "must have 1 to 255 printable characters"))
        request = call.request
        mark = fingerprint(request.method, request.url.path, request.scope["query_string"], raw)
        who = auth.whose(call.actor) if call.actor else call.address
        return await self._repeats.once((who, name), mark, self.engine.clock.monotonic(), run)


async def _lifespan(receive: Receive, send: Send) -> None:
    """Say yes to the server: what starts and stops is the engine's, not HTTP's."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
