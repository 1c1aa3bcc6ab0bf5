"""Spans: each instant of a monitor is in exactly one state. How they are switched, cut, and covered by our own gaps."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from asura.domain.status import Status

# Our own gap says nothing about a monitor that nobody was to check.
_NOT_CHECKED = frozenset({Status.PAUSED, Status.MAINTENANCE})
_NEVER = datetime.max.replace(tzinfo=UTC)


class Span(msgspec.Struct, frozen=True):
    """A stretch of time in one state; `to_at` is None while it lasts. Region "" is what is believed of the whole."""

    monitor_id: int
    region: str
    status: Status
    reason: str
    from_at: datetime
    to_at: datetime | None = None


class Gap(msgspec.Struct, frozen=True):
    """A stretch in which asura itself could not watch; `to_at` is None while it lasts."""

    from_at: datetime
    to_at: datetime | None
    reason: str


# Tells whether a gap of ours says something of a monitor.
Due = Callable[[Gap], bool]


def switched(spans: Sequence[Span], span: Span) -> list[Span]:
    """Return the spans of one monitor and region after a switch to the open `span`.

    What began at or after its start is gone, what overlaps it is cut, and the same state goes on as one span.
    """
    kept = [old for old in spans if old.from_at < span.from_at]
    if not kept:
        return [span]
    last = kept[-1]
    reached = last.to_at is None or last.to_at >= span.from_at
    if reached and (last.status, last.reason) == (span.status, span.reason):
        return [*kept[:-1], msgspec.structs.replace(last, to_at=None)]
    if reached:
        kept[-1] = msgspec.structs.replace(last, to_at=span.from_at)
    return [*kept, span]


def clip(spans: Iterable[Span], from_at: datetime, to_at: datetime) -> list[Span]:
    """Return what of the spans lies in [from_at, to_at), cut to it; a span that lasts is cut at its end."""
    found = []
    for span in spans:
        start, end = max(span.from_at, from_at), min(span.to_at or _NEVER, to_at)
        if start < end:
            found.append(msgspec.structs.replace(span, from_at=start, to_at=end))
    return found


def apply_gaps(spans: Iterable[Span], gaps: Sequence[Gap], due: Due | None = None) -> list[Span]:
    """Return the spans with each gap's stretch turned `unknown`, where a check was due inside it.

    `due(gap)` tells whether one was; without it every gap counts. Paused and maintenance stay.
    """
    counting = [gap for gap in gaps if due is None or due(gap)]
    found: list[Span] = []
    for span in spans:
        pieces = [span] if span.status in _NOT_CHECKED else _covered(span, counting)
        for piece in pieces:
            _extend(found, piece)
    return found


def planned_over(spans: Iterable[Span], whole: Iterable[Span]) -> list[Span]:
    """Return what one region saw, under the stretches in which the whole was paused or under maintenance."""
    planned = [over for over in whole if over.status in _NOT_CHECKED]
    found: list[Span] = []
    for span in spans:
        for piece in _under(span, planned):
            _extend(found, piece)
    return found


def pushed(at: datetime, length: timedelta, gaps: Iterable[Gap]) -> datetime:
    """Return an instant of which something counts for a length, later by what of our own gaps lies in that stretch.

    Gaps that began when it was over already give nothing back.
    """
    end = at + length
    for gap in sorted(gaps, key=lambda gap: gap.from_at):
        if gap.to_at is not None and gap.to_at > at and gap.from_at < end:
            end += gap.to_at - max(gap.from_at, at)
    return end - length


def back_dated(at: datetime, gaps: Iterable[Gap]) -> datetime:
    """Return how far back a change that began `at` may be dated: not before the end of a gap that came after it."""
    ends = [gap.to_at for gap in gaps if gap.to_at is not None and gap.to_at > at]
    return max(ends, default=at)


def _covered(span: Span, gaps: Sequence[Gap]) -> list[Span]:
    """Return one span in pieces, those under a gap turned unknown with the gap's reason."""
    hidden = (msgspec.structs.replace(span, status=Status.UNKNOWN, reason=gap.reason) for gap in gaps)
    covers = zip(gaps, hidden, strict=True)
    return _under(span, [_piece(one, gap.from_at, gap.to_at or _NEVER) for gap, one in covers])


def _under(span: Span, covers: Sequence[Span]) -> list[Span]:
    """Return one span in pieces, those under a cover in its state and with its reason."""
    pieces = []
    start, end = span.from_at, span.to_at or _NEVER
    for cover in sorted(covers, key=lambda cover: cover.from_at):
        low, high = max(cover.from_at, start), min(cover.to_at or _NEVER, end)
        if low >= high:
            continue
        if start < low:
            pieces.append(_piece(span, start, low))
        hidden = msgspec.structs.replace(span, status=cover.status, reason=cover.reason)
        pieces.append(_piece(hidden, low, high))
        start = high
    if start < end:
        pieces.append(_piece(span, start, end))
    return pieces


def _piece(span: Span, from_at: datetime, to_at: datetime) -> Span:
    return msgspec.structs.replace(span, from_at=from_at, to_at=None if to_at == _NEVER else to_at)


def _extend(found: list[Span], span: Span) -> None:
    """Append a span, or make the last one longer when the state goes on without a break."""
    last = found[-1] if found else None
    if last is not None and last.to_at == span.from_at and (last.status, last.reason) == (span.status, span.reason):
        found[-1] = msgspec.structs.replace(last, to_at=span.to_at)
    else:
        found.append(span)
