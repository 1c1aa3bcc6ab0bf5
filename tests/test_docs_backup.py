"""The commands of the page about backups, run in its order as they stand there; its configurations load."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from asura.settings import load
from tests.store.backing import fill

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "backup.md").read_text("utf-8")
NAME = "asura-20261129T020000Z.backup"


def snippets(language: str) -> list[str]:
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return found


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Path:
    for tool in ("age", "age-keygen", "zstd", "tar"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    asyncio.run(fill(tmp_path / "data"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "asura").write_text(f'#!/bin/sh\nexec {sys.executable} -m asura "$@"\n')
    (tmp_path / "bin" / "asura").chmod(0o755)
    (tmp_path / "backups-elsewhere").mkdir()
    return tmp_path


def shell(place: Path, snippet: str) -> str:
    """Return what a snippet prints; it has to succeed."""
    surroundings = {
        "PATH": f"{place}/bin:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "ASURA_DATA": str(place / "data"),
        "HOME": str(place),
    }
    done = subprocess.run(
        ["/bin/sh", "-ec", snippet], cwd=place, env=surroundings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (snippet, done.stdout, done.stderr)
    return done.stdout + done.stderr


def test_the_commands_do_what_the_page_says(place: Path) -> None:
    make, by_hand, by_hand_open, keygen, passphrase, check, restore, list_it, trial = snippets("sh")
    public = re.search(r"age1\w+", shell(place, keygen))
    assert public is not None
    shell(place, passphrase)
    assert len((place / "passphrase").read_text().strip()) >= 16

    assert ".backup: " in shell(place, make)
    (plain,) = (place / "backups-elsewhere").iterdir()
    plain.rename(place / NAME)
    shell(place, f"asura backup --recipient {public[0]} {NAME}.age")
    for recipe in (by_hand, by_hand_open):
        for name in ("manifest.json", "asura.db", "secret.key"):
            (place / name).unlink(missing_ok=True)
        shell(place, recipe)
        assert (place / "secret.key").read_bytes() == (place / "data" / "secret.key").read_bytes()
        assert (place / "asura.db").stat().st_size > 100_000

    assert "whole, verified, and its secrets open" in shell(place, check)
    assert "tells nobody anything until" in shell(place, f"{restore.strip()} --yes")
    assert list((place / "data").glob("replaced-*"))
    assert "manifest.json\nasura.db\nsecret.key\n" in shell(place, list_it)
    assert "restored into trial" in shell(place, trial)


def test_its_configurations_load(tmp_path: Path) -> None:
    scheduled, bucket, litestream = snippets("yaml")
    for text in (scheduled, bucket):
        (tmp_path / "config.yaml").write_text(text)
        found = load(tmp_path / "config.yaml", {"ASURA_BACKUP__S3__SECRET_KEY": "x"}).settings.backup
        assert found.every == 86400
        assert found.encrypted
    assert yaml.safe_load(litestream)["dbs"][0]["path"].endswith("asura.db")


def test_every_setting_of_backups_is_on_the_page() -> None:
    for name in ("every", "keep", "dir", "recipients", "key_file", "endpoint", "region", "prefix", "path_style"):
        assert re.search(rf"\b{name}\b", PAGE), name
