"""The local command that tells how the running asura is."""

from typing import TYPE_CHECKING, Any

from asura import __version__
from asura.cli.local import Commands

if TYPE_CHECKING:
    from asura.engine.engine import Engine


def health_commands(engine: "Engine") -> Commands:
    """Return the command about the health of an engine that runs."""

    async def health() -> dict[str, Any]:
        uptime = (engine.clock.now() - engine.started_at).total_seconds()
        parts = {name: part for name, part in engine.health().items() if not part.get("aside")}
        failing = {name: part.get("detail", "") for name, part in parts.items() if not part["ok"]}
        return {"version": __version__, "uptime_s": max(0.0, uptime), "failing": failing}

    return {"health": health}
