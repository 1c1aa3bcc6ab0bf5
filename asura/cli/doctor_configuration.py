"""`asura doctor` looks at the configuration: which file, what has no effect, who may read its secrets."""

import re
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

from asura.cli.doctor_finding import Finding, ok, problem, warn
from asura.settings import Loaded, Settings

# A secret that stands in the file itself, and does not come out of a variable.
_SECRET = re.compile(
    r"(?mi)^[^#\n]*\b(?:password|token|secret|bot_token|webhook_url|ping_key|key|client_secret|secret_key)"
    r"[\"']?\s*:\s*[\"']?(?!\$\{)[^\s\"'#]{6,}"
)


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """The file, its rights, whether secrets stand in it, and what is to be warned of."""

    path: str = ""
    mode: int = 0
    secrets: bool = False
    warnings: tuple[str, ...] = ()
    monitors: int = 0
    channels: int = 0


def look(loaded: Loaded[Settings]) -> Configuration:
    """Return what was loaded; a file that can be read no more counts as one without secrets."""
    settings, path = loaded.settings, loaded.path
    text, mode = _read(path) if path else ("", 0)
    return Configuration(
        path=str(path.absolute()) if path else "",
        mode=mode,
        secrets=_SECRET.search(text) is not None,
        warnings=tuple(str(one) for one in loaded.warnings),
        monitors=len(settings.monitors),
        channels=len(settings.channels),
    )


def judge(seen: Configuration) -> Iterator[Finding]:
    """Yield what is to be said about the configuration; that it is valid is known by now."""
    name = "configuration"
    if not seen.path:
        yield ok(name, "no file, all defaults")
    elif seen.secrets and seen.mode & 0o004:
        yield problem(
            name, f"{seen.path} holds secrets and can be read by everybody ({seen.mode:04o})", f"chmod 640 {seen.path}"
        )
    elif seen.mode & 0o022:
        text = f"{seen.path} can be changed by others ({seen.mode:04o}): whoever does is an administrator"
        yield problem(name, text, f"chmod 640 {seen.path}")
    else:
        yield ok(name, f"{seen.path}: valid, {seen.monitors} monitors, {seen.channels} channels")
    for one in seen.warnings:
        yield warn(name, one, "remove the line")


def _read(path: Path) -> tuple[str, int]:
    try:
        return path.read_text("utf-8-sig", "replace"), stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return "", 0
