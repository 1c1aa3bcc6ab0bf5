"""What is said to subscribers of status pages: each bulletin once, and a row in the outbox for each who is told."""

import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from asura.domain.channel import Notification
from asura.domain.instant import at_ms, from_ms
from asura.domain.subscription import LETTER_LANE, MAIL_LANE, digest
from asura.store import columns, outbox

ADD = """
    INSERT INTO bulletins (page_id, key, payload, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING
"""
ID_OF = "SELECT id FROM bulletins WHERE key = ?"
PAYLOAD = "SELECT payload FROM bulletins WHERE id = ?"
# The beginning of the token's hash stands for the subscriber: it is the same for ever, and says nothing to others.
TELL = f"""
    INSERT INTO notifications (channel_id, incident_id, monitor_id, event, key, thread, payload, status, reason,
        created_at, next_attempt_at, attempts, finished_at, subscriber_id)
    SELECT CASE kind WHEN 'email' THEN {MAIL_LANE} ELSE {LETTER_LANE} - id END, NULL, NULL, :event,
        lower(hex(substr(token_hash, 1, 8))) || '-' || :key, lower(hex(substr(token_hash, 1, 8))) || '-' || :thread,
        :payload, 'pending', 'subscribed', :now, :now, 0, NULL, id
    FROM subscribers WHERE page_id = :page AND confirmed_at IS NOT NULL
    AND (:components IS NULL OR CAST(components AS TEXT) = '[]'
        OR EXISTS (SELECT 1 FROM json_each(CAST(components AS TEXT))
            WHERE value IN (SELECT value FROM json_each(:components))))
    ORDER BY id ON CONFLICT (key) DO NOTHING
"""
DUE_LETTERS = f"""
    {outbox.SELECT} INDEXED BY notifications_to_subscribers
    WHERE channel_id = {LETTER_LANE} AND next_attempt_at <= :now AND subscriber_id IS NOT NULL AND {outbox.ITS_TURN}
    ORDER BY next_attempt_at, id LIMIT :count
"""
DUE_MAILS = f"""
    {outbox.SELECT} INDEXED BY notifications_to_subscribers
    WHERE channel_id = {MAIL_LANE} AND next_attempt_at <= :now AND subscriber_id IS NOT NULL AND {outbox.ITS_TURN}
    ORDER BY next_attempt_at, id LIMIT :count
"""
DUE_HOOKS = f"""
    {outbox.SELECT} INDEXED BY notifications_to_subscribers
    WHERE channel_id < {LETTER_LANE} AND next_attempt_at <= :now AND subscriber_id IS NOT NULL
    AND channel_id NOT IN (SELECT value FROM json_each(:busy)) AND {outbox.ITS_TURN} LIMIT :count
"""
# Of what is due already the lanes know: they are busy with it, or will be.
NEXT_AT = """
    SELECT min(next_attempt_at) FROM notifications INDEXED BY notifications_to_subscribers
    WHERE status IN ('pending', 'failed') AND subscriber_id IS NOT NULL AND next_attempt_at > ?
"""
WAITING = """
    SELECT count(*) FROM notifications INDEXED BY notifications_to_subscribers
    WHERE status IN ('pending', 'failed') AND subscriber_id IS NOT NULL
"""
SWEEP_TOLD = """
    DELETE FROM notifications WHERE id IN (
        SELECT id FROM notifications INDEXED BY notifications_told
        WHERE finished_at IS NOT NULL AND subscriber_id IS NOT NULL AND finished_at < ? LIMIT ?)
"""
SWEEP = "DELETE FROM bulletins WHERE id IN (SELECT id FROM bulletins WHERE created_at < ? LIMIT ?)"
# Nobody looks at what one of many subscribers got; a key is known for as long as anybody could tell it again.
KEPT = timedelta(days=3)
_BULLETINS_KEPT = timedelta(days=14)


class Said(NamedTuple):
    """A bulletin as it is written into the outbox: `payload` is everything that it says, `components` None for all."""

    page_id: int
    event: str
    key: str
    thread: str
    payload: Any
    components: Sequence[int] | None


def tell(db: sqlite3.Connection, said: Said, now: datetime) -> int:
    """Write a row for each confirmed subscriber of a page whom a bulletin concerns; returns for how many it did."""
    stamp = at_ms(now)
    db.execute(ADD, (said.page_id, said.key, columns.to_json(said.payload), stamp))
    bulletin_id = db.execute(ID_OF, (said.key,)).fetchone()[0]
    query = {
        "page": said.page_id,
        "event": said.event,
        "key": digest(said.key),
        "thread": digest(said.thread),
        "payload": columns.to_json({"bulletin": bulletin_id}),
        "now": stamp,
        "components": None if said.components is None else columns.to_json(sorted(said.components)).decode(),
    }
    return db.execute(TELL, query).rowcount


def payload(db: sqlite3.Connection, bulletin_id: int) -> Any:
    """Return everything that a bulletin says; None when it is not there any more."""
    row = db.execute(PAYLOAD, (bulletin_id,)).fetchone()
    return None if row is None else columns.from_json(row[0])


def due_mails(db: sqlite3.Connection, now: datetime, *, limit: int) -> list[Notification]:
    """Return mails whose turn it is: letters about subscriptions first, because somebody waits for them."""
    query = {"now": at_ms(now), "count": limit}
    letters = [outbox.of_row(row) for row in db.execute(DUE_LETTERS, query)]
    query["count"] = limit - len(letters)
    return letters + [outbox.of_row(row) for row in db.execute(DUE_MAILS, query)]


def due_hooks(db: sqlite3.Connection, now: datetime, *, busy: Collection[int], limit: int) -> list[Notification]:
    """Return messages to webhooks whose turn it is, none in a lane that is busy."""
    query = {"now": at_ms(now), "busy": columns.to_json(list(busy)).decode(), "count": limit}
    return [outbox.of_row(row) for row in db.execute(DUE_HOOKS, query)]


def next_at(db: sqlite3.Connection, now: datetime) -> datetime | None:
    """Return when the next message to a subscriber falls due that is not due yet; None when there is none."""
    found = db.execute(NEXT_AT, (at_ms(now),)).fetchone()[0]
    return None if found is None else from_ms(found)


def waiting(db: sqlite3.Connection) -> int:
    """Return how many messages to subscribers are not told yet."""
    return int(db.execute(WAITING).fetchone()[0])


def sweep(db: sqlite3.Connection, now: datetime, *, limit: int) -> bool:
    """Delete some of what was told a while ago; return whether there was any."""
    for query, kept in ((SWEEP_TOLD, KEPT), (SWEEP, _BULLETINS_KEPT)):
        if db.execute(query, (at_ms(now - kept), limit)).rowcount:
            return True
    return False
