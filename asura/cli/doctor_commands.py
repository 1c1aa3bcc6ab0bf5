"""The local command by which `asura doctor` hears of the running asura how each part of it is."""

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec

from asura import __version__
from asura.cli.doctor_finding import Finding, ok, problem, warn
from asura.cli.local import Commands

if TYPE_CHECKING:
    from asura.engine.engine import Engine

NAME = "doctor.health"
# A disk far away that does not answer is told as such.
FOLDER_WITHIN_S = 5.0


class Part(msgspec.Struct, frozen=True):
    """How one part of the running asura is."""

    ok: bool
    detail: str = ""


class BackupsTold(msgspec.Struct, frozen=True, kw_only=True):
    """What the running asura says of its backups: why its folder is closed to it, and what failed, how often, since."""

    closed: str = ""
    todo: str = ""
    failed: str = ""
    times: int = 0
    since: str = ""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What the running asura says of itself; `listens`: the addresses on which it really answers."""

    version: str
    parts: dict[str, Part] = {}
    blind: str = ""
    overdue_s: float = 0.0
    lag_max_s: float = 0.0
    listens: tuple[str, ...] = ()
    backups: BackupsTold = BackupsTold()


def shown(host: str, port: int) -> str:
    """Return an address as the settings have it."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def doctor_commands(engine: "Engine") -> Commands:
    """Return the command about how a running asura is."""

    async def health() -> dict[str, Any]:
        blind = engine.sentinel.blind
        return {
            "version": __version__,
            "parts": {name: {"ok": one["ok"], "detail": one["detail"]} for name, one in engine.health().items()},
            "blind": blind.message if blind else "",
            "overdue_s": engine.runner.scheduler.overdue_s(),
            "lag_max_s": engine.auditor.lag_max_s,
            "listens": list(dict.fromkeys(shown(*one) for one in engine.network.config.own_listeners)),
            "backups": msgspec.to_builtins(await _of_backups(engine)),
        }

    return {NAME: health}


async def _of_backups(engine: "Engine") -> BackupsTold:
    shelf, failed = engine.backups.shelf, engine.backups.ledger.failed
    try:
        async with asyncio.timeout(FOLDER_WITHIN_S):
            closed = await shelf.closed()
        told = BackupsTold(closed=closed.what, todo=closed.todo) if closed else BackupsTold()
    except TimeoutError:
        told = BackupsTold(
            closed=f"{shelf.folder} does not answer", todo="is its disk, or the machine that has it, there?"
        )
    if failed is None:
        return told
    since = f"{failed.since:%Y-%m-%d %H:%M} UTC"
    return msgspec.structs.replace(told, failed=failed.message, times=failed.times, since=since)


def judge(seen: Health) -> list[Finding]:
    """Return what is to be said about the running asura."""
    found = [
        problem("running", f"{name}: {part.detail}", "journalctl -u asura -p warning")
        for name, part in seen.parts.items()
        if not part.ok
    ]
    if seen.blind:
        found.append(problem("running", f"cannot see: {seen.blind}", "asura check https://example.com"))
    if seen.version != __version__:
        text = f"asura {seen.version} runs, and this executable is {__version__}"
        found.append(warn("running", text, "systemctl restart asura"))
    if seen.lag_max_s > 1:
        text = f"it was held up for {seen.lag_max_s:.1f} s at the longest: too little processor, or a slow disk"
        found.append(warn("running", text, "nice, or a machine of its own"))
    return found or [ok("running", f"asura {seen.version}: all {len(seen.parts)} parts do their work")]
