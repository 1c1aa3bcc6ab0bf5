"""What the handlers of Healthchecks' management API share: who may, which check is meant, and how it says no."""

import hashlib
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from asura.domain.heartbeat import HEARTBEAT
from asura.domain.heartbeat_params import uuid_text
from asura.engine.acting import Acting, become
from asura.errors import Conflict, Invalid
from asura.web.answers import json_answer
from asura.web.auth import LONGEST_KEY, audited
from asura.web.route import Call

if TYPE_CHECKING:
    from asura.engine.key_desk import Actor
    from asura.engine.live import MonitorView

VERSIONS = ("v1", "v2", "v3")
CORS = {"Access-Control-Allow-Origin": "*"}


class Fail(Exception):
    """What is said of a request that cannot be met, in their words."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


Handler = Callable[[Call], Awaitable[Response]]


def theirs(handler: Handler) -> Handler:
    """Return a handler that says no as Healthchecks does: `{"error": …}`."""

    @wraps(handler)
    async def answer(call: Call) -> Response:
        try:
            if call.ref("version") not in VERSIONS:
                raise Fail(404, "not found")
            return await handler(call)
        except Fail as fail:
            return said({"error": fail.error}, fail.status)
        except Invalid as invalid:
            fault = invalid.faults[0]
            return said({"error": f"json validation error: {fault.path} {fault.message}"}, 400)
        except Conflict as conflict:
            return said({"error": str(conflict)}, 409)

    return answer


def said(value: Any, status: int = 200) -> Response:
    """Return an answer that any page may read, as theirs."""
    return json_answer(value, status, headers=CORS)


def admit(call: Call, *, to_write: bool = False) -> "Actor":
    """Return who asks, by `X-Api-Key` or `api_key` in the body; a key that may only read is a wrong one for writing."""
    key = call.request.headers.get("x-api-key", "").strip() or call.body.get("api_key") or ""
    if not key:
        raise Fail(401, "missing api key")
    actor = call.engine.keys.verify(key) if isinstance(key, str) and len(key) <= LONGEST_KEY else None
    scope = "write" if to_write else "read"
    if actor is None or (actor.scopes and scope not in actor.scopes) or (to_write and actor.role == "viewer"):
        raise Fail(401, "wrong api key")
    become(Acting(audited(actor), call.address))
    return actor


def check(call: Call, actor: "Actor") -> "MonitorView":
    """Return the heartbeat that the path names: by UUID, or by its unique key for whoever may only read."""
    ref = call.ref("uuid")
    uuid = uuid_text(ref)
    monitor_id = None if uuid is None else call.engine.pings.by_secret(uuid)
    if monitor_id is None and len(ref) == 40 and actor.role == "viewer":
        monitor_id = next((view.monitor.id for view in checks(call) if unique_key(call, view) == ref), None)
    view = None if monitor_id is None else call.engine.live.find(monitor_id)
    if view is None:
        raise Fail(404, "not found")
    return view


def checks(call: Call) -> list["MonitorView"]:
    """Return every heartbeat."""
    return [view for view in call.engine.live.monitors() if view.monitor.config.type == HEARTBEAT]


def uuid_of(call: Call, view: "MonitorView") -> str:
    """Return the UUID of a heartbeat."""
    return call.engine.pings.secrets(view.monitor.id)[1]


def unique_key(call: Call, view: "MonitorView") -> str:
    """Return what stands for the UUID where it may not be seen."""
    return hashlib.sha1(uuid_of(call, view).encode(), usedforsecurity=False).hexdigest()
