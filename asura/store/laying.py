"""Lays down whole hours of results at once, past the tail: for worlds that are made up, and for benches."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from asura.domain import histogram, packing
from asura.domain.packing import Notes
from asura.store import carry, pack, rollups, row_ids
from asura.store.rollups import Figures as Figures

Place = tuple[int, int, int]


class Laid(NamedTuple):
    """One hour of one monitor and region, packed. Nothing in it says which hour: it may stand for several."""

    body: bytes
    notes: Notes
    packed: bytes
    figures: Figures
    row: tuple[int, int, int, bytes]
    spark: bytes


def made(body: bytes, notes: Notes | None = None) -> Laid:
    """Return an hour ready to be laid down; `body` holds records without keys (`packing.BODY`), in order of time."""
    records = packing.figures(0, body)
    figures = rollups.of(records)
    found = dict(notes or {})
    return Laid(body, found, packing.pack(body, found), figures, _row(figures), rollups.spark(records))


def hours(db: sqlite3.Connection, found: Iterable[tuple[Place, Laid]], *, blobs_from: int = 0) -> int:
    """Store hours that are not there yet, by (hour, monitor, region), and return how many results they hold.

    Of hours before `blobs_from` only the figures are kept, as retention leaves them. In order of time it is quickest.
    """
    rows, blobs, count = [], [], 0
    for place, laid in found:
        row_id = row_ids.row_id(*place)
        rows.append((row_id, *laid.row, laid.spark))
        count += laid.figures.checks
        if place[0] >= blobs_from:
            blobs.append((row_id, 0, laid.packed))
    db.executemany(rollups.PUT_HOUR, rows)
    db.executemany(pack.PUT, blobs)
    return count


def days(db: sqlite3.Connection, found: Iterable[tuple[Place, Figures]]) -> None:
    """Store the figures of days that are not there yet, by (day since the epoch, monitor, region)."""
    db.executemany(rollups.PUT_DAY, [(row_ids.row_id(*place), *_row(figures)) for place, figures in found])


def carried(db: sqlite3.Connection, found: Iterable[tuple[Place, Laid]]) -> None:
    """Carry the last results of each monitor and region over, as packing does."""
    for place, laid in found:
        carry.add(db, place, (laid.body, laid.notes))


def total(parts: Sequence[Laid]) -> Figures:
    """Return the figures of several hours."""
    return rollups.total([laid.figures for laid in parts]) if parts else rollups.NOTHING


def _row(figures: Figures) -> tuple[int, int, int, bytes]:
    return figures.checks, figures.failures, figures.latency_us, histogram.dump(figures.histogram)
