"""Rebuilds heartbeats at the start: the states that were saved, and the pings since, stepped again."""

import logging
import sqlite3
from datetime import datetime, timedelta

from asura.domain.heartbeat import HEARTBEAT, fresh, numbered
from asura.domain.monitor import Monitor
from asura.domain.ping import PingKind
from asura.domain.taking import take
from asura.engine.beats import Beat, Beats
from asura.engine.live import Live
from asura.store import gaps, heartbeats, pings
from asura.store.db import Store

log = logging.getLogger(__name__)

# A yearly job is forgiven for every gap since its last ping.
REMEMBERED = timedelta(days=400)


async def recover_beats(store: Store, live: Live, beats: Beats, now: datetime) -> None:
    """Fill `beats` from the store: nothing that was acknowledged is forgotten, whenever it was killed."""

    def read(db: sqlite3.Connection) -> list[Beat]:
        beats.remember(gaps.ended_since(db, now - REMEMBERED))
        beats.start_ids(pings.next_id(db))
        found = {row.monitor_id: row for row in heartbeats.load_all(db)}
        made = [_beat(monitor, found.get(monitor.id)) for monitor in _waiting(live)]
        known = {beat.monitor_id: beat for beat in made if beat is not None}
        _replay(db, known)
        return list(known.values())

    for beat in await store.write(read):
        beats.put(beat, now)
        if beat.heart.last_id != beat.saved_id:
            beats.unsaved.add(beat.monitor_id)


def _waiting(live: Live) -> list[Monitor]:
    return [state.monitor for state in live.states() if state.monitor.config.type == HEARTBEAT]


def _beat(monitor: Monitor, row: heartbeats.Stored | None) -> Beat | None:
    if row is None:
        log.error("heartbeat %s has no row and cannot be pinged; delete it and make it anew", monitor.slug)
        return None
    heart = heartbeats.state_of(row)
    beat = Beat(monitor, heart, token_hash=row.token_hash, uuid_hash=row.uuid_hash, sealed=row.sealed)
    if heart.expected_at is None:
        beat.heart = fresh(heart.since, beat.rule, heart)
    beat.saved_id = row.upto
    return beat


def _replay(db: sqlite3.Connection, known: dict[int, Beat]) -> None:
    """Step each heartbeat by the pings that its saved state does not know of."""
    for logged in pings.unsaved(db):
        beat = known.get(logged.monitor_id)
        if beat is None:
            continue
        # An ignored ping changes nothing but their number.
        after = beat.heart if logged.ping.kind is PingKind.IGNORED else take(beat.heart, logged.ping, beat.rule).beat
        beat.heart = numbered(after, logged.id)
