"""Interrupted after whatever step, the next one who opens the folder finishes it; the old is always somewhere."""

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from asura.errors import StoreUnavailable
from asura.store import swap, turns

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KEPT = "replaced-20260302T120000Z"


def content(path: Path) -> dict[str, str]:
    return {one.name: one.read_text() for one in sorted(path.iterdir()) if one.is_file()}


OLD = {"asura.db": "old", "asura.db-wal": "old log", "asura.db-shm": "old index", "secret.key": "old key"}
NEW = {"asura.db": "new", "secret.key": "new key"}


def lay(path: Path, files: dict[str, str]) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (path / name).write_text(text)
    return path


def test_the_new_is_in_place_and_the_old_beside_it(tmp_path: Path) -> None:
    data = lay(tmp_path / "data", OLD | {"asura.lock": "1", "setup-link": "x"})
    assert swap.swap(data, lay(data / ".run-1", NEW), at=AT) == data / KEPT
    assert content(data) == NEW | {"asura.lock": "1", "setup-link": "x"}
    assert content(data / KEPT) == OLD
    assert sorted(one.name for one in data.iterdir() if one.is_dir()) == [KEPT]
    assert not swap.finish(data)


def test_where_nothing_was_nothing_is_kept(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert swap.swap(data, lay(data / ".run-1", NEW), at=AT) is None
    assert content(data) == NEW
    assert swap.swap(data, lay(data / ".run-2", {"asura.db": "newer"}), at=AT) == data / KEPT
    assert swap.swap(data, lay(data / ".run-3", NEW), at=AT) == data / f"{KEPT}-2", "a name is used once"
    assert (content(data / KEPT), content(data / f"{KEPT}-2")) == (NEW, {"asura.db": "newer"})


def test_each_interruption_is_finished(tmp_path: Path) -> None:
    for old in (OLD, {"asura.db": "old"}, {}):
        for step in range(20):
            data = lay(tmp_path / f"{len(old)}-{step}", old)
            if not interrupted(data, lay(data / ".run-1", NEW), step):
                assert step > 5, "every step was interrupted once"
                break
            whole = content(data)
            if (data / swap.MARK).exists():
                swap.finish(data)
                assert content(data) == NEW, (old, step)
                if old:
                    assert content(data / KEPT) == old, (old, step)
            else:
                swap.finish(data)
                assert {name: whole[name] for name in old} == old, "nothing was touched before the mark"
            assert not list(data.glob(".incoming-*"))


class Killed(BaseException):
    """As a power cut between two system calls."""


def interrupted(data: Path, prepared: Path, step: int) -> bool:
    """Put a folder in place, but end before the rename of this number; return whether it came to that."""
    count = 0

    class Counting(type(data)):  # type: ignore[misc]
        def rename(self, target: Path) -> Path:
            self._look()
            return super().rename(target)

        def replace(self, target: Path) -> Path:
            self._look()
            return super().replace(target)

        def unlink(self, missing_ok: bool = False) -> None:
            self._look()
            super().unlink(missing_ok)

        @staticmethod
        def _look() -> None:
            nonlocal count
            if count == step:
                raise Killed
            count += 1

    try:
        swap.swap(Counting(data), Counting(prepared), at=AT)
    except Killed:
        return True
    return False


def test_what_cannot_be_finished_says_what_to_do(tmp_path: Path) -> None:
    data = lay(tmp_path / "data", OLD)
    (data / swap.MARK).write_text("not JSON")
    with pytest.raises(StoreUnavailable, match=r"a restore was interrupted and cannot be finished.*start again"):
        swap.finish(data)
    assert content(data) == OLD | {swap.MARK: "not JSON"}


@pytest.mark.parametrize(
    ("incoming", "replaced"),
    [("../victim", KEPT), (".incoming-x/../../victim", KEPT), (".incoming-x", "../victim"), (".incoming-x", "backups")],
)
def test_a_mark_names_nothing_but_what_a_restore_makes(tmp_path: Path, incoming: str, replaced: str) -> None:
    data, victim = lay(tmp_path / "data", OLD), lay(tmp_path / "victim", NEW)
    lay(data / ".incoming-x", NEW)
    mark = swap.Mark(incoming, replaced)
    (data / swap.MARK).write_bytes(msgspec.json.encode(mark))
    with pytest.raises(StoreUnavailable, match="it names other folders than a restore makes"):
        swap.finish(data)
    assert content(victim) == NEW and content(data).items() >= OLD.items()


def test_links_in_the_place_of_what_is_restored_are_not_followed(tmp_path: Path) -> None:
    data, victim = lay(tmp_path / "data", OLD), lay(tmp_path / "victim", NEW)
    (data / swap.MARK).write_bytes(msgspec.json.encode(swap.Mark(".incoming-x", KEPT)))
    (data / ".incoming-x").symlink_to(victim)
    with pytest.raises(StoreUnavailable, match="incoming-x is a link"):
        swap.finish(data)
    (data / ".incoming-x").unlink()
    (data / ".incoming-x").mkdir()
    (data / ".incoming-x" / "asura.db").symlink_to(victim / "asura.db")
    with pytest.raises(StoreUnavailable, match=r"asura\.db is a link"):
        swap.finish(data)
    assert content(victim) == NEW


def test_what_killed_runs_left_goes_with_the_next_start(tmp_path: Path) -> None:
    data = lay(tmp_path / "data", OLD)
    (data / "backups").mkdir()
    for place in (data, data / "backups"):
        lay(place / ".run-dead", NEW)
    with turns.working_folder(data) as alive:
        assert swap.finish(data) is False
        assert alive.exists()
    assert not list(data.rglob(".run-*"))


def test_as_root_the_files_become_the_owners_of_the_folder(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    data = lay(tmp_path / "data", OLD)
    os.chown(data, 4242, 4343)
    swap.swap(data, lay(data / ".run-1", NEW), at=AT)
    assert {((data / name).stat().st_uid, (data / name).stat().st_gid) for name in NEW} == {(4242, 4343)}
