"""docs/containers.md: what it shows can be read by whom it is for, and names what is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from asura.cli.root import COMMANDS
from asura.settings import Settings
from asura.settings_env import OTHER, SHORT, variable_of
from asura.settings_load import keys_of

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "containers.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)


def blocks(language: str) -> list[str]:
    """Return the blocks of a language."""
    return [text for name, text in BLOCKS if name == language]


def test_each_variable_and_each_command_is_one_of_asura() -> None:
    known = {*SHORT, *OTHER, *map(variable_of, keys_of(Settings))}
    # Those that compose.yaml reads and hands on.
    known |= set(re.findall(r"\$\{(ASURA_\w+)", (ROOT / "compose.yaml").read_text()))
    assert set(re.findall(r"\bASURA_[A-Z0-9_]+\b", PAGE)) <= known
    called = set(re.findall(r"\basura asura (\w[\w-]*)", PAGE)) | {"health", "restore", "upgrade"}
    assert called >= {"backup", "doctor", "release"}
    assert called <= set(COMMANDS)


def test_each_file_that_it_names_is_there() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / link).exists(), link
    for name in re.findall(r"(?:deploy|tests)/[\w./-]*\w", PAGE):
        assert (ROOT / name).exists() or name == "deploy/kubernetes/base?ref", name


@pytest.mark.parametrize("text", blocks("sh"))
def test_its_commands_can_be_read_by_a_shell(text: str) -> None:
    done = subprocess.run(["sh", "-n"], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_it_adds_to_the_compose_file_and_the_manifests_fits(tmp_path: Path) -> None:
    overrides = [text.replace("!reset ", "") for text in blocks("yaml") if "services:" in text]
    assert len(overrides) == 2
    files = []
    for number, text in enumerate(overrides):
        assert yaml.safe_load(text)["services"]["asura"]["ports"] == []
        (tmp_path / f"{number}.yaml").write_text(text)
        files.append(str(tmp_path / f"{number}.yaml"))
    program = [Path(sys.executable).parent / "check-jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*program, *files], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout
    (overlay,) = (yaml.safe_load(text) for text in blocks("yaml") if "kind: Kustomization" in text)
    base = yaml.safe_load((ROOT / "deploy/kubernetes/base/kustomization.yaml").read_text())
    assert overlay["images"][0]["name"] == base["images"][0]["name"]
    assert overlay["configMapGenerator"][0]["name"] == base["configMapGenerator"][0]["name"]
    assert overlay["configMapGenerator"][0]["files"] == base["configMapGenerator"][0]["files"]
