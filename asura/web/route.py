"""What a route declares, and what a handler is given."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from asura.web.query import Asked
from asura.web.reach import Reach

if TYPE_CHECKING:
    from asura.engine.engine import Engine
    from asura.engine.key_desk import Actor
    from asura.web.site import Site

PUBLIC = "public"
# Not a rank: a process that checks from elsewhere, and nobody else.
PROBE = "probe"


class Param(msgspec.Struct, frozen=True):
    """One query parameter, for the documentation and the schema."""

    name: str
    help: str
    schema: dict[str, Any] = msgspec.field(default_factory=lambda: {"type": "string"})
    many: bool = False
    required: bool = False


def rights(role: str, scope: str | None, *, tagged: bool = False) -> Callable[..., "Route"]:
    """Return what makes a line of the list of routes: the least role, and the scope that a narrowed key needs.

    `tagged` opens it to those who are limited to tags: its handler sees to it that they reach only these.
    """

    def line(method: str, path: str, handler: "Handler | DoorHandler", summary: str, **more: Any) -> Route:
        named: dict[str, Any] = {"role": role, "scope": scope, "tagged": tagged, **more}
        return Route(method=method, path=path, handler=handler, summary=summary, **named)

    return line


class Call:
    """One request on its way through: who asks, for what, with which body."""

    __slots__ = ("_reach", "actor", "address", "body", "request", "request_id", "route", "site")

    def __init__(self, site: "Site", request: Request, route: "Route", *, address: str, request_id: str) -> None:
        self.site = site
        self.request = request
        self.route = route
        self.address = address
        self.request_id = request_id
        self.actor: Actor | None = None
        self.body: dict[str, Any] = {}
        self._reach: Reach | None = None

    @property
    def engine(self) -> "Engine":
        """Return the engine that this site shows."""
        return self.site.engine

    @property
    def who(self) -> str:
        """Return the name under which an action is recorded."""
        return self.actor.name if self.actor is not None else "anonymous"

    @property
    def reach(self) -> Reach:
        """Return what of everything the actor reaches."""
        if self._reach is None:
            self._reach = Reach(self.engine, self.actor)
        return self._reach

    def ref(self, name: str = "id") -> str:
        """Return a part of the path."""
        return str(self.request.path_params[name])

    def asked(self) -> Asked:
        """Return a reader of the query parameters."""
        return Asked(self.request.query_params)


Handler: TypeAlias = Callable[[Call], Awaitable[Response]]
# The handler of a route with a door: see web/pings/door.py.
DoorHandler: TypeAlias = Callable[[Any], Awaitable[Any]]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list that drives routing, rights, OpenAPI, the page of documentation, and the tests.

    `role` is the least role that may call, or `PUBLIC`, or `PROBE`; `scope` the scope that a narrowed key needs. `body`
    is the struct that describes the request (None: no fields), `answer` that of the first of `statuses`.
    """

    method: str
    path: str
    handler: Handler | DoorHandler
    role: str
    scope: str | None
    summary: str
    params: tuple[Param, ...] = ()
    body: Any = None
    answer: Any = None
    media_type: str = "application/json"
    statuses: tuple[int, ...] = (200,)
    # Statuses from 400 on that carry `answer` and not a problem.
    own_statuses: tuple[int, ...] = ()
    limited: bool = True
    # Its handler keeps to the tags of somebody who is limited to some; every other route is closed to them.
    tagged: bool = False
    body_required: bool = False
    # The body is JSON whatever its type is said to be: what clients of another product send.
    any_type: bool = False
    # The body is what an HTML form sends: each field once, as text.
    form: bool = False
    # What is in the body does not matter: everything is in the address.
    bodiless: bool = False
    # Media types in which refusals are told besides problems, where another product's clients are spoken to.
    refusals: tuple[str, ...] = ()
    # A ping: taken in by the lean door, every verb, everything behind the first parameter.
    door: bool = False
    # For people who signed in: a key has no account.
    person: bool = False
    # Open to somebody who has to do something else first (`Actor.must`).
    always: bool = False
    # Lets somebody in: only from a page of ours, and its answer is kept for no repeat.
    signs_in: bool = False
    # Its handler reads the body by itself.
    own_body: bool = False

    @property
    def of_probes(self) -> bool:
        """Return whether machines call it many times a minute: no line of the log, no limit, no edit of a person."""
        return self.role == PROBE
