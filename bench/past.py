"""A large past: the database of a company that has been watched for a year, as an earlier schema left it behind."""

import random
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from asura.clock import SystemClock
from asura.domain import packing
from asura.domain.monitor import MonitorConfig
from asura.store import connections, laying, meta, migrate, monitors
from asura.store import folder as names
from asura.store.laying import Laid
from asura.store.seal import Vault

RAW_HOURS = 30 * 24
HOUR_MS = packing.HOUR_MS
REASON, REGION = 1, 1
TEMPLATES = 64
ADD = {
    "words": "INSERT INTO words VALUES (?, ?, ?)",
    "spans": "INSERT INTO spans VALUES (?, '', ?, ?, ?, ?)",
    "incidents": "INSERT INTO incidents VALUES (?, 'resolved', 'critical', ?, 'connect_refused', ?, ?, ?, NULL, NULL, "
    "?, NULL, NULL, NULL, x'5b5d')",
    "members": "INSERT INTO incident_monitors VALUES (?, ?)",
    "events": "INSERT INTO events VALUES (?, ?, ?, ?, 'failure_confirmed', NULL, ?)",
    "evidence": "INSERT INTO evidence VALUES (?, ?, 'local', ?, 2, 'connect_refused', ?, NULL)",
    "notifications": "INSERT INTO notifications (id, channel_id, incident_id, monitor_id, event, key, thread, payload, "
    "status, reason, created_at, next_attempt_at, attempts, finished_at) "
    "VALUES (?, 1, ?, ?, 'incident.opened', ?, ?, ?, 'sent', 'default_channel', ?, ?, 1, ?)",
    "deliveries": "INSERT INTO deliveries VALUES (?, ?, ?, 1, '200 OK', 120.0)",
    "tail": "INSERT INTO tail VALUES (?, ?, NULL)",
}
PAYLOAD = msgspec.json.encode(
    {"title": "DOWN: Shop", "text": "Connection refused by 192.0.2.7:443. " * 20, "facts": {}}
)


def fill(folder: Path, *, gigabytes: float, schema: int, count: int, target: str) -> Path:
    """Make a database of a schema with so many monitors of one target, and a past of that size; returns its path."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, now = folder / "asura.db", int(time.time() * 1000)
    names.make_private_file(path)
    db = connections.open_writer(path)
    # Nobody needs it if it is not finished.
    db.execute("PRAGMA synchronous=OFF")
    migrate.migrate(db, path, known=[step for step in migrate.steps() if step.number <= schema])
    db.execute("BEGIN")
    db.executemany(ADD["words"], [("region", REGION, "local"), ("reason", REASON, "ok")])
    _monitors(db, folder, count, target)
    _tail(db, count, now)
    _happened(db, count, now, int(gigabytes * 33_000))
    db.execute("COMMIT")
    _hours(db, path, count, now, gigabytes * 1e9)
    meta.put(db, "last_alive_at", SystemClock().now().isoformat())
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    db.close()
    return path


def _monitors(db: sqlite3.Connection, folder: Path, count: int, target: str) -> None:
    vault, now = Vault(folder), SystemClock().now()
    for number in range(count):
        config = MonitorConfig(name=f"Monitor {number}", type="http", target=target, interval=60.0)
        monitors.insert(db, vault, slug=f"monitor-{number}", config=config, now=now)


def _body(chance: random.Random) -> bytes:
    """Return an hour of a check a minute."""
    body = bytearray()
    for minute in range(60):
        phases = [chance.lognormvariate(mean, 0.25) for mean in (0.7, 2.5, 3.2, 3.6, -0.7)]
        offset, latency = minute * 60_000 + chance.randrange(20), int(sum(phases) * 1000)
        packed = bytes(packing.phase_byte(phase) for phase in phases)
        body += packing.BODY.pack(offset, latency, 1, 200, REASON, 4, packed)
    return bytes(body)


def _templates() -> list[Laid]:
    chance = random.Random(7)
    return [laying.made(_body(chance)) for _ in range(TEMPLATES)]


def _hours(db: sqlite3.Connection, path: Path, count: int, now: int, size: float) -> None:
    """Lay down hours, oldest first: figures as far back as the size wants it, results for a month."""
    laid, hour_now = _templates(), now // HOUR_MS
    a_figure, a_blob = len(laid[0].row[3]) + len(laid[0].spark) + 22, len(laid[0].packed) + 18
    figures = max(0, int((size - path.stat().st_size - RAW_HOURS * count * a_blob) / (count * a_figure)))
    raw = min(RAW_HOURS, int(size / (count * (a_blob + a_figure))))
    first = hour_now - max(raw, min(figures, 400 * 24))
    for start in range(first, hour_now, 24):
        db.execute("BEGIN")
        places = _places(start, min(start + 24, hour_now), count, laid)
        laying.hours(db, places, blobs_from=hour_now - raw)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    db.execute("BEGIN")
    laying.carried(
        db, (((hour_now - 1, monitor, REGION), laid[monitor % TEMPLATES]) for monitor in range(1, count + 1))
    )
    db.execute("COMMIT")


def _places(start: int, end: int, count: int, laid: list[Laid]) -> Iterator[tuple[laying.Place, Laid]]:
    for hour in range(start, end):
        for monitor in range(1, count + 1):
            yield (hour, monitor, REGION), laid[(hour * 31 + monitor) % TEMPLATES]


def _tail(db: sqlite3.Connection, count: int, now: int) -> None:
    """Write the results of the open hour and of the one before, a row a second, as the judge does."""
    chance, rows = random.Random(8), []
    body = _body(chance)[4 : packing.BODY_SIZE]
    for number, second in enumerate(range(-3600 - now // 1000 % 3600, 0), 1):
        hour, offset = divmod(now + second * 1000, HOUR_MS)
        due = range(1 + number % 60, count + 1, 60)
        records = b"".join(
            packing.KEY.pack(hour, monitor, REGION) + offset.to_bytes(4, "big") + body for monitor in due
        )
        rows.append((number, packing.squeeze(records)))
    db.executemany(ADD["tail"], rows)


def _happened(db: sqlite3.Connection, count: int, now: int, outages: int) -> None:
    """Write outages over a year: spans, incidents, events, evidence, and two messages each."""
    year, message = 365 * 86_400_000, "Connection refused by 192.0.2.7:443."
    detail = msgspec.json.encode({"message": message, "routing": [{"channel_id": 1, "told": True}]})
    for number in range(1, outages + 1):
        monitor, began = 1 + number % count, now - year + number * (year // (outages + 2))
        ended = began + 300_000
        db.execute(ADD["spans"], (monitor, began, ended, "down", "connect_refused"))
        db.execute(ADD["incidents"], (number, f"Monitor {monitor} is down", message, began, began + 32_000, ended))
        db.execute(ADD["members"], (number, monitor))
        db.execute(ADD["evidence"], (number, number, began, message))
        for half, (kind, at) in enumerate((("incident.opened", began), ("incident.resolved", ended))):
            row = number * 2 + half
            db.execute(ADD["events"], (row, number, at, kind, detail))
            thread = f"incident-{number}"
            db.execute(ADD["notifications"], (row, number, monitor, f"key-{row}", thread, PAYLOAD, at, at, at + 500))
            db.execute(ADD["deliveries"], (row, row, at))
    open_spans = [(monitor, now - 200_000, None, "up", "ok") for monitor in range(1, count + 1)]
    db.executemany(ADD["spans"], open_spans)
