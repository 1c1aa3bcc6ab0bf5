"""What is inside the executable, and the bill of materials beside it: all of it listed, all of it free."""

import ast
import json
import os
import re
import subprocess
import sys
import textwrap
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from PyInstaller.archive.readers import CArchiveReader

from frozen.contents import plain, sha256
from frozen.parts import index_of
from tests.frozen.kit import EXECUTABLE, ROOT

pytestmark = pytest.mark.frozen

LARGEST = 30_000_000
BILL = EXECUTABLE.with_name("asura.cdx.json")
# Debian 12, Ubuntu 22.10, Fedora 37, RHEL 10: what is built here must not need anything newer.
NEWEST_GLIBC = (2, 36)
FREE = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CDLA-Permissive-2.0", "ISC"),
    *("LGPL-2.1-or-later", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0", "Unicode-3.0", "Unlicense", "X11", "Zlib"),
    *("blessing", "bzip2-1.0.6"),
}
# Under the GPL, but what is linked to them may have any licence.
WITH = {"GCC-exception-3.1", "Bootloader-exception", "LLVM-exception"}


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    """The bill of materials, as it lies beside the executable."""
    found: dict[str, Any] = json.loads(BILL.read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every library in the executable by name, those unpacked late included."""
    import zstandard

    archive = CArchiveReader(str(EXECUTABLE))
    start = archive.open_embedded_archive("PYZ.pyz")._start_offset
    found = {name: archive.extract(name) for name, entry in archive.toc.items() if entry[4] == "b"}
    with EXECUTABLE.open("rb") as file:
        for name, (at, length) in index_of(file.fileno(), start)["files"].items():
            packed = os.pread(file.fileno(), length, start + at)
            found[name] = zstandard.ZstdDecompressor().decompressobj().decompress(packed) if packed else b""
    return found


def test_it_is_small_enough() -> None:
    assert EXECUTABLE.stat().st_size <= LARGEST


def test_the_bill_is_valid_and_of_this_executable(bill: dict[str, Any]) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(BILL.read_text("utf-8")) is None
    told = bill["metadata"]["component"]
    assert told["hashes"] == [{"alg": "SHA-256", "content": sha256(EXECUTABLE)}]
    assert told["version"] == metadata.version("asura")


def test_checksums_of_both_lie_beside_them() -> None:
    sums = EXECUTABLE.with_name("SHA256SUMS").read_text("ascii")
    assert sums == f"{sha256(EXECUTABLE)}  asura\n{sha256(BILL)}  asura.cdx.json\n"


def test_the_bill_lists_every_distribution_that_the_source_imports(bill: dict[str, Any]) -> None:
    listed = {plain(one["name"]) for one in bill["components"]}
    owners = metadata.packages_distributions()
    imported = {name for path in sorted((ROOT / "asura").rglob("*.py")) for name in _imported(path)}
    wanted = {plain(owner) for name in imported - sys.stdlib_module_names - {"asura"} for owner in owners[name][:1]}
    assert len(wanted) > 20
    assert wanted - listed == set()
    for name in ("cpython", "pyinstaller-bootloader", "preact", "uplot", "tzdata", "pyrage"):
        assert name in listed | {plain(one.replace(" ", "-")) for one in listed}, name


def test_what_wheels_were_compiled_with_is_listed_below_them(bill: dict[str, Any]) -> None:
    inner = {one["name"]: {each["name"] for each in one.get("components", ())} for one in bill["components"]}
    assert "openssl" in inner["cryptography"]
    assert "age" in inner["pyrage"]


def test_all_licences_are_free(bill: dict[str, Any]) -> None:
    unfree = {}
    for one in bill["components"]:
        for each in (one, *one.get("components", ())):
            told = " AND ".join(found["expression"] for found in each.get("licenses", ()))
            if (told or each is one) and not _is_free(told):
                unfree[each["name"]] = told
    assert unfree == {}


def test_names_of_parts_are_unambiguous(bill: dict[str, Any]) -> None:
    refs = [one["bom-ref"] for one in bill["components"]]
    assert len(refs) == len(set(refs))
    assert {one["ref"] for one in bill["dependencies"]} == {*refs, "asura"}


def test_the_versions_of_a_release_can_be_read_out_of_its_bill_as_the_page_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "release.md").read_text("utf-8")
    script = page.partition("<<'END'\n")[2].partition("      END\n")[0]
    done = subprocess.run(
        [sys.executable, "-", BILL],
        input=textwrap.dedent(script),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    told = dict(line.split("==") for line in done.stdout.splitlines())
    assert told["pyinstaller-hooks-contrib"] == metadata.version("pyinstaller-hooks-contrib")
    assert told["starlette"] == metadata.version("starlette")
    assert len(told) > 40


def test_nothing_names_the_folder_that_it_was_built_in(files: dict[str, bytes]) -> None:
    modules = CArchiveReader(str(EXECUTABLE)).open_embedded_archive("PYZ.pyz")
    # The build of the interpreter itself has its own prefix in it, which is why only our folder counts.
    for name in modules.toc:
        if name.split(".")[0] in ("asura", "frozen"):
            assert str(ROOT).encode() not in (modules.extract(name, raw=True) or b""), name
    assert [name for name, content in files.items() if str(ROOT).encode() in content] == []


def test_nothing_comes_along_that_a_checkout_has_only_after_it_was_used() -> None:
    names = CArchiveReader(str(EXECUTABLE)).toc
    assert [name for name in names if "__pycache__" in name] == []


def test_it_runs_with_the_glibc_that_is_promised(files: dict[str, bytes], tmp_path: Path) -> None:
    newest = {name: max(_versions(content), default=(0, 0)) for name, content in files.items()}
    newest["the launcher"] = max(_versions(EXECUTABLE.read_bytes()[:200_000]))
    needed = max(newest.values())
    print(f"needs glibc {needed[0]}.{needed[1]} for {[name for name, one in newest.items() if one == needed]}")
    assert (2, 17) <= needed <= NEWEST_GLIBC
    # The names of versions are plain text in a library. That this finds what objdump does is tried with the largest.
    largest = max(files, key=lambda name: len(files[name]))
    library = tmp_path / "library.so"
    library.write_bytes(files[largest])
    told = subprocess.run(["objdump", "-T", library], capture_output=True, text=True, check=True).stdout
    assert max((int(major), int(minor)) for major, minor in re.findall(r"GLIBC_(\d+)\.(\d+)", told)) == newest[largest]


def _versions(content: bytes) -> list[tuple[int, int]]:
    if not content.startswith(b"\x7fELF"):
        return []
    found = re.findall(rb"\x00GLIBC_(\d+)\.(\d+)(?:\.\d+)?(?=\x00)", content)
    return [(int(major), int(minor)) for major, minor in found]


def _imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {name.split(".")[0] for name in names}


def _is_free(expression: str) -> bool:
    """Return whether an SPDX expression lets everybody use, change and pass on what it covers."""
    choices = re.split(r"\s+OR\s+", re.sub(r"[()]", " ", expression).replace("/", " OR "))
    return any(all(_one_is_free(word.strip()) for word in re.split(r"\s+AND\s+", choice)) for choice in choices)


def _one_is_free(word: str) -> bool:
    name, _, exception = word.partition(" WITH ")
    return name in FREE or exception.strip() in WITH
