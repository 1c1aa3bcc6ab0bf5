"""The local command by which messages go again after a restore: over a running engine, or a store opened for it."""

from typing import TYPE_CHECKING, Any

from asura.cli.local import Commands
from asura.domain.routing import Release

if TYPE_CHECKING:
    from asura.engine.hold import Hold


def hold_commands(hold: "Hold") -> Commands:
    """Return the command about held messages."""

    async def release(*, send: str) -> dict[str, Any]:
        since = hold.since
        return {
            "held_since": None if since is None else since.isoformat(),
            "dropped": await hold.release(Release(send)),
            "waiting": await hold.waiting(),
        }

    return {"notifications.release": release}
