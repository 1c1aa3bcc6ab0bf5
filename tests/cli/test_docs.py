"""The generated pages are fresh, and every configuration that the documentation shows loads."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from asura.channels import channel_types
from asura.checks import check_types
from asura.cli import docs
from asura.cli.config import declared_problems
from asura.settings import Settings, load
from asura.settings_load import keys_of
from asura.web.app import ROUTES

WRITTEN = sorted([docs.ROOT / "README.md", *(docs.ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("name", docs.PAGES)
def test_the_page_is_fresh(name: str) -> None:
    assert (docs.ROOT / name).read_text("utf-8") == docs.rendered(name), "run ./dev docs"


def test_stale_pages_are_named_and_written_once(tmp_path: Path) -> None:
    assert docs.write(tmp_path) == list(docs.PAGES)
    assert docs.stale(tmp_path) == []
    (tmp_path / "docs/cli.md").write_text("old")
    assert docs.stale(tmp_path) == ["docs/cli.md"]
    assert docs.write(tmp_path) == ["docs/cli.md"]


def test_the_check_is_a_command() -> None:
    done = subprocess.run([sys.executable, "-m", "asura.cli.docs", "--check"], cwd=docs.ROOT, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_every_key_type_setting_and_route_is_told() -> None:
    config, checks, channels, api = (
        docs.rendered(f"docs/{name}.md") for name in ("config", "checks", "channels", "api")
    )
    assert all(f"`{key}`" in config for key in keys_of(Settings))
    for text, types in ((checks, check_types()), (channels, channel_types())):
        for name, kind in types.items():
            assert f"## {name}: " in text
            assert all(f"| `{field}` |" in text for field in kind.params.__struct_encode_fields__)
    assert all(f"`{route.method} {route.path}`" in api for route in ROUTES)


def test_the_example_says_nothing_but_the_defaults(tmp_path: Path) -> None:
    path = docs.ROOT / "config.example.yaml"
    loaded = load(path, {})
    assert loaded.warnings == ()
    assert Settings(origin=loaded.settings.origin) == loaded.settings


def test_the_example_has_every_key() -> None:
    lines = (docs.ROOT / "config.example.yaml").read_text("utf-8").splitlines()
    for key in keys_of(Settings):
        assert any(line.strip().startswith(f"{key.rpartition('.')[2]}: ") for line in lines), key


def test_the_monitors_of_the_example_load_when_they_are_uncommented(tmp_path: Path) -> None:
    text = (docs.ROOT / "config.example.yaml").read_text("utf-8")
    commented = text[text.index("# monitors:") :]
    path = tmp_path / "config.yaml"
    path.write_text(re.sub(r"(?m)^# ?", "", commented))
    settings = load(path, {}).settings
    declared = (*settings.monitors, *settings.channels)
    assert len(declared) >= 4
    assert [str(problem) for problem in declared_problems(declared)] == []


@pytest.mark.parametrize("page", WRITTEN, ids=lambda path: path.name)
def test_every_configuration_that_is_shown_loads(page: Path, tmp_path: Path) -> None:
    for block in re.findall(r"```ya?ml\n(.*?)```", page.read_text("utf-8"), re.S):
        if re.search(r"(?m)^(services|kind|dbs):", block):
            continue  # It is for Compose or Kubernetes (tests/test_docs_containers.py looks at it), or for Litestream.
        path = tmp_path / "config.yaml"
        path.write_text(block)
        names = re.findall(r"\$\{([A-Z_]+)\}", block)
        settings = load(path, dict.fromkeys(names, "set-by-the-test-0123456789")).settings
        assert declared_problems((*settings.monitors, *settings.channels)) == []
