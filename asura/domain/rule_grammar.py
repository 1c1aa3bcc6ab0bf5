"""The grammar of RRULEs (RFC 5545) that windows take: which parts, in which limits, and what is wrong with a text."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

LONGEST_LINE = 500
MOST_A_DAY = 48
MOST_COUNT = 1_000
MOST_INTERVAL = 1_000
MOST_FAULTS = 10
OF_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
OF_DATES = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")
TOO_OFTEN = f"comes more often than {MOST_A_DAY} times a day; let it come more rarely, for longer"

_NUMBERS = r"[+-]?\d{1,3}(,[+-]?\d{1,3}){0,95}"
_WEEKDAY = r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)"
_PARTS = {
    "FREQ": r"YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY|MINUTELY|SECONDLY",
    "INTERVAL": r"\d{1,6}",
    "COUNT": r"\d{1,6}",
    "UNTIL": r"\d{8}(T\d{6}Z?)?",
    "WKST": r"MO|TU|WE|TH|FR|SA|SU",
    "BYDAY": rf"{_WEEKDAY}(,{_WEEKDAY}){{0,95}}",
    **dict.fromkeys(("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"), _NUMBERS),
    **dict.fromkeys(("BYHOUR", "BYMINUTE", "BYSECOND", "BYSETPOS"), _NUMBERS),
}


def tidy_rrule(text: str) -> str:
    """Return an RRULE as it is kept: without its name, in capitals."""
    return text.strip().upper().removeprefix("RRULE:").strip(";")


@lru_cache(maxsize=256)
def parts_of(text: str) -> tuple[dict[str, str], list[str]]:
    """Return the parts of an RRULE by name, and what is wrong with them."""
    parts: dict[str, str] = {}
    faults: list[str] = []
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if name not in _PARTS:
            faults.append(f"{name[:40]!r} is no part of a rule that is known here")
        elif name in parts:
            faults.append(f"{name} is there twice")
        elif not re.fullmatch(_PARTS[name], value):
            faults.append(f"{name} cannot be {value[:40]!r}")
        parts[name] = value
    return parts, list(dict.fromkeys(faults))[:MOST_FAULTS]


def faults_of(text: str) -> list[str]:
    """Return what is wrong with an RRULE as such: what it may hold, and in which limits."""
    if len(text) > LONGEST_LINE:
        return [f"has {len(text)} characters; at most {LONGEST_LINE} fit"]
    parts, faults = parts_of(text)
    if faults:
        return list(faults)
    if "FREQ" not in parts:
        return ["needs FREQ: YEARLY, MONTHLY, WEEKLY or DAILY"]
    if parts["FREQ"] in ("HOURLY", "MINUTELY", "SECONDLY"):
        return [f"FREQ={parts['FREQ']} is too often; FREQ=DAILY with BYHOUR and BYMINUTE names times of the day"]
    return [*_number_faults(parts)]


def until_of(parts: dict[str, str], zone: str) -> datetime | None:
    """Return the last wall time of a rule in its zone; a date alone means the whole day."""
    text = parts.get("UNTIL")
    if text is None:
        return None
    if "T" not in text:
        return datetime.combine(date.fromisoformat(text), time.max)
    until = datetime.fromisoformat(text)
    return until if until.tzinfo is None else until.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _number_faults(parts: dict[str, str]) -> Iterator[str]:
    ranges = {"INTERVAL": (1, MOST_INTERVAL), "COUNT": (1, MOST_COUNT), "BYMONTH": (1, 12), "BYMONTHDAY": (-31, 31)}
    ranges |= {"BYHOUR": (0, 23), "BYMINUTE": (0, 59), "BYSECOND": (0, 59), "BYWEEKNO": (-53, 53)}
    ranges |= {"BYYEARDAY": (-366, 366), "BYSETPOS": (-366, 366)}
    for name, (least, most) in ranges.items():
        values = [int(value) for value in parts.get(name, "").split(",") if value]
        if any(not least <= value <= most for value in values) or (least < 0 and 0 in values):
            yield f"{name} goes from {least} to {most}" + (", without 0" if least < 0 else "")
    if "COUNT" in parts and "UNTIL" in parts:
        yield "has COUNT and UNTIL: one of them ends it"
    if parts["FREQ"] in ("WEEKLY", "DAILY") and re.search(r"\d", parts.get("BYDAY", "")):
        yield "numbers before days go with FREQ=MONTHLY and FREQ=YEARLY"
    times = 1
    for name in OF_A_DAY:
        times *= len(set(parts[name].split(","))) if name in parts else 1
    if times > MOST_A_DAY:
        yield TOO_OFTEN
    try:
        until_of(parts, "UTC")
    except (ValueError, OverflowError):
        yield f"UNTIL={parts['UNTIL']} is no date"
