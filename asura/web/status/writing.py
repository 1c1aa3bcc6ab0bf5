"""How a page writes: words, dates, times, durations and figures, in its language and its zone."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from datetime import date as calendar_date
from functools import lru_cache
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from asura.web.status.words import EN, Text
from asura.web.status.words_de import DE
from asura.web.status.words_zh import ZH

LANGUAGES: dict[str, dict[str, Text]] = {"en": EN, "de": DE, "zh": ZH}
MINUTE, HOUR, DAY = 60, 3_600, 86_400
NAMED = 3


class Writing:
    """One language and one zone; `now` is the instant from which distances are counted."""

    def __init__(self, language: str, zone: str, now: datetime) -> None:
        self.language = language if language in LANGUAGES else "en"
        self._words = LANGUAGES[self.language]
        self.zone = zone_of(zone)
        self.zone_name = zone if isinstance(self.zone, ZoneInfo) else "UTC"
        self.now = now
        self.today = now.astimezone(self.zone).date()
        self._months = str(self._words["months"]).split()
        self._long_months = str(self._words["long_months"]).split()

    def __call__(self, key: str, /, **values: object) -> str:
        """Return what a key says, of `n` things where it has a singular and a plural."""
        text = self._words[key]
        if isinstance(text, tuple):
            text = text[0] if values["n"] == 1 else text[1]
        return text.format(**values) if values else text

    def html(self, key: str, /, **values: object) -> Markup:
        """Return the same as HTML: values that are not are escaped."""
        return Markup(self(key, **{name: escape(value) for name, value in values.items()}))

    def local(self, at: datetime) -> datetime:
        """Return an instant in the zone of the page."""
        return at.astimezone(self.zone)

    def date(self, day: calendar_date) -> str:
        """Return a date, as `31 Aug 2026`."""
        return self("date", day=day.day, month=self._months[day.month - 1], year=day.year)

    def short_date(self, day: calendar_date) -> str:
        """Return a date without its year, unless it is another year than today's."""
        if day.year != self.today.year:
            return self.date(day)
        return self._day("date_short", day)

    def days(self, first: calendar_date, last: calendar_date) -> str:
        """Return the dates from one to another; what they have in common is said only once."""
        if first == last:
            return self.date(first)
        if first.year != last.year:
            return self("span", start=self.date(first), end=self.date(last))
        day = "day_only" if first.month == last.month else "date_short"
        if str(self._words["date"]).startswith("{year}"):
            return self("span", start=self.date(first), end=self._day(day, last))
        return self("span", start=self._day(day, first), end=self.date(last))

    def _day(self, key: str, day: calendar_date) -> str:
        return self(key, day=day.day, month=self._months[day.month - 1])

    def month(self, day: calendar_date) -> str:
        """Return the month of a date, as `August 2026`."""
        return self("month_year", month=self._long_months[day.month - 1], year=day.year)

    def time(self, at: datetime) -> str:
        """Return the time of day, as `18:45`."""
        return f"{self.local(at):%H:%M}"

    def stamp(self, at: datetime) -> str:
        """Return an instant as short as it can be understood: only its time when it was today."""
        local = self.local(at)
        if local.date() == self.today:
            return self.time(at)
        return self("stamp", date=self.short_date(local.date()), time=self.time(at))

    def span(self, start: datetime, end: datetime) -> str:
        """Return a stretch of time, the date only once when it begins and ends on one day."""
        first, last = self.local(start).date(), self.local(end).date()
        begin = self("stamp", date=self.short_date(first), time=self.time(start))
        if first == last:
            return self("span", start=begin, end=self.time(end))
        return self("span", start=begin, end=self("stamp", date=self.short_date(last), time=self.time(end)))

    def ago(self, at: datetime) -> str:
        """Return how far an instant is from now, in the largest unit of which it is one or more."""
        seconds = (at - self.now).total_seconds()
        size = abs(seconds)
        if size < MINUTE:
            return self("just_now")
        unit, length = ("day", DAY) if size >= DAY else ("hour", HOUR) if size >= HOUR else ("minute", MINUTE)
        return self(f"in_{unit}" if seconds > 0 else f"{unit}_ago", n=int(size // length))

    def duration(self, seconds: float) -> str:
        """Return a length of time in at most two units."""
        minutes = int(seconds // MINUTE)
        if minutes < 1:
            return self("less_than_minute")
        if minutes < 60:
            return self("minutes", n=minutes)
        hours, minutes = divmod(minutes, 60)
        if hours < 48:
            return " ".join([self("hours", n=hours), *([self("minutes", n=minutes)] if minutes else [])])
        days, hours = divmod(hours, 24)
        return " ".join([self("long_days", n=days), *([self("hours", n=hours)] if hours else [])])

    def percent(self, ratio: float) -> str:
        """Return a ratio in percent with two digits, never rounded up: only what is whole is 100 %."""
        return percent(self.language, parts(ratio))

    def milliseconds(self, value: float) -> str:
        """Return a response time with three digits at most."""
        if value < 1_000:
            return self("milliseconds", n=f"{value:.0f}")
        number = f"{value / 1000:.1f}" if value < 100_000 else f"{value / 1000:.0f}"
        return self("seconds", n=number.replace(".", str(self._words["decimal"])))

    def names(self, names: Sequence[str], most: int = NAMED) -> str:
        """Return names as a list in words, the last of many as a number."""
        comma = str(self._words["list_comma"])
        if len(names) > most:
            return self("and_more", names=comma.join(names[:most]), n=len(names) - most)
        if len(names) < 2:
            return "".join(names)
        return self("last_and", names=comma.join(names[:-1]), name=names[-1])


def parts(ratio: float) -> int:
    """Return a ratio in whole ten thousandths."""
    return int(ratio * 10_000 + 1e-6)


@lru_cache(maxsize=20_000)
def percent(language: str, parts: int) -> str:
    """Return ten thousandths in percent, as a language writes them."""
    words = LANGUAGES[language]
    digits = "100" if parts >= 10_000 else f"{parts // 100}.{parts % 100:02d}"
    return str(words["percent"]).format(n=digits.replace(".", str(words["decimal"])))


@lru_cache(maxsize=256)
def zone_of(name: str) -> tzinfo:
    """Return a zone by its name; UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC
