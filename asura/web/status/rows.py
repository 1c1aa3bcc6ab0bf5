"""Components as HTML: one after the other, without a template, because there may be hundreds of them."""

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup, escape

from asura.domain.board import BoardComponent
from asura.domain.post import ComponentStatus
from asura.web.status import assets
from asura.web.status.bars import Strips
from asura.web.status.writing import Writing

# With less room, and on a phone, fewer days are shown than there are bars.
FEWER, FEWEST = 120, 45
SPARK_HEIGHT = 24.0


class Rows:
    """Writes the components of one page; what they have in common is made once."""

    def __init__(
        self, writing: Writing, page_id: int, titles: Mapping[int, str], strips: Strips, *, uptime: bool, days: int
    ) -> None:
        self._writing = writing
        self._page_id = page_id
        self._titles = titles
        self._strips = strips
        self._uptime = uptime
        self._size = " long many" if days > FEWER else " many" if days > FEWEST else ""
        self._states = {one.value: state(writing, one.value) for one in ComponentStatus}
        names = ["column_days", "column_state", *(["column_uptime"] if uptime else [])]
        columns = "".join(f'<th scope="col">{escape(writing(name))}</th>' for name in names)
        self._head = f"<thead><tr>{columns}</tr></thead><tbody>"
        self._from = _spans(writing, days)
        more = f'<span class="vh"> {escape(writing("day_table"))}</span>' if uptime else ""
        self._to = f"{more}</span><span>{escape(writing('today'))}</span></summary>"

    def html(self, components: Iterable[BoardComponent]) -> Markup:
        """Return components one below the other."""
        return Markup("".join([self._one(one) for one in components]))

    def _one(self, one: BoardComponent) -> str:
        name, about = str(escape(one.name)), f'<p class="desc">{escape(one.description)}</p>' if one.description else ""
        head = f'<div class="hd"><h3>{name}</h3>{self._states[one.status.value]}</div>{about}'
        days = self._days(one, name) if one.bars else ""
        return f'<div class="comp" id="system-{one.id}">{head}{days}{self._responses(one)}</div>\n'

    def _days(self, one: BoardComponent, name: str) -> str:
        strip = self._strips.strip(self._writing, self._page_id, one, self._titles, uptime=self._uptime)
        caption = self._writing("table_caption", name=name)
        return (
            f'<div class="strip{self._size}" role="img" aria-label="{strip.label}">{strip.bars}</div>'
            f'<details class="table" id="days-{one.id}"><summary>{self._from}<span class="mid">{self._figure(one)}'
            f'{self._to}<table><caption class="vh">{caption}</caption>{self._head}{strip.rows}</tbody></table>'
            "</details>"
        )

    def _figure(self, one: BoardComponent) -> str:
        writing = self._writing
        if not self._uptime:
            return escape(writing("day_table"))
        if one.ratio is None:
            return escape(writing("day_no_data"))
        ratio, since = writing.percent(one.ratio), writing.local(one.since).date()
        if since > one.bars[0].date:
            # The bars reach further back than what they stand for.
            return escape(writing("uptime_since", ratio=ratio, date=writing.short_date(since)))
        return escape(writing("uptime", ratio=ratio))

    def _responses(self, one: BoardComponent) -> str:
        known = [value for value in one.response_ms if value is not None]
        if not known:
            return ""
        # The line begins where the figures do: most of them would have no room otherwise.
        first = next(place for place, value in enumerate(one.response_ms) if value is not None)
        text = self._writing("response", ms=self._writing.milliseconds(sum(known) / len(known)))
        return f'<p class="resp">{_spark(one.response_ms[first:], max(known))}<span>{escape(text)}</span></p>'


def state(writing: Writing, name: str) -> Markup:
    """Return a state as its picture and its word."""
    return Markup(f'<span class="st s-{name}">{assets.icon(name)}{escape(writing(name))}</span>')


def _spans(writing: Writing, days: int) -> str:
    """Return from when on the bars are, for as many of them as there is room for."""
    sizes = [("w0", days)] + [(name, most) for name, most in (("w1", FEWER), ("w2", FEWEST)) if days > most]
    return "".join(f'<span class="{name}">{escape(writing("days_ago", n=count))}</span>' for name, count in sizes)


def _spark(values: Sequence[float | None], most: float) -> str:
    """Return a line through the response times of the days; it is broken where nothing is known."""
    lines: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            lines.append([])
        else:
            height = SPARK_HEIGHT - 1 - (SPARK_HEIGHT - 2) * value / (most or 1.0)
            lines[-1].append(f"{place + 0.5:g} {height:.1f}")
    path = "".join(f"M{'L'.join(line)}" + ("h.01" if len(line) == 1 else "") for line in lines if line)
    box = f"0 0 {len(values)} {SPARK_HEIGHT:g}"
    return f'<svg viewBox="{box}" preserveAspectRatio="none" aria-hidden="true"><path d="{path}"/></svg>'
