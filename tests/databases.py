"""Databases that earlier versions left behind: see tests/fixtures/databases/README.md."""

import json
import lzma
import shutil
from pathlib import Path
from typing import Any

from asura.store import migrate

FIXTURES = Path(__file__).with_name("fixtures") / "databases"
SCHEMAS = sorted(int(folder.name.rpartition("-")[2]) for folder in FIXTURES.glob("schema-*"))

# Those that today's version migrates.
OLDER = [schema for schema in SCHEMAS if schema < migrate.newest()]


def unpacked(schema: int, folder: Path) -> Path:
    """Put a database and the key of its seals into a folder, as they lay there, and return the database."""
    source = FIXTURES / f"schema-{schema}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "asura.db"
    path.write_bytes(lzma.decompress((source / "asura.db.xz").read_bytes()))
    shutil.copy(source / "secret.key", folder / "secret.key")
    for file in (path, folder / "secret.key"):
        file.chmod(0o600)
    return path


def expected(schema: int) -> dict[str, Any]:
    """Return what was true of it: `facts` as its own version told them, and `keep`, what must still let in and open."""
    told: dict[str, Any] = json.loads((FIXTURES / f"schema-{schema}" / "expected.json").read_text("utf-8"))
    return told
