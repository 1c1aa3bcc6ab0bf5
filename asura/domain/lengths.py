"""Lengths of time as people write them: `30s`, `5m`, `1h30m`, `2d`."""

import math
import re
from typing import Any

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d|w)")


def seconds_of(raw: Any) -> float:
    """Return the seconds that `30s`, `5m`, `1h30m`, `2d` or a plain number mean; ValueError for anything else."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueError("expected a duration such as 30s, 5m, 1h30m, 2d, or a number of seconds")
    if isinstance(raw, str):
        return _seconds_of_text(raw.strip())
    if not math.isfinite(raw) or raw < 0:
        raise ValueError("a duration is a finite number of seconds, 0 or more")
    return raw


def _seconds_of_text(text: str) -> float:
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return _neat(float(text))
    parts = _PART.findall(text)
    if not parts or "".join(amount + unit for amount, unit in parts) != text:
        raise ValueError(f"{text!r} is not a duration; write 30s, 5m, 1h30m, 2d, or a number of seconds")
    return _neat(sum(float(amount) * UNITS[unit] for amount, unit in parts))


def _neat(number: float) -> float:
    """Return a whole number as such, and another one without the noise behind its sixth digit."""
    return int(number) if number == int(number) else round(number, 6)
