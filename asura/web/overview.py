"""The overview of all monitors, from rows that are encoded once and kept until they change."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from asura.domain.status import Status
from asura.web import present, shapes

if TYPE_CHECKING:
    from asura.domain.result import Result
    from asura.engine.live import MonitorView

# The strip moves by one letter in 24 minutes; the ratio of a monitor that is not well moves all the time.
CALM_SECONDS = 600.0
MOVING_SECONDS = 60.0


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

    def body(self, views: Iterable["MonitorView"], *, incidents_open: int, now: datetime) -> bytes:
        """Return the overview as JSON."""
        at, kept, counts = now.timestamp(), {}, Counter[str]()
        rows: list[bytes] = []
        for view in views:
            row = kept[view.monitor.id] = self._row(view, now, at)
            counts[row.shape.status] += 1
            rows.append(row.raw)
        # Rows of monitors that are gone go with the old table.
        self._rows = kept
        counted = self._encode({status.value: counts[status.value] for status in Status})
        return b'{"counts":%b,"monitors":[%b],"incidents_open":%d}' % (counted, b",".join(rows), incidents_open)

    def _row(self, view: "MonitorView", now: datetime, at: float) -> _Row:
        monitor, last = view.monitor, view.last
        made_of = (monitor, view.status, view.reason, view.message, view.since)
        row = self._rows.get(monitor.id)
        if row is None or at >= row.stale_at or not _same(row.made_of, made_of):
            row = _fresh(view, now, at, made_of)
        elif row.last is last:
            return row
        latency = None if last is None else last.latency_ms
        row.shape.last_ms = None if latency is None else round(latency, 1)
        row.last = last
        row.raw = self._encode(row.shape)
        return row


def _same(old: tuple[object, ...], new: tuple[object, ...]) -> bool:
    # By identity where that is enough: comparing two configurations field by field costs more than a new row.
    return all(a is b or (a == b and not isinstance(a, msgspec.Struct)) for a, b in zip(old, new, strict=True))


def _fresh(view: "MonitorView", now: datetime, at: float, made_of: tuple[object, ...]) -> _Row:
    monitor, config, strip = view.monitor, view.monitor.config, view.strip(now)
    shape = shapes.OverviewRow(
        id=monitor.id,
        slug=monitor.slug,
        name=config.name,
        type=config.type,
        target=config.target,
        status=view.status.value,
        reason=str(view.reason),
        message=view.message,
        since=present.instant(view.since),
        last_ms=None,
        uptime_24h_ratio=present.ratio(view.uptime_24h(now)),
        strip=strip,
        tags=config.tags,
        group=config.group,
    )
    calm = len(set(strip)) == 1
    # Spread by id, so that thousands of rows do not grow stale in the same second.
    share = 0.75 + (monitor.id * 61 % 100) / 200
    return _Row(made_of, shape, at + share * (CALM_SECONDS if calm else MOVING_SECONDS))


def etag_of(body: bytes) -> str:
    """Return a tag that changes with the body."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'
