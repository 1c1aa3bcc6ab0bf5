"""Structured logs on stderr, as text or JSON: every line with the ids of its request and check, and never a secret."""

import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

import msgspec

from asura.domain.fields import STARS, Secret, map_secrets

request_id: ContextVar[str] = ContextVar("request_id", default="")
check_id: ContextVar[str] = ContextVar("check_id", default="")

# Shorter secrets would star out ordinary words.
SHORTEST = 6
# Each known secret is looked for in each line: some 50 ns apiece.
KNOWN_LIMIT = 2_000
_STANDARD = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}
_LOOKS_SECRET = re.compile(
    r"(?i)(\bbearer\s+|\bbasic\s+(?=[a-z0-9+/]{8})|\bx-api-key:\s*|://[^\s/:@]*:(?=[^\s/@]+@)"
    r"|\b(?:password|passwd|secret|token|api_?key)[\"']?\s*[=:]\s*[\"']?)([^\s\"',;&@]+)"
)
# How urgent a line is, in the numbers of syslog that journald reads before it (sd-daemon(3)); the lowest level of each.
_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6), (0, 7))
_QUIET = ("httpx2", "httpcore2", "httpx", "httpcore", "apprise", "asyncio", "aiosqlite", "markdown", "uvicorn")

# What is secret for the time of a block, of which there are too many to remember them.
_hidden: ContextVar[tuple[str, ...]] = ContextVar("hidden", default=())
# The longest first, so that a secret inside another one leaves nothing of it.
_known: tuple[str, ...] = ()


def know(*secrets: Secret | None) -> None:
    """Remember secrets, so that no line ever shows their text, whoever writes it."""
    global _known
    new = {one.reveal() for one in secrets if one is not None and len(one.reveal()) >= SHORTEST}
    if not new <= set(_known):
        _known = tuple(sorted({*_known, *new}, key=len, reverse=True)[:KNOWN_LIMIT])


def know_in(value: Any) -> None:
    """Remember every secret inside plain data, such as the settings of a monitor or a channel."""
    map_secrets(value, know)


def conceal(text: str) -> str:
    """Return a text with known secrets, and what looks like one, replaced by stars."""
    for one in (*_hidden.get(), *_known):
        if one in text:
            text = text.replace(one, STARS)
    return _LOOKS_SECRET.sub(lambda found: found[1] + STARS, text)


@contextmanager
def hiding(*secrets: Secret) -> Iterator[None]:
    """Keep secrets out of every line that is written inside the block, as `know` does for good."""
    texts = sorted((one.reveal() for one in secrets if one), key=len, reverse=True)
    token = _hidden.set((*_hidden.get(), *texts))
    try:
        yield
    finally:
        _hidden.reset(token)


@contextmanager
def bound(*, request: str | None = None, check: str | None = None) -> Iterator[None]:
    """Put the id of a request or a check on every line that is written inside the block."""
    pairs = ((request_id, request), (check_id, check))
    tokens = [(variable, variable.set(value)) for variable, value in pairs if value is not None]
    try:
        yield
    finally:
        for variable, token in tokens:
            variable.reset(token)


def fields(record: logging.LogRecord) -> dict[str, Any]:
    """Return what a line knows beside its message: the ids that hold, and what was given as `extra`."""
    found = {"request_id": request_id.get(), "check_id": check_id.get()}
    found |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
    return {name: value for name, value in found.items() if value not in ("", None)}


class TextFormatter(logging.Formatter):
    """One line for people: instant, level, message, then the fields as `name=value`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback follows on lines of its own."""
        rest = "".join(f" {name}={_short(value)}" for name, value in fields(record).items())
        line = f"{_instant(record)} {record.levelname:<7} {_one_line(record.getMessage())}{rest}"
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        return conceal(f"{line}\n{record.exc_text}" if record.exc_text else line)


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for programs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object: at, level, logger, message, the fields, and the traceback as `error`."""
        line: dict[str, Any] = {"at": _instant(record), "level": record.levelname.lower(), "logger": record.name}
        line["message"] = conceal(record.getMessage())
        line |= {name: _plain(value) for name, value in fields(record).items()}
        if record.exc_info:
            line["error"] = conceal(self.formatException(record.exc_info))
        return msgspec.json.encode(line).decode()


class JournalFormatter(logging.Formatter):
    """What another formatter writes, each line with its priority, which journald takes off again and files it by."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines; those of a traceback are entries of their own there."""
        priority = next(number for lowest, number in _PRIORITIES if record.levelno >= lowest)
        return "\n".join(f"<{priority}>{line}" for line in self._inner.format(record).split("\n"))


def configure(*, level: str = "info", format: str = "text", stream: TextIO | None = None) -> None:
    """Send every log of the process to stderr; called again, it replaces what was set before."""
    handler = logging.StreamHandler(stream or sys.stderr)
    formatter = JsonFormatter() if format == "json" else TextFormatter()
    handler.setFormatter(JournalFormatter(formatter) if _is_journal(handler.stream) else formatter)
    root = logging.getLogger()
    for old in list(root.handlers):
        if getattr(old, "asura", False):
            root.removeHandler(old)
    handler.asura = True  # type: ignore[attr-defined]
    root.addHandler(handler)
    root.setLevel(level.upper())
    logging.captureWarnings(True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _is_journal(stream: TextIO) -> bool:
    """Return whether a stream is the one that journald gave: a variable names its device and inode."""
    try:
        about = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{about.st_dev}:{about.st_ino}"


def _instant(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _one_line(text: str) -> str:
    """Return a text that cannot pretend to be another line of the log, nor colour the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _short(value: Any) -> str:
    text = _one_line(str(value))
    return f'"{text}"' if not text or " " in text else text


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | float):
        return value
    return conceal(str(value))
