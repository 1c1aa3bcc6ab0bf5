"""How asura itself is, for those who look after it."""

import platform
from typing import TYPE_CHECKING

import msgspec
from starlette.responses import Response

from asura import __version__
from asura.domain.routing import Release
from asura.store.sizes import sizes, sqlite_version
from asura.web import present, shapes
from asura.web.answers import json_answer
from asura.web.api import backups
from asura.web.bodies import ReleaseBody
from asura.web.body import shaped
from asura.web.route import Call

if TYPE_CHECKING:
    from asura.engine.engine import Engine


async def show(call: Call) -> Response:
    """Answer versions, parts, storage and load; nothing of the machine's paths and names."""
    engine, found = call.engine, await sizes(call.engine.store)
    uptime_s = (engine.clock.now() - engine.started_at).total_seconds()
    # An error of the system may name a file.
    folder = engine.store.path.parent
    parts = {
        name: shapes.PartHealth(ok=bool(part["ok"]), detail=present.without_places(str(part.get("detail", "")), folder))
        for name, part in engine.health().items()
    }
    return json_answer(
        shapes.System(
            version=__version__,
            uptime_s=max(0.0, round(uptime_s, 3)),
            python=platform.python_version(),
            sqlite=sqlite_version(),
            boot_id=engine.boot_id,
            parts=parts,
            storage=shapes.Storage(
                database_bytes=found.database_bytes,
                wal_bytes=found.wal_bytes,
                free_bytes=found.free_bytes,
                oldest_result_at=present.maybe_instant(found.oldest_result_at),
            ),
            monitors=len(engine.live),
            checks_per_s=round(engine.pulse.rate(engine.clock.monotonic(), engine.runner.processed), 3),
            streams=call.site.streams.count,
            retention=msgspec.to_builtins(engine.options.retention),
            held=await _held(engine),
            backup=await backups.state_of(call),
        )
    )


async def release(call: Call) -> Response:
    """Let messages go again that are held since a restore."""
    wanted = shaped(call.body, ReleaseBody).send
    return json_answer(shapes.Released(dropped=await call.engine.hold.release(Release(wanted))))


async def _held(engine: "Engine") -> shapes.Hold | None:
    since = engine.hold.since
    return None if since is None else shapes.Hold(present.instant(since), await engine.hold.waiting())
