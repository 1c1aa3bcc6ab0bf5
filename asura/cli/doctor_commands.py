"""The local command by which `asura doctor` hears of the running asura how each part of it is."""

from typing import TYPE_CHECKING, Any

import msgspec

from asura import __version__
from asura.cli.doctor_finding import Finding, ok, problem, warn
from asura.cli.local import Commands

if TYPE_CHECKING:
    from asura.engine.engine import Engine

NAME = "doctor.health"


class Part(msgspec.Struct, frozen=True):
    """How one part of the running asura is."""

    ok: bool
    detail: str = ""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What the running asura says of itself."""

    version: str
    parts: dict[str, Part] = {}
    blind: str = ""
    overdue_s: float = 0.0
    lag_max_s: float = 0.0


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
        }

    return {NAME: health}


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
