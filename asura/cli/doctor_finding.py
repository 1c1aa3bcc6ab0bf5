"""What `asura doctor` found: one line for each thing it looked at, with what to do about it."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec


class State(StrEnum):
    """How something is."""

    OK = "ok"
    WARN = "warn"
    PROBLEM = "problem"


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was looked at, how it is, what was seen, and what to do, as a command where there is one."""

    state: State
    subject: str
    seen: str
    todo: str = ""


def ok(subject: str, seen: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(State.OK, subject, seen)


def warn(subject: str, seen: str, todo: str = "") -> Finding:
    """Return that something works, and may not for ever."""
    return Finding(State.WARN, subject, seen, todo)


def problem(subject: str, seen: str, todo: str = "") -> Finding:
    """Return that something does not work."""
    return Finding(State.PROBLEM, subject, seen, todo)


def worst(findings: Iterable[Finding]) -> State:
    """Return how it is as a whole."""
    states = {one.state for one in findings}
    return next((state for state in (State.PROBLEM, State.WARN) if state in states), State.OK)


def amount(size: float) -> str:
    """Return bytes as people read them."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 10 else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
