"""The overview of all monitors, from rows that are encoded once and kept until they change."""

import asyncio
from collections import Counter, OrderedDict
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

from asura.domain import uptime
from asura.domain.incident import IncidentStatus
from asura.domain.status import Status
from asura.engine.live import notable
from asura.web import present, shapes

if TYPE_CHECKING:
    from asura.domain.result import Result
    from asura.engine.engine import Engine
    from asura.engine.live import MonitorView
    from asura.web.reach import Reach

DAY = timedelta(days=1)
# The strip moves by one letter in 24 minutes; the ratio of a monitor that is not well moves all the time.
CALM_SECONDS = 600.0
MOVING_SECONDS = 60.0
# So many rows are made before others get their turn on the event loop.
ROWS_A_TURN = 400
# What checks find is seen this late by those who poll; what a person changes is seen at once.
KEPT_SECONDS = 1.0
MOST_KEPT = 32

# Strip and ratio by the spans that they were made of: of thousands of monitors most had the same day.
Days: TypeAlias = dict[tuple[object, ...], tuple[str, float | None]]


class Made(NamedTuple):
    """An overview as JSON, with its tag, and of which edits and when it was made."""

    body: bytes
    etag: str
    edits: int
    at: float


class _Row:
    """One encoded row, with what it was made of."""

    __slots__ = ("last", "made_of", "raw", "shape", "stale_at")

    def __init__(self, made_of: tuple[object, ...], shape: shapes.OverviewRow, stale_at: float) -> None:
        self.made_of = made_of
        self.shape = shape
        self.stale_at = stale_at
        self.last: Result | None = None
        self.raw = b""


class OverviewRows:
    """The rows by monitor id. A new result changes one number of a row; only a new state makes strip and ratio anew."""

    def __init__(self) -> None:
        self._rows: dict[int, _Row] = {}
        self._encode = msgspec.json.Encoder().encode
        self._lock = asyncio.Lock()
        # By tags: of those who see everything there is one, of those who do not, as many as there are sets of tags.
        self._made: OrderedDict[frozenset[str], Made] = OrderedDict()
        self._edits = 0

    def edited(self) -> None:
        """Note that somebody changed something, who will want to see it."""
        self._edits += 1

    async def overview(self, engine: "Engine", reach: "Reach") -> Made:
        """Return the overview as it is now; those who see the same and ask at the same time get the same one."""
        async with self._lock:
            made, edits, at = self._made.pop(reach.tags, None), self._edits, engine.clock.monotonic()
            if made is None or made.edits != edits or at - made.at > KEPT_SECONDS:
                body = await self._body(engine, reach)
                etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
                made = Made(body, etag, edits, at)
            self._made[reach.tags] = made
            if len(self._made) > MOST_KEPT:
                self._made.popitem(last=False)
            return made

    async def _body(self, engine: "Engine", reach: "Reach") -> bytes:
        now, days, kept, counts = engine.clock.now(), Days(), {}, Counter[str]()
        rows: list[bytes] = []
        views = [view for view in engine.live.monitors() if reach.sees(view.monitor.config.tags)]
        for number, view in enumerate(views, 1):
            row = kept[view.monitor.id] = self._row(view, now, days)
            counts[row.shape.status] += 1
            rows.append(row.raw)
            if number % ROWS_A_TURN == 0:
                await asyncio.sleep(0)
        # Rows of monitors that are gone go with the old table.
        others = {} if not reach.limited else {n: row for n, row in self._rows.items() if engine.live.state(n)}
        self._rows = others | kept
        counted = self._encode({status.value: counts[status.value] for status in Status})
        opened = [one for one in engine.live.open_incidents() if one.status is IncidentStatus.OPEN]
        incidents_open = sum(1 for one in opened if reach.sees_incident(one))
        return b'{"counts":%b,"monitors":[%b],"incidents_open":%d}' % (counted, b",".join(rows), incidents_open)

    def _row(self, view: "MonitorView", now: datetime, days: Days) -> _Row:
        monitor, last = view.monitor, view.last
        made_of = (monitor, view.status, view.reason, notable(view), view.since)
        row = self._rows.get(monitor.id)
        if row is None or now.timestamp() >= row.stale_at or not _same(row.made_of, made_of):
            row = _fresh(view, now, days, made_of)
        elif row.last is last:
            return row
        latency = None if last is None else last.latency_ms
        row.shape.last_ms = None if latency is None else round(latency, 1)
        row.last = last
        row.raw = self._encode(row.shape)
        return row


def _same(old: tuple[object, ...], new: tuple[object, ...]) -> bool:
    # A configuration is compared by identity: an edit makes a new one, and field by field would cost more than a row.
    return old[0] is new[0] and old[1:] == new[1:]


def _fresh(view: "MonitorView", now: datetime, days: Days, made_of: tuple[object, ...]) -> _Row:
    monitor, config = view.monitor, view.monitor.config
    strip, ratio = _day(view, now, days)
    shape = shapes.OverviewRow(
        id=monitor.id,
        slug=monitor.slug,
        name=config.name,
        type=config.type,
        target=config.target,
        status=view.status.value,
        reason=view.reason,
        message=notable(view),
        since=present.instant(view.since),
        last_ms=None,
        uptime_24h_ratio=ratio,
        strip=strip,
        tags=config.tags,
        group=config.group,
    )
    calm = len(set(strip)) == 1
    # Spread by id, so that thousands of rows do not grow stale in the same second.
    share = 0.75 + (monitor.id * 61 % 100) / 200
    return _Row(made_of, shape, now.timestamp() + share * (CALM_SECONDS if calm else MOVING_SECONDS))


def _day(view: "MonitorView", now: datetime, days: Days) -> tuple[str, float | None]:
    start, spans = now - DAY, view.spans(now)
    key = tuple([(s.status, s.from_at if s.from_at > start else None, s.to_at) for s in spans])
    found = days.get(key)
    if found is None:
        ratio = present.ratio(uptime.ratio(uptime.seconds(spans, start, now)))
        found = days[key] = (uptime.strip(spans, now), ratio)
    return found
