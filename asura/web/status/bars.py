"""The days of a component as HTML: bars to look at, and a table to read.

Days that are over do not change: their HTML is kept for each component, and only today's is made anew.
"""

from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias, TypeVar

from markupsafe import escape

from asura.domain.board import Bar, BoardComponent
from asura.web.status.writing import Writing, parts

MOST, MOST_DRAWN = 4_096, 20_000
# The classes of bars, by the worst that a day had; a day of outage is `d`, or less of it.
LETTERS = {
    "up": "u",
    "late": "u",
    "degraded": "g",
    "down": "d",
    "unreachable": "d",
    "maintenance": "m",
    "unknown": "k",
    "paused": "k",
}
NO_DATA = "x"
SAID = {
    "u": "day_up",
    "g": "day_degraded",
    "d": "day_down",
    "m": "day_maintenance",
    "k": "day_unknown",
    NO_DATA: "day_no_data",
}
COUNTED = (
    ("d", "strip_down"),
    ("g", "strip_degraded"),
    ("m", "strip_maintenance"),
    ("k", "strip_unknown"),
    (NO_DATA, "strip_no_data"),
    ("u", "strip_up"),
)
# An outage of less than that much of a day fills less of its bar.
SHORT_S, LONG_S = 900.0, 7_200.0

T = TypeVar("T")
Titles: TypeAlias = Mapping[int, str]
# A component of a page in a language, with or without its figures.
Key: TypeAlias = tuple[int, int, str, bool]
Told: TypeAlias = tuple[object, ...]


class Closed(NamedTuple):
    """What is kept of the days that are over, and what it was made of."""

    bars: tuple[Bar, ...]
    ids: tuple[int, ...]
    said: tuple[str, ...]
    html: str
    rows: str
    counts: Counter[str]


class Strip(NamedTuple):
    """The days of one component as HTML: bars, their meaning in a sentence, and rows of a table, newest first."""

    bars: str
    label: str
    rows: str


class Strips:
    """Makes strips, and keeps what will be the same the next time."""

    def __init__(self) -> None:
        self._closed: OrderedDict[Key, Closed] = OrderedDict()
        self._whole: OrderedDict[Key, tuple[Closed, Told, Strip]] = OrderedDict()
        # Most components have had the same days: each is written once for all of them.
        self._drawn: dict[tuple[str, bool, Told], str] = {}

    def strip(
        self, writing: Writing, page_id: int, component: BoardComponent, titles: Titles, *, uptime: bool
    ) -> Strip:
        """Return the days of a component; with figures where the page shows `uptime`."""
        key = (page_id, component.id, writing.language, uptime)
        closed = self._past(key, writing, component.bars[:-1], titles)
        bar = component.bars[-1]
        # Today is made anew only when something changes that is told of it.
        told = (*_told(bar), *[(one, titles.get(one)) for one in bar.post_ids])
        before = self._whole.get(key)
        if before is not None and before[0] is closed and before[1] == told:
            return before[2]
        counts = closed.counts.copy()
        counts[_letter(bar)] += 1
        made = Strip(
            closed.html + _bar(writing, bar, titles, uptime=uptime),
            _label(writing, counts),
            _row(writing, writing("today"), [bar], titles, uptime) + closed.rows,
        )
        _keep(self._whole, key, (closed, told, made))
        return made

    def _past(self, key: Key, writing: Writing, bars: tuple[Bar, ...], titles: Titles) -> Closed:
        kept = self._closed.get(key)
        # The days are compared, not hashed: those that are the same objects cost nothing.
        if kept is None or kept.bars != bars or kept.said != _said(kept.ids, titles):
            ids = tuple([one for bar in bars if bar.post_ids for one in bar.post_ids])
            html = "".join([self._bar(key, writing, bar, titles) for bar in bars])
            rows = [_row(writing, writing.days(run[-1].date, run[0].date), run, titles, key[3]) for run in _runs(bars)]
            kept = Closed(bars, ids, _said(ids, titles), html, "".join(rows), Counter([_letter(bar) for bar in bars]))
            _keep(self._closed, key, kept)
        return kept

    def _bar(self, key: Key, writing: Writing, bar: Bar, titles: Titles) -> str:
        if bar.post_ids:
            return _bar(writing, bar, titles, uptime=key[3])
        name = key[2], key[3], _told(bar)
        found = self._drawn.get(name)
        if found is None:
            if len(self._drawn) >= MOST_DRAWN:
                self._drawn.clear()
            found = self._drawn[name] = _bar(writing, bar, titles, uptime=key[3])
        return found


