"""Nothing in a file is believed because it is called a backup: each lie is refused with a plain sentence."""

import asyncio
import os
import random
import tarfile
from pathlib import Path
from typing import Any

import msgspec
import pyrage
import pytest
import zstandard

from asura.domain.fields import Secret
from asura.store import archive_reading
from asura.store.age import Key, Lock
from asura.store.archive_reading import Unreadable
from asura.store.snapshot import Task
from tests.store.backing import PASSPHRASE, fill, manifest_of, packed, unpacked, write

NOTHING = Key()
# How many tries of each: making a key of a passphrase takes its time.
CASES = (("whole.backup", NOTHING, 40), ("closed.backup.age", Key(passphrase=PASSPHRASE), 3))


@pytest.fixture(name="whole", scope="module")
def _whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    asyncio.run(fill(folder / "data"))
    write(folder / "data", folder / "whole.backup")
    write(folder / "data", folder / "closed.backup.age", Lock(passphrase=PASSPHRASE))
    return folder / "whole.backup"


def look(path: Path, key: Key = NOTHING, into: Path | None = None) -> archive_reading.Manifest:
    return archive_reading.look(path, key, Task(), into=into)


def refused(path: Path, key: Key = NOTHING, into: Path | None = None) -> str:
    """Return the sentence with which a file is refused; nothing else may come of it."""
    with pytest.raises(Unreadable) as error:
        look(path, key, into)
    text = str(error.value)
    assert text.startswith(f"{path}: "), text
    assert "Traceback" not in text
    assert len(text.splitlines()) == 1
    return text


def test_the_whole_one_is_read_and_put_where_it_is_wanted(whole: Path, tmp_path: Path) -> None:
    assert look(whole).monitors == 1
    assert look(whole, into=tmp_path).bytes == sum(path.stat().st_size for path in tmp_path.iterdir())
    assert sorted(os.listdir(tmp_path)) == ["asura.db", "secret.key"]
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert look(whole.with_name("closed.backup.age"), Key(passphrase=PASSPHRASE)).monitors == 1


def test_cut_off_anywhere_it_is_refused(whole: Path, tmp_path: Path) -> None:
    # The last bytes are the compressor's own sum; everything inside is there without them.
    for name, key, times in CASES:
        content = whole.with_name(name).read_bytes()
        chance = random.Random(7)
        for length in (1, 10, 30, 100, *(chance.randrange(200, len(content) - 8) for _ in range(times))):
            (tmp_path / "cut").write_bytes(content[:length])
            refused(tmp_path / "cut", key)
    (tmp_path / "empty").touch()
    with pytest.raises(Unreadable, match="is empty"):
        archive_reading.kind_of(tmp_path / "empty")


def test_with_any_bit_flipped_it_is_refused(whole: Path, tmp_path: Path) -> None:
    for name, key, times in CASES:
        content = whole.with_name(name).read_bytes()
        chance = random.Random(3)
        for place in (0, 5, 23, *(chance.randrange(len(content) - 4) for _ in range(times))):
            flipped = bytearray(content)
            flipped[place] ^= 1 << chance.randrange(8)
            (tmp_path / "flipped").write_bytes(flipped)
            try:
                found = look(tmp_path / "flipped", key)
            except Unreadable:
                continue
            # A bit of the compressor's frame that means nothing: what is inside is what it was.
            assert found == look(whole.with_name(name), key), place


def test_a_manifest_that_is_no_text_any_more_is_damage(whole: Path, tmp_path: Path) -> None:
    said = msgspec.json.encode(manifest_of(whole))
    for broken in (said.replace(b'"asura"', b'"as\xffra"'), said.replace(b'"rows"', b'"rows'), said[:-1] + b"\x00"):
        path = packed(tmp_path / "evil.backup", [("manifest.json", broken), *members(whole)[1:]])
        assert "it is damaged: its manifest cannot be read" in refused(path)


def test_one_with_a_passphrase_is_not_said_to_be_for_somebody_else(whole: Path) -> None:
    key = Key(identities=Secret(str(pyrage.x25519.Identity.generate())))
    closed = whole.with_name("closed.backup.age")
    assert "it has a passphrase: use --key-file" in refused(closed, key)


def members(whole: Path, **changed: Any) -> list[tuple[str | tarfile.TarInfo, bytes]]:
    """Return the members of an archive, with some fields of the manifest changed."""
    inside = unpacked(whole)
    said = manifest_of(whole) | changed
    return [("manifest.json", msgspec.json.encode(said)), *list(inside.items())[1:]]


