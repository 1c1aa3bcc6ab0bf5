"""Query parameters, read strictly: every one that is wrong is named in one answer."""

import re
from datetime import UTC, datetime, timedelta

from starlette.datastructures import QueryParams

from asura.errors import Fault, Invalid

RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
INTEGER = re.compile(r"-?\d{1,19}", re.ASCII)
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime(2200, 1, 1, tzinfo=UTC)
MAX_ID = 2**63 - 1


def parse_instant(text: str) -> datetime:
    """Return an RFC 3339 instant in UTC; raises ValueError with the sentence for the client."""
    if not RFC3339.fullmatch(text):
        raise ValueError("must be an RFC 3339 instant with an offset, like 2026-11-20T17:32:05Z")
    try:
        instant = datetime.fromisoformat(text.upper().replace(" ", "T")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is not a day and time that exists") from None
    if not FIRST <= instant <= LAST:
        raise ValueError("must lie between the years 1970 and 2200")
    return instant


def parse_id(text: str) -> int | None:
    """Return a positive id, or None when the text cannot be one."""
    if not INTEGER.fullmatch(text):
        return None
    number = int(text)
    return number if 0 < number <= MAX_ID else None


class Asked:
    """Reads parameters one by one and gathers what is wrong; `done` raises it all at once."""

    def __init__(self, params: QueryParams) -> None:
        self._params = params
        self.faults: list[Fault] = []

    def wrong(self, name: str, message: str) -> None:
        """Note a fault of a parameter."""
        self.faults.append(Fault(name, message))

    def done(self) -> None:
        """Raise Invalid when anything was wrong."""
        if self.faults:
            raise Invalid(*self.faults)

    def _one(self, name: str) -> str | None:
        values = self._params.getlist(name)
        if len(values) > 1:
            self.wrong(name, "is given more than once")
            return None
        return values[0] if values else None

    def identifier(self, name: str) -> int | None:
        """Return a positive id, or None when it is missing."""
        value = self._one(name)
        found = None if value is None else parse_id(value)
        if value is not None and found is None:
            self.wrong(name, "must be an id")
        return found

    def text(self, name: str, *, longest: int = 200) -> str | None:
        """Return a text without control characters, or None when it is missing or empty."""
        value = self._one(name)
        if not value:
            return None
        if len(value) > longest:
            self.wrong(name, f"must have at most {longest} characters")
            return None
        if not value.isprintable():
            self.wrong(name, "must not hold control characters")
            return None
        return value

    def many(self, name: str, allowed: frozenset[str] | None = None, *, most: int = 500) -> list[str]:
        """Return the values of a parameter that may be repeated or hold commas."""
        values = [part for value in self._params.getlist(name) for part in value.split(",")]
        if len(values) > most:
            self.wrong(name, f"must name at most {most} values")
            return []
        if allowed is not None and not allowed.issuperset(values):
            self.wrong(name, f"must be one of {', '.join(sorted(allowed))}")
            return []
        return [value for value in values if value]

    def choice(self, name: str, allowed: frozenset[str]) -> str | None:
        """Return one of the allowed words, or None."""
        value = self._one(name)
        if value is not None and value not in allowed:
            self.wrong(name, f"must be one of {', '.join(sorted(allowed))}")
            return None
        return value

    def boolean(self, name: str) -> bool | None:
        """Return true or false, or None when it is missing."""
        value = self.choice(name, frozenset({"true", "false"}))
        return None if value is None else value == "true"

    def integer(self, name: str, default: int, *, low: int, high: int) -> int:
        """Return a whole number within its limits."""
        value = self._one(name)
        if value is None:
            return default
        if not INTEGER.fullmatch(value) or not low <= int(value) <= high:
            self.wrong(name, f"must be a whole number from {low} to {high}")
            return default
        return int(value)

    def limit(self) -> int:
        """Return how many rows are wanted."""
        return self.integer("limit", 100, low=1, high=500)

    def instant(self, name: str) -> datetime | None:
        """Return an instant in UTC, or None when it is missing."""
        value = self._one(name)
        if value is None:
            return None
        try:
            # A plus sign that was not escaped arrives as a blank.
            return parse_instant(re.sub(r" (\d\d:\d\d)$", r"+\1", value))
        except ValueError as error:
            self.wrong(name, str(error))
            return None

    def range(self, now: datetime, default: timedelta) -> tuple[datetime, datetime]:
        """Return `from` and `to`; what is missing is the present and `default` before `to`."""
        to_at = self.instant("to") or now
        from_at = self.instant("from") or max(FIRST, to_at - default)
        if from_at >= to_at and not self.faults:
            self.wrong("from", "must lie before to")
        return from_at, to_at