def _keep(kept: "OrderedDict[Key, T]", key: Key, value: T) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > MOST:
        kept.popitem(last=False)


def _told(bar: Bar) -> Told:
    """Return what is told of a day, to the precision in which it is told."""
    ratio = None if bar.ratio is None else parts(bar.ratio)
    return bar.date, bar.worst, ratio, int(bar.bad_s // 60) if bar.bad_s > 0 else None


def _said(ids: tuple[int, ...], titles: Titles) -> tuple[str, ...]:
    return tuple([titles.get(one, "") for one in ids]) if ids else ()


def _letter(bar: Bar) -> str:
    return LETTERS.get(bar.worst, NO_DATA)


def _bar(writing: Writing, bar: Bar, titles: Titles, *, uptime: bool) -> str:
    letter = _letter(bar)
    if letter == "d" and bar.bad_s < LONG_S:
        letter = "d1" if bar.bad_s < SHORT_S else "d2"
    text = "\n".join([writing.date(bar.date), *_facts(writing, bar, titles, uptime=uptime)])
    leads = f' data-post="{bar.post_ids[-1]}"' if bar.post_ids else ""
    kind = "" if letter == "u" else f' class="{letter}"'
    return f'<i{kind} title="{escape(text)}"{leads}></i>'


def _facts(writing: Writing, bar: Bar, titles: Titles, *, uptime: bool) -> list[str]:
    """Return the lines that are said of a day: what was, for how long, how much of it was up, and which incidents."""
    lines = [_state(writing, bar)]
    if uptime and bar.ratio is not None and bar.ratio < 1:
        lines.append(writing("uptime", ratio=writing.percent(bar.ratio)))
    return lines + [titles[one] for one in bar.post_ids if titles.get(one)]


def _state(writing: Writing, bar: Bar) -> str:
    letter = _letter(bar)
    if letter == "d" and bar.bad_s > 0:
        return writing("outage_of", duration=writing.duration(bar.bad_s))
    return writing(SAID[letter])


def _label(writing: Writing, counts: Counter[str]) -> str:
    found = [(key, counts[letter]) for letter, key in COUNTED if counts[letter]]
    text = writing("list_comma").join(writing(key, n=count) for key, count in found)
    return str(escape(writing("strip", n=sum(counts.values()), text=text)))


def _runs(bars: Sequence[Bar]) -> list[list[Bar]]:
    """Return the days newest first, those together that followed each other and were the same."""
    runs: list[list[Bar]] = []
    for bar in reversed(bars):
        if runs and _alike(runs[-1][-1], bar):
            runs[-1].append(bar)
        else:
            runs.append([bar])
    return runs


def _alike(one: Bar, other: Bar) -> bool:
    plain = not one.post_ids and not other.post_ids and not one.bad_s and not other.bad_s
    return plain and one.worst == other.worst and one.ratio == other.ratio


def _row(writing: Writing, name: str, run: Sequence[Bar], titles: Titles, uptime: bool) -> str:
    bar = run[0]
    said = "; ".join([_state(writing, bar), *(titles[one] for one in bar.post_ids if titles.get(one))])
    count = f" <small>{escape(writing('days', n=len(run)))}</small>" if len(run) > 1 else ""
    figure = writing.percent(bar.ratio) if bar.ratio is not None else "\u2013"
    ratio = f"<td>{figure}</td>" if uptime else ""
    return f'<tr><th scope="row">{escape(name)}{count}</th><td>{escape(said)}</td>{ratio}</tr>'