def link(kind: bytes, name: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/cron.d/evil", "asura.db/../../evil", "evil", "secret.key", "", "manifest.json"]
)
def test_other_names_are_refused(whole: Path, tmp_path: Path, name: str) -> None:
    first, *_ = members(whole)
    path = packed(tmp_path / "evil.backup", [first, (name, b"evil")])
    (tmp_path / "into").mkdir()
    assert "does not hold in this place" in refused(path, into=tmp_path / "into")
    assert os.listdir(tmp_path / "into") == []
    assert sorted(os.listdir(tmp_path)) == ["evil.backup", "into"]


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, b"x", b"L"]
)
def test_links_and_devices_are_refused(whole: Path, tmp_path: Path, kind: bytes) -> None:
    first, *_ = members(whole)
    (tmp_path / "into").mkdir()
    path = packed(tmp_path / "evil.backup", [first, (link(kind, "asura.db"), b"")])
    assert "does not hold in this place" in refused(path, into=tmp_path / "into")
    assert os.listdir(tmp_path / "into") == []


def test_what_is_missing_too_much_or_in_another_order_is_refused(whole: Path, tmp_path: Path) -> None:
    manifest, database, key = members(whole)
    cases = {
        "a file is missing": [manifest, database],
        "does not hold in this place": [database, manifest, key],
        "not what was put into it": [manifest, (database[0], database[1][:-1] + b"\x01"), key],
        "another size": [manifest, (database[0], database[1][:-1]), key],
        "holds 'more'": [manifest, database, key, ("more", b"x")],
    }
    for sentence, held in cases.items():
        assert sentence in refused(packed(tmp_path / "evil.backup", held))
    padded = packed(tmp_path / "padded.backup", [manifest, database, key], tail=bytes(10240))
    assert look(padded).monitors == 1, "GNU tar fills up its last record"
    assert "more than" in refused(packed(tmp_path / "evil.backup", [manifest, database, key], tail=bytes(1 << 20)))
    assert "more than" in refused(packed(tmp_path / "evil.backup", [manifest, database, key], tail=bytes(1024) + b"x"))


@pytest.mark.parametrize(
    "changed",
    [
        {"product": "other"},
        {"format": 2},
        {"schema": "x"},
        {"files": {}},
        {"files": {"asura.db": {"bytes": -1, "sha256": ""}}},
        {"files": {"secret.key": {"bytes": 32, "sha256": ""}}},
        {"files": {"../x": {"bytes": 1, "sha256": ""}}},
        {"made_at": "2026-03-02T12:00:00"},
        {"made_at": "9999-12-31T23:59:59-12:00"},
        {"made_at": "0001-01-01T00:00:00+12:00"},
    ],
    ids=str,
)
def test_a_manifest_of_something_else_is_refused(whole: Path, tmp_path: Path, changed: dict[str, Any]) -> None:
    assert "manifest" in refused(packed(tmp_path / "evil.backup", members(whole, **changed)))


def test_bombs_cost_neither_memory_nor_disk(whole: Path, tmp_path: Path) -> None:
    (tmp_path / "into").mkdir()
    huge = tarfile.TarInfo("manifest.json")
    huge.size = 1 << 40
    path = packed(tmp_path / "bomb", [(huge, b"")], tail=bytes(1 << 26))
    assert path.stat().st_size < 20_000
    assert "manifest is too large" in refused(path)
    # One that says truly how large it is has to fit.
    said = {"files": {"asura.db": {"bytes": 1 << 26, "sha256": ""}}}
    bomb = packed(tmp_path / "bomb", [members(whole, **said)[0], ("asura.db", bytes(1 << 26))])

    def admit(manifest: archive_reading.Manifest) -> None:
        raise Unreadable(f"{manifest.bytes} bytes do not fit")

    with pytest.raises(Unreadable, match="67108864 bytes do not fit"):
        archive_reading.look(bomb, NOTHING, Task(), into=tmp_path / "into", admit=admit)
    assert os.listdir(tmp_path / "into") == []
    wide = zstandard.ZstdCompressionParameters.from_level(3, window_log=27)
    wide_content = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    (tmp_path / "wide").write_bytes(wide_content.compress(bytes(1 << 20)) + wide_content.flush())
    assert "cannot be unpacked" in refused(tmp_path / "wide"), "a window that would take 128 MiB to remember"


def test_other_files_are_told_apart(whole: Path, tmp_path: Path) -> None:
    assert archive_reading.kind_of(whole) == "plain"
    assert archive_reading.kind_of(whole.with_name("closed.backup.age")) == "encrypted"
    (tmp_path / "x").write_bytes(b"PK\x03\x04 something else")
    for path, sentence in (
        (tmp_path / "x", "no backup of asura"),
        (tmp_path, "a folder"),
        (tmp_path / "y", "No such file"),
    ):
        with pytest.raises(Unreadable, match=sentence):
            archive_reading.kind_of(path)
