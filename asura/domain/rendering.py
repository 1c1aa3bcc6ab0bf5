"""A message as lines and facts, ready for any target; what must be escaped is escaped by the channel that knows how."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NamedTuple

from asura.domain.message import Message
from asura.domain.wording import duration, without_credentials

ELLIPSIS = "…"
# C0 and C1 controls, the line and paragraph separators, and the marks that turn the direction of text around.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# The stable class of a reason: words for programs, joined by underscores.
_CLASS = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")


class Tone(Enum):
    """How a message feels, with its colour and its sign: the same in every chat."""

    BAD = ("#e5484d", "🔴")
    WARNING = ("#e0a106", "🟠")
    GOOD = ("#22a559", "🟢")
    NOTE = ("#4f46e5", "🔵")
    BLIND = ("#b4bcc9", "⚪")

    @property
    def colour(self) -> str:
        """Return the colour as `#rrggbb`."""
        return self.value[0]

    @property
    def colour_number(self) -> int:
        """Return the colour as one number, as some services want it."""
        return int(self.value[0][1:], 16)

    @property
    def sign(self) -> str:
        """Return the sign that stands before a title where there is no colour."""
        return self.value[1]


class Fact(NamedTuple):
    """One row of the table under a message."""

    label: str
    value: str


def tone(message: Message) -> Tone:
    """Return how a message feels: by its event first, by its severity where the event says nothing of it."""
    match message.event:
        case "incident.resolved" | "probe.online" | "region.recovered" | "backup.succeeded":
            return Tone.GOOD
        case "incident.acknowledged" | "incident.noted" | "incident.snoozed" | "test":
            return Tone.NOTE
        case "self.blind" | "probe.offline":
            return Tone.BLIND
    return Tone.BAD if message.severity == "critical" else Tone.WARNING


def facts(message: Message) -> tuple[Fact, ...]:
    """Return what is known about a message's incident and monitor, without what is not known."""
    incident, monitor = message.incident or {}, message.monitor or {}
    lasted = incident.get("duration_s")
    rows = (
        ("Started", _instant(incident.get("started_at"))),
        ("Ended", _instant(incident.get("resolved_at"))),
        ("Lasted", duration(lasted) if isinstance(lasted, int | float) else ""),
        ("Cause", _cause(incident.get("cause"))),
        ("Target", without_credentials(_words(monitor.get("target")))),
        ("Seen from", ", ".join(map(str, incident.get("regions") or ()))),
        ("Acknowledged by", _words(incident.get("acknowledged_by"))),
    )
    return tuple(Fact(label, shorten(one_line(value), 300)) for label, value in rows if value)


def plain(message: Message) -> str:
    """Return a message as plain text of several lines, without its title."""
    blocks = [clean(message.text), "\n".join(f"{fact.label}: {fact.value}" for fact in facts(message)), message.url]
    return "\n\n".join(block for block in blocks if block)


def clean(text: str) -> str:
    """Return a text without control characters; line breaks and tabs stay."""
    return _CONTROLS.sub("", _sound(text).replace("\r\n", "\n").replace("\r", "\n")).strip()


def one_line(text: str) -> str:
    """Return a text on a single line, without control characters: fit for a header or a title."""
    return _CONTROLS.sub("", " ".join(_sound(text).split()))


def shorten(text: str, limit: int, *, size: Callable[[str], int] = len) -> str:
    """Return a text of at most `limit`, an ellipsis at its end where something was left out; `size` measures it."""
    if size(text) <= limit:
        return text
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if size(text[:middle].rstrip() + ELLIPSIS) <= limit:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS


def utf16_size(text: str) -> int:
    """Return the length of a text in UTF-16 units, as Telegram and Discord count."""
    return len(text.encode("utf-16-le")) // 2


def utf8_size(text: str) -> int:
    """Return the length of a text in bytes of UTF-8."""
    return len(text.encode())


def _sound(text: str) -> str:
    # A lone surrogate can be in a text that a target sent, and no wire can carry it.
    return text.encode("utf-8", "replace").decode()


def _words(value: Any) -> str:
    return "" if value is None else str(value)


def _cause(value: Any) -> str:
    text = _words(value)
    return text.replace("_", " ") if _CLASS.fullmatch(text) else text


def _instant(value: Any) -> str:
    # An instant is text once the message has been through the outbox.
    if isinstance(value, str):
        return _instant(datetime.fromisoformat(value))
    return f"{value.astimezone(UTC):%d %b %Y, %H:%M:%S} UTC" if isinstance(value, datetime) else ""
