"""Every SQL text of the store is one that SQLite takes, and none on a hot path reads a whole table."""

import importlib
import pkgutil
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

import asura.store
from asura.store import connections, migrate

VERBS = (
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "WITH",
    "PRAGMA",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT",
    "RELEASE",
)


def modules() -> Iterator[str]:
    yield from sorted(f"asura.store.{found.name}" for found in pkgutil.iter_modules(asura.store.__path__))


def constants() -> list[tuple[str, str]]:
    """Each upper-case constant that is a whole statement, as module.NAME."""
    found = []
    for module in modules():
        for name, value in sorted(vars(importlib.import_module(module)).items()):
            texts = value if isinstance(value, dict) else {"": value}
            for key, text in texts.items():
                if name.isupper() and isinstance(text, str) and text.split() and text.split()[0] in VERBS:
                    found.append((f"{module.removeprefix('asura.store.')}.{name}{key and '.' + key}", text))
    return found


STATEMENTS = dict(constants())
# A start reads these tables whole; there are a few users, monitors, channels, keys, words, and one hour of tail.
WHOLE = {
    "heartbeats.ALL",
    *("users.ALL", "users.OTHER_ADMINS", "sessions.ALL", "invitations.COUNT", "invitations.SWEEP"),
    *("inspection.CHANNELS", "inspection.SEALED"),
    # A backup looks at everything, on a thread that nobody waits for.
    *("snapshot.TABLES", "snapshot.MONITORS", "sealed.HAS_TABLE", "sealed.TOKENS.heartbeats"),
    # A restore, before anybody has it open.
    *("access.KEYS", "access.USERS", "access.PROBES", "access.ENDED.sessions", "access.ENDED.invitations"),
    "genuine.OBJECTS",
    *(f"sealed.IN_JSON.{table}" for table in ("channels", "monitors", "users", "subscribers")),
    *("monitors.ALL", "channels.ALL", "keys.ALL", "carry.ALL", "results.REPLAY", "results.MONITOR_IDS", "readers.PIN"),
    *("pages.ALL", "pages.FILES", "maintenance.ALL"),
    *("outbox.SELECT", "incidents.SELECT", "subscribers.SELECT", "purge.NEXT"),
    *("probes.ALL", "probes.TAKEN", "probes.PURGE"),
    *("posts.RECENT", "posts.SWEEP_ENDED", "announced.ALL", "announced.FORGET"),
}

# These hold only what is open or waiting.
SMALL_INDEXES = ("incidents_active", "notifications_due", "notifications_lane", "notifications_to_subscribers")


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path: Path = tmp_path_factory.mktemp("queries") / "asura.db"
    connection = connections.open_writer(path)
    migrate.migrate(connection, path)
    yield connection
    connection.close()


def plan(db: sqlite3.Connection, statement: str) -> list[str]:
    if statement.split()[0] in ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA"):
        return []
    named = set(re.findall(r":([a-z_]+)", statement))
    values = dict.fromkeys(named, 1) if named else [1] * statement.count("?")
    return [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}", values)]


