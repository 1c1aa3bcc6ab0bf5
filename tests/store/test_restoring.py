"""What is restored is what was backed up, verified before anything is touched; anything else is refused."""

import asyncio
import contextlib
import lzma
import os
import shutil
import sqlite3
from pathlib import Path

import msgspec
import pytest

from asura.clock import SystemClock
from asura.domain.user import User
from asura.errors import AsuraError, Conflict
from asura.store import (
    audit,
    copies,
    folder,
    genuine,
    invitations,
    keys,
    meta,
    migrate,
    restoring,
    sealed,
    sessions,
    swap,
    users,
)
from asura.store.access import Access
from asura.store.age import Key
from asura.store.archive_reading import Unreadable
from asura.store.db import Store
from asura.store.invitations import Invitation
from asura.store.keys import ApiKey
from asura.store.sessions import Session
from asura.store.snapshot import Task
from tests.store.backing import AT, fill, forged, packed, unpacked, write
from tests.store.kit import START
from tests.store.test_archive_reading import members


@pytest.fixture(name="made", scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made")
    asyncio.run(fill(place / "data"))
    write(place / "data", place / "whole.backup")
    return place


def unpack(path: Path, place: Path, *, beside: Path | None = None) -> restoring.Found:
    place.mkdir(exist_ok=True)
    return restoring.unpack(path, Key(), place, Task(), beside=beside)


async def test_a_backup_comes_back_with_everything_and_is_held(made: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    found = unpack(made / "whole.backup", data)
    assert (found.kind, found.monitors, found.made_at, found.schema) == ("plain", 1, AT, migrate.newest())
    restoring.hold(data, at=AT, made_at=found.made_at)
    assert sealed.verify(data / "asura.db") == 2
    store = Store.open(data, clock=SystemClock())
    assert len(await store.write(store.results.load)) == 3, "the open hour is there"
    async with store.read() as reader:
        held = list(await reader.execute_fetchall("SELECT value FROM meta WHERE key = 'held_since'"))
        entries, _ = await audit.page(reader, audit.Wanted(entity="backup"), limit=10)
    assert [tuple(row) for row in held] == [(AT.isoformat(),)]
    assert [(one.actor, one.action, one.after) for one in entries] == [
        ("command line", "restore", {"made_at": AT.isoformat()})
    ]
    assert (await audit.verify(store)).ok
    await store.close()


def test_one_of_a_newer_version_is_refused_before_it_is_unpacked(made: Path, tmp_path: Path) -> None:
    newer = packed(tmp_path / "newer.backup", members(made / "whole.backup", schema=999, version="9.9.9"))
    with pytest.raises(AsuraError, match=r"made by asura 9\.9\.9 \(schema 999; this one knows"):
        unpack(newer, tmp_path / "place")
    assert os.listdir(tmp_path / "place") == []


def test_a_manifest_that_does_not_fit_its_database_is_refused(made: Path, tmp_path: Path) -> None:
    rows = {"monitors": 5}
    with pytest.raises(Unreadable, match="rows in"):
        unpack(packed(tmp_path / "x.backup", members(made / "whole.backup", rows=rows)), tmp_path / "place")


def test_without_its_key_the_secrets_do_not_open_and_it_is_refused(made: Path, tmp_path: Path) -> None:
    first, database, _ = members(made / "whole.backup")
    files = {name: value for name, value in _files(made).items() if name == "asura.db"}
    first = members(made / "whole.backup", files=files)[0]
    with pytest.raises(Unreadable, match="do not open with the key inside"):
        unpack(packed(tmp_path / "x.backup", [first, database]), tmp_path / "place")


def _files(made: Path) -> dict[str, object]:
    from tests.store.backing import manifest_of

    found: dict[str, object] = manifest_of(made / "whole.backup")["files"]
    return found


def test_a_database_that_a_migration_left_comes_back_with_the_key_in_use(made: Path, tmp_path: Path) -> None:
    left = tmp_path / "asura-schema-5-20260301T080000Z.db"
    copies.backup(made / "data" / "asura.db", left)
    found = unpack(left, tmp_path / "place", beside=made / "data")
    assert (found.kind, found.monitors, found.version) == ("database", 1, "")
    assert f"{found.made_at:%d %H:%M}" == "01 08:00"
    assert (tmp_path / "place" / "secret.key").read_bytes() == (made / "data" / "secret.key").read_bytes()
    with pytest.raises(Unreadable, match=r"only with the secret\.key that belongs to it.*Put that key file"):
        unpack(left, tmp_path / "alone", beside=tmp_path)


@pytest.mark.parametrize("kind", ["empty", "other", "open", "broken", "zero"])
def test_other_databases_are_refused(made: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.db"
    db = sqlite3.connect(path)
    if kind == "other":
        db.execute("CREATE TABLE notes (text TEXT)")
    db.execute("PRAGMA user_version=0" if kind == "empty" else "PRAGMA user_version=3")
    db.close()
    if kind == "open":
        (tmp_path / "x.db-wal").write_text("not empty")
    if kind == "broken":
        content = unpacked(made / "whole.backup")["asura.db"]
        path.write_bytes(content[: len(content) // 2])
    if kind == "zero":
        path.write_bytes(b"")
    with pytest.raises(
        Unreadable,
        match=r"none of asura|that asura makes|open database|damaged|malformed|is empty|no backup",
    ):
        unpack(path, tmp_path / "place")


def test_a_running_asura_is_left_alone(tmp_path: Path) -> None:
    held = restoring.refuse_running(tmp_path / "new")
    with pytest.raises(Conflict, match=r"asura is running on this data\. Stop it"):
        restoring.refuse_running(tmp_path / "new")
    folder.unlock(held)
    folder.unlock(restoring.refuse_running(tmp_path / "new"))
    (tmp_path / "file").touch()
    with pytest.raises(AsuraError, match=r"File exists|Not a directory"):
        restoring.refuse_running(tmp_path / "file")


FORGERIES = {
    "a trigger that takes the hold away": """CREATE TRIGGER x AFTER INSERT ON meta WHEN new.key = 'held_since'
        BEGIN DELETE FROM meta WHERE key = 'held_since'; END""",
    "what keeps the audit log whole": "DROP TRIGGER audit_is_not_changed",
    "another trigger of that name": "DROP TRIGGER audit_is_not_deleted; "
    "CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN SELECT 1; END",
    "a view": "CREATE VIEW mine AS SELECT * FROM meta",
    "a view in the place of a table": "DROP TABLE page_files; CREATE VIEW page_files AS SELECT * FROM meta",
    "a virtual table": "CREATE VIRTUAL TABLE mine USING fts5(text)",
    "a column": "ALTER TABLE meta ADD COLUMN more TEXT",
    "a name with a quote": 'CREATE TABLE "a"" b" (x)',
    "a hidden trigger": "PRAGMA writable_schema=ON; INSERT INTO sqlite_master VALUES ('trigger', 'sqlite_stat1', "
    "'meta', 0, 'CREATE TRIGGER sqlite_stat1 AFTER INSERT ON meta BEGIN SELECT 1; END')",
}


@pytest.mark.parametrize("script", FORGERIES.values(), ids=list(FORGERIES))
def test_a_database_that_is_not_as_asura_makes_it_is_refused(made: Path, tmp_path: Path, script: str) -> None:
    with pytest.raises(Unreadable, match=r"none that asura makes|another than asura makes|is missing"):
        unpack(forged(made / "whole.backup", tmp_path / "x.backup", script), tmp_path / "place")


def test_what_others_add_to_a_database_for_themselves_is_let_through(made: Path, tmp_path: Path) -> None:
    others = (
        "ANALYZE; CREATE TABLE IF NOT EXISTS _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER); "
        "CREATE TABLE IF NOT EXISTS _litestream_lock (id INTEGER)"
    )
    database = tmp_path / "left.db"
    copies.backup(made / "data" / "asura.db", database)
    with contextlib.closing(sqlite3.connect(database)) as db:
        db.executescript(others)
    assert unpack(database, tmp_path / "place", beside=made / "data").monitors == 1


def test_a_key_that_is_none_is_refused_also_where_nothing_is_sealed(made: Path, tmp_path: Path) -> None:
    nothing = "DELETE FROM channels; DELETE FROM meta WHERE key = 'ping_key'"
    path = forged(made / "whole.backup", tmp_path / "x.backup", nothing, key=b"short")
    with pytest.raises(Unreadable, match="do not open with the key inside"):
        unpack(path, tmp_path / "place")


def test_a_hold_that_is_not_kept_ends_the_restore(made: Path, tmp_path: Path) -> None:
    unpack(made / "whole.backup", tmp_path / "place")
    with contextlib.closing(sqlite3.connect(tmp_path / "place" / "asura.db")) as db:
        db.executescript(FORGERIES["a trigger that takes the hold away"])
    with pytest.raises(Unreadable, match="does not keep that its messages are held"):
        restoring.hold(tmp_path / "place", at=AT, made_at=AT)


async def test_a_restore_ends_sessions_and_links_and_says_who_comes_in(made: Path, tmp_path: Path) -> None:
    unpack(made / "whole.backup", tmp_path / "place")
    store = Store.open(tmp_path / "place", clock=SystemClock())

    def change(db: sqlite3.Connection) -> None:
        keys.insert(db, ApiKey(name="ci", role="editor", hash="1", created_at=AT))
        ann = users.insert(db, store.vault, User(name="Ann", role="admin", created_at=AT, updated_at=AT))
        users.insert(db, store.vault, User(name="Bo", role="viewer", created_at=AT, updated_at=AT, disabled_at=AT))
        instants = {"created_at": AT, "last_used_at": AT, "expires_at": AT}
        sessions.insert(db, Session(user_id=ann.id, hash="2", **instants))
        link = Invitation(hash="3", role="admin", created_by="Ann", created_at=AT, expires_at=AT)
        invitations.insert(db, link)
        invitations.insert(db, msgspec.structs.replace(link, hash="4", user_id=ann.id))

    await store.write(change)
    await store.write(lambda db: meta.put(db, meta.INSTALLATION, "0123abcd"))
    await store.close()
    found = restoring.hold(tmp_path / "place", at=AT, made_at=AT)
    assert found == Access(keys=("1 ci (editor)",), users=("Ann (admin)", "Bo (viewer, disabled)"))
    with contextlib.closing(sqlite3.connect(tmp_path / "place" / "asura.db")) as db:
        assert sessions.load_all(db) == []
        assert invitations.count(db) == 0
        assert meta.stored(db, meta.INSTALLATION) is None, "it is another asura now"


@pytest.mark.parametrize("schema", range(1, migrate.newest() + 1))
def test_a_database_of_every_schema_passes(tmp_path: Path, schema: int) -> None:
    whole = Path(__file__).parents[1] / "fixtures" / "databases" / f"schema-{schema}"
    database = tmp_path / "asura.db"
    database.write_bytes(lzma.decompress((whole / "asura.db.xz").read_bytes()))
    assert genuine.fault(database) is None
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("CREATE INDEX mine ON meta (value)")
    assert genuine.fault(database) == "its index 'mine' is none that asura makes"
    restoring.hold(tmp_path, at=AT, made_at=AT)


async def test_the_next_start_finishes_what_was_interrupted(made: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(made / "data", data)
    place = data / ".incoming-x"
    unpack(made / "whole.backup", place)
    restoring.hold(place, at=START, made_at=AT)
    (data / swap.MARK).write_text('{"incoming":".incoming-x","replaced":"replaced-20260302T120000Z"}')
    store = Store.open(data, clock=SystemClock())
    async with store.read() as reader:
        assert list(await reader.execute_fetchall("SELECT 1 FROM meta WHERE key = 'held_since'"))
    await store.close()
    assert (data / "replaced-20260302T120000Z" / "asura.db").exists()
    assert not place.exists()
