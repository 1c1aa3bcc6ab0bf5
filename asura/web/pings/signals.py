"""What stands behind a token in a path, and the step of a long run in a query."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from asura.domain.ping import STEP_NAME_LIMIT, Ping, PingKind, Step

WORDS = {"start": PingKind.START, "fail": PingKind.FAIL, "log": PingKind.LOG}
INVALID_URL = "invalid url format"
MOST_STEPS = 1_000_000


class Signal(NamedTuple):
    """What a path says. `plain` when it says nothing, so that the body may."""

    kind: PingKind
    exit_status: int | None = None
    plain: bool = False


def read_signal(parts: Sequence[str]) -> Signal | str | None:
    """Return the signal in the parts of a path behind the name of a heartbeat; None when there is no such path.

    An exit status above 255 is a text that says what is wrong. A slash at the end changes nothing.
    """
    words = list(parts[:-1]) if parts and parts[-1] == "" else list(parts)
    if not words:
        return Signal(PingKind.SUCCESS, plain=True)
    if len(words) > 1:
        return None
    word = words[0]
    if word in WORDS:
        return Signal(WORDS[word])
    if not word.isascii() or not word.isdecimal():
        return None
    if len(word) > 9 or int(word) > 255:
        return INVALID_URL
    status = int(word)
    return Signal(PingKind.SUCCESS if status == 0 else PingKind.FAIL, status)


def step_of(query: Mapping[str, str], at: datetime) -> Step | None:
    """Return the step that a query tells of (`step`, `of`, `name`), as far as it can be read; None when of none."""
    if not query:
        return None
    number, of = _number(query.get("step", "")), _number(query.get("of", ""))
    name = "".join(char for char in query.get("name", "") if char.isprintable())[:STEP_NAME_LIMIT]
    return Step(at, number, of, name) if number is not None or name else None


def parts_of(ping: Ping, where: str) -> dict[str, str] | None:
    """Return the body of a ping as the text in which its meaning is looked for; None when there is none."""
    return {where: ping.body.decode("utf-8", "replace")} if ping.body else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 and int(text) <= MOST_STEPS else None
