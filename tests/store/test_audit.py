"""The audit log: rows that nobody changes, and a chain that shows it when somebody does."""

import json
import sqlite3
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from asura.errors import Invalid
from asura.store import audit
from asura.store.audit import Entry, Wanted
from asura.store.db import Store
from tests.store.kit import START, after, opened


def entry(number: int = 0, **more: Any) -> Entry:
    values = {"at": after(minutes=number), "actor": "ada", "action": "update", "entity": "monitor", "entity_id": number}
    return Entry(**(values | more))


async def fill(store: Store, *entries: Entry) -> list[Entry]:
    return await store.write(lambda db: [audit.append(db, one) for one in entries])


async def page(
    store: Store, cursor: str | None = None, limit: int = 100, **wanted: Any
) -> tuple[list[int], str | None]:
    async with store.read() as reader:
        found, more = await audit.page(reader, Wanted(**wanted), cursor=cursor, limit=limit)
    return [one.id for one in found], more


async def tamper(store: Store, *statements: str) -> None:
    """Do what somebody does who has the file, and not only asura."""

    def change(db: sqlite3.Connection) -> None:
        for name in ("audit_is_not_changed", "audit_is_not_deleted"):
            db.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            db.execute(statement)

    await store.write(change)


async def test_a_row_is_read_as_it_was_written(tmp_path: Path) -> None:
    wanted = entry(
        7, address="192.0.2.7", name="Shop \u2603", before={"interval": 60.0}, after={"interval": 30.5, "tags": ["eu"]}
    )
    async with opened(tmp_path) as store:
        (stored,) = await fill(store, wanted)
        async with store.read() as reader:
            found, more = await audit.page(reader, Wanted())
    assert (found, more) == ([stored], None)
    assert (stored.id, len(stored.hash)) == (1, 64)


async def test_rows_are_neither_changed_nor_deleted(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await fill(store, entry(1))
        for statement in ("UPDATE audit SET actor = 'eve'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="audit rows are never"):
                await store.write(lambda db, text=statement: db.execute(text))
        assert (await audit.verify(store)).ok


async def test_a_change_that_fails_takes_its_row_along(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await fill(store, entry(1))

        def fails(db: sqlite3.Connection) -> None:
            audit.append(db, entry(2))
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            await store.write(fails)
        await fill(store, entry(3))
        assert (await page(store))[0] == [2, 1]
        assert (await audit.verify(store)).ok


async def test_pages_go_from_new_to_old_and_filters_narrow_them(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await fill(store, *(entry(n, actor="eve" if n % 2 else "ada") for n in range(1, 6)), entry(6, entity="key"))
        first, cursor = await page(store, limit=4)
        assert (first, await page(store, cursor)) == ([6, 5, 4, 3], ([2, 1], None))
        assert (await page(store, actor="eve"))[0] == [5, 3, 1]
        assert (await page(store, entity="key"))[0] == [6]
        assert (await page(store, entity="monitor", entity_id=4))[0] == [4]
        assert (await page(store, entity="key", entity_id=4))[0] == []
        assert (await page(store, action="delete"))[0] == []
        window = {"from_at": START + timedelta(minutes=2), "to_at": START + timedelta(minutes=4)}
        assert (await page(store, **window))[0] == [3, 2]
        with pytest.raises(Invalid):
            await page(store, "nonsense")


async def test_the_export_can_be_verified_by_whoever_has_a_sha256(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await fill(store, *(entry(n, name='ä\u2028"', after={"n": n, "x": 1e-7}) for n in range(audit._STEP + 3)))
        lines = b"".join([part async for part in audit.export(store)]).splitlines()
        verdict = await audit.verify(store)
    previous = "0" * 64
    for number, line in enumerate(lines, 1):
        # {"hash":"64 digits","previous":"64 digits","row":...}
        digest, said, row = line[9:73].decode(), line[87:151].decode(), line[159:-1]
        assert said == previous
        assert sha256(previous.encode() + row).hexdigest() == digest
        assert json.loads(line)["row"] == json.loads(row)
        assert json.loads(row)["id"] == number
        previous = digest
    assert (verdict.ok, verdict.rows, verdict.hash) == (True, len(lines), previous)


async def test_an_empty_log_is_whole(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        assert [part async for part in audit.export(store)] == []
        assert await audit.verify(store) == audit.Verdict(True, 0, None, "0" * 64)


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit SET actor = 'eve' WHERE id = 3", 3),
        ("UPDATE audit SET at = at + 1 WHERE id = 1", 1),
        ("UPDATE audit SET after = '{\"n\":9}' WHERE id = 4", 4),
        ("UPDATE audit SET after = 'no JSON' WHERE id = 4", 4),
        ("UPDATE audit SET at = 'noon' WHERE id = 2", 2),
        ("UPDATE audit SET hash = 'x' WHERE id = 2", 2),
        ("UPDATE audit SET hash = (SELECT hash FROM audit WHERE id = 1) WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id = 3", 4),
        ("DELETE FROM audit WHERE id = 1", 2),
        ("UPDATE audit SET id = 9 WHERE id = 5", 9),
        (f"INSERT INTO audit SELECT -1, {audit.COLUMNS.removeprefix('id, ')} FROM audit LIMIT 1", -1),
    ],
)  # fmt: skip
async def test_tampering_is_found_where_it_was_done(tmp_path: Path, statement: str, broken_at: int) -> None:
    async with opened(tmp_path) as store:
        await fill(store, *(entry(n, after={"n": n}) for n in range(1, 6)))
        await tamper(store, statement)
        found = await audit.verify(store)
    assert (found.ok, found.broken_at) == (False, broken_at)


async def test_what_is_said_from_outside_is_cut_to_what_can_be_kept(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await fill(store, entry(1, name="\0\ud800" + "x" * 9_000, actor="a" * 9_000))
        async with store.read() as reader:
            ((found,), _) = await audit.page(reader, Wanted())
        assert (len(found.name), len(found.actor)) == (500, 500)
        assert (await audit.verify(store)).ok