def test_there_are_statements_of_every_room() -> None:
    rooms = {name.split(".")[0] for name in STATEMENTS}
    assert rooms >= {
        "monitors",
        "channels",
        "keys",
        "spans",
        "gaps",
        "incidents",
        "outbox",
        "results",
        "history",
        "meta",
        "pings",
        "heartbeats",
        "probes",
    }
    assert len(STATEMENTS) > 70


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_statement_is_taken_and_reads_no_whole_table(db: sqlite3.Connection, name: str) -> None:
    steps = plan(db, STATEMENTS[name])
    if name in WHOLE:
        return
    for step in steps:
        # A scan of our own list of values, of an index in its order up to a limit, or of one row is none of a table.
        scanned = re.match(r"SCAN (\w+)(.*)", step)
        if scanned is None or scanned[1] in ("stretch", "link", "json_each", "CONSTANT", "monitor", "link"):
            continue
        limited = "LIMIT" in STATEMENTS[name] or "min(" in STATEMENTS[name] or "max(" in STATEMENTS[name]
        if any(index in scanned[2] for index in SMALL_INDEXES):
            continue
        covered = "USING" in scanned[2] or "ORDER BY id" in STATEMENTS[name]
        assert limited and covered, f"{name}: {step}"


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("spans.LAST_BEFORE", "USING PRIMARY KEY (monitor_id=? AND region=? AND from_at<?)"),
        ("spans.READ", "USING PRIMARY KEY (monitor_id=? AND region=? AND from_at>? AND from_at<?)"),
        ("spans.OPEN", "USING INDEX spans_by_end (to_at=?)"),
        ("spans.ENDED_SINCE", "USING INDEX spans_by_end (to_at>?)"),
        ("outbox.DUE", "USING INDEX notifications_due (next_attempt_at<?)"),
        ("outbox.DUE", "USING INDEX notifications_lane (channel_id=? AND incident_id=? AND thread=? AND id<?)"),
        ("outbox.NEXT_AT", "USING INDEX notifications_due"),
        ("outbox.BY_KEY", "(key=?)"),
        ("outbox.PAGE_OF_CHANNEL", "USING INDEX notifications_by_channel (channel_id=? AND id<?)"),
        ("outbox.PAGE_OF_INCIDENT", "USING INDEX notifications_by_incident (incident_id=? AND id<?)"),
        ("outbox.DELIVERIES", "USING INDEX deliveries_by_notification (notification_id=?)"),
        ("outbox.PAGE", "USING INDEX notifications_to_channels (id<?)"),
        ("bulletins.DUE_LETTERS", "USING INDEX notifications_to_subscribers (channel_id=? AND next_attempt_at<?)"),
        ("bulletins.DUE_MAILS", "USING INDEX notifications_to_subscribers (channel_id=? AND next_attempt_at<?)"),
        ("bulletins.DUE_HOOKS", "USING INDEX notifications_to_subscribers (channel_id<?)"),
        ("bulletins.NEXT_AT", "USING INDEX notifications_to_subscribers"),
        ("bulletins.TELL", "SEARCH subscribers USING INDEX"),
        ("subscribers.BY_TOKEN", "(token_hash=?)"),
        ("subscribers.BY_ADDRESS", "(page_id=? AND kind=? AND address_hash=?)"),
        ("subscribers.SWEEP", "USING INDEX subscribers_unconfirmed (created_at<?)"),
        ("incidents.ACTIVE", "USING INDEX incidents_active"),
        ("incidents.PAGE_OF_MONITOR", "incident_monitors_by_monitor (monitor_id=? AND incident_id<?)"),
        ("incidents.EVENTS", "USING INDEX events_by_incident (incident_id=?)"),
        ("history.BLOBS", "SEARCH blobs USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        ("series.HOURS", "SEARCH found USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        ("series.DAYS", "SEARCH found USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        ("sparkline.SPARKS", "SEARCH hours USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        ("purge.DELETES.blobs", "SEARCH found USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        ("retention.BLOBS", "SEARCH blobs USING INTEGER PRIMARY KEY (rowid<?)"),
        ("pack.TRIM", "SEARCH tail USING INTEGER PRIMARY KEY (rowid<?)"),
        ("pings.NEWEST", "SEARCH pings"),
        ("pings.AFTER", "SEARCH pings USING INTEGER PRIMARY KEY (rowid>?)"),
        ("pings.UNSAVED", "SEARCH pings USING INTEGER PRIMARY KEY (rowid>?)"),
        ("pings.UNSAVED", "SEARCH heartbeats USING INTEGER PRIMARY KEY (rowid=?)"),
        ("pings.CHAIN", "SEARCH pings USING INTEGER PRIMARY KEY (rowid=?)"),
        ("pings.SWEPT", "SEARCH pings USING INTEGER PRIMARY KEY (rowid>?)"),
        ("pings.SWEPT", "SEARCH heartbeats USING INTEGER PRIMARY KEY (rowid=?)"),
        ("pings.SWEPT", "SEARCH ping_bodies USING INTEGER PRIMARY KEY (rowid=?)"),
        ("heartbeats.SAVE", "SEARCH heartbeats USING INTEGER PRIMARY KEY (rowid=?)"),
    ],
)
def test_hot_path_uses_its_index(db: sqlite3.Connection, name: str, index: str) -> None:
    assert any(index in step for step in plan(db, STATEMENTS[name])), plan(db, STATEMENTS[name])


def test_the_log_of_pings_has_no_index_beside_its_id(db: sqlite3.Connection) -> None:
    """Every further page that a ping touches is paid for ten thousand times a second."""
    assert db.execute("PRAGMA index_list(pings)").fetchall() == []
    assert db.execute("PRAGMA index_list(ping_bodies)").fetchall() == []


def test_sql_stands_only_in_upper_case_constants() -> None:
    """Statements inside functions would escape the tests above; pragmas with a number are the one exception."""
    for path in sorted(Path(asura.store.__path__[0]).glob("*.py")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            inside = re.match(r'\s+.*\bexecute(many|script|_fetchall)?\(\s*f?"', line)
            assert inside is None or "PRAGMA" in line or path.name == "migrate.py", f"{path.name}:{number}"
