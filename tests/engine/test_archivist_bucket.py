"""Backups in a bucket: uploaded, kept in number, and nothing of anybody else is touched or taken along."""

from pathlib import Path

import msgspec
import pytest

from asura.clock import SystemClock
from asura.net.s3 import Bucket
from asura.store import meta
from asura.store.age import Lock
from tests.buckets import service
from tests.engine.test_archivist import PASSPHRASE, keeping, names, turn
from tests.world import World


async def test_it_is_uploaded_and_old_ones_go_there_too(tmp_path: Path) -> None:
    async with service(tmp_path / "service") as far:
        opened = lambda net: Bucket(net, far.config(), SystemClock(), pause_s=0.01)  # noqa: E731
        async with keeping(tmp_path, keep=2, bucket=opened, lock=Lock(passphrase=PASSPHRASE)) as w:
            (far.folder / "kept" / "asura").mkdir()
            # Of others: without a mark, of another asura, and something else.
            theirs = ["asura-20200101T000000Z.backup.age", "asura-20200101T000000Z-0123abcd.backup.age", "other.txt"]
            for one in theirs:
                (far.folder / "kept" / "asura" / one).touch()
            for _ in range(3):
                await turn(w, 86400)
            here = names(tmp_path / "data" / "backups")
            assert len(here) == 2
            own = await installation(w)
            assert sorted(far.files()) == sorted(f"asura/{one}" for one in (*theirs, *marked(here, own)))
            assert all(one.uploaded for one in w.engine.backups.ledger.made)
            await w.restart()
            await turn(w, 86400)
            assert await installation(w) == own


async def test_two_in_one_bucket_delete_nothing_of_each_other(tmp_path: Path) -> None:
    async with service(tmp_path / "service") as far:
        wanted = {"keep": 1, "lock": Lock(passphrase=PASSPHRASE)}
        wanted |= {"bucket": lambda net: Bucket(net, far.config(), SystemClock(), pause_s=0.01)}
        async with keeping(tmp_path / "a", **wanted) as a, keeping(tmp_path / "b", **wanted) as b:
            for _ in range(2):
                await turn(a, 86400)
                await turn(b, 86400)
            (one,), (other,) = (names(tmp_path / kind / "data" / "backups") for kind in "ab")
            left = [*marked([one], await installation(a)), *marked([other], await installation(b))]
            assert sorted(far.files()) == sorted(f"asura/{name}" for name in left)
            assert len(set(left)) == 2


@pytest.mark.parametrize("name", ["../secret.key", "secret.key", "asura-20260301T000000Z.backup.age"])
async def test_a_ledger_from_elsewhere_uploads_no_other_file(tmp_path: Path, name: str) -> None:
    async with service(tmp_path / "service") as far:
        opened = lambda net: Bucket(net, far.config(), SystemClock(), pause_s=0.01)  # noqa: E731
        async with keeping(tmp_path, bucket=opened, lock=Lock(passphrase=PASSPHRASE)) as w:
            (tmp_path / "data" / "backups").mkdir()
            (tmp_path / "data" / "backups" / Path(name).name).write_bytes(b"in the clear")
            lie = {"name": name, "at": w.clock.now(), "bytes": 1, "encrypted": True, "took_s": 1.0}
            since = {"since": w.clock.now(), "at": w.clock.now(), "times": 1, "message": "", "upload": name}
            text = msgspec.json.encode({"made": [lie], "failed": since}).decode()
            await w.store.write(lambda db: meta.put(db, "backups", text))
            await w.restart()
            await turn(w, 60)
            assert not any("000000Z" in one or "secret" in one for one in far.files())
            await w.store.write(lambda db: meta.put(db, "backups", "{"))
            await w.restart()
            assert w.engine.backups.ledger.made == ()


async def installation(w: World) -> str:
    async with w.store.read() as reader:
        return str(await meta.get(reader, meta.INSTALLATION))


def marked(here: list[str], own: str) -> list[str]:
    return [one.replace(".backup", f"-{own}.backup") for one in here]


async def test_what_could_not_be_uploaded_is_uploaded_later_and_not_made_again(tmp_path: Path) -> None:
    async with service(tmp_path / "service") as far:
        name = {"bucket": "missing"}
        opened = lambda net: Bucket(net, far.config(**name), SystemClock(), pause_s=0.01)  # noqa: E731
        async with keeping(tmp_path, bucket=opened, lock=Lock(passphrase=PASSPHRASE)) as w:
            await turn(w, 60)
            ledger = w.engine.backups.ledger
            assert ledger.last is not None
            assert ledger.failed is not None
            assert (ledger.last.uploaded, ledger.failed.upload) == (False, ledger.last.name)
            assert "there is no bucket missing" in ledger.failed.message
            name["bucket"] = "kept"
            await turn(w, 60)
            assert sorted(far.files()) == [f"asura/{marked([ledger.last.name], await installation(w))[0]}"]
            assert w.engine.backups.ledger.made == (msgspec.structs.replace(ledger.last, uploaded=True),)
            assert names(tmp_path / "data" / "backups") == [ledger.last.name]
