"""The workflows: valid, with few rights, and with scripts that do what they say."""

import os
import re
import runpy
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.process import free_port

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = Path(sys.executable).parent
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yml"))}


def run(*command: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program and return what became of it."""
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, timeout=90, **options
    )


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each job with its name."""
    for workflow, said in WORKFLOWS.items():
        for name, job in said["jobs"].items():
            yield f"{workflow}/{name}", job


def test_they_are_what_github_expects() -> None:
    schema = PROGRAMS / "check-jsonschema"
    done = run(schema, "--builtin-schema", "vendor.github-workflows", *FOLDER.glob("*.yml"))
    assert done.returncode == 0, done.stdout
    forms = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
    for name, files in (("renovate", [ROOT / ".github" / "renovate.json"]), ("github-issue-forms", forms)):
        done = run(schema, "--builtin-schema", f"vendor.{name}", *files)
        assert done.returncode == 0, done.stdout


def test_who_looks_for_weak_places_finds_none() -> None:
    program = PROGRAMS / "zizmor"
    if not program.exists():
        pytest.skip("zizmor is not there: it is no package for this kind of processor")
    done = run(program, "--offline", "--no-progress", "--config", ROOT / ".github" / "zizmor.yml", FOLDER)
    assert done.returncode == 0, done.stdout


def test_each_job_ends_in_time_and_has_only_the_rights_that_it_names() -> None:
    assert all(said["permissions"] == {} for said in WORKFLOWS.values())
    for name, job in jobs():
        assert job["timeout-minutes"] <= 120, name
        writes = {right for right, level in job["permissions"].items() if level == "write"}
        if name == "release/publish":
            assert writes == {"contents", "packages", "id-token", "attestations"}
            assert job["if"] == "github.ref_type == 'tag'"
        else:
            assert writes == ({"packages"} if name == "release/image" else set()), name
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False, name


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The scripts of all steps, each in a file of its own; what GitHub puts in is a word."""
    folder = tmp_path_factory.mktemp("steps")
    for name, job in jobs():
        for number, step in enumerate(job["steps"]):
            if "run" in step:
                text = re.sub(r"\$\{\{.*?\}\}", "word", step["run"])
                (folder / f"{name.replace('/', '-')}-{number}.sh").write_text(
                    f"#!/bin/bash\nset -eo pipefail\n{text}\n"
                )
    return sorted(folder.iterdir())


def test_the_scripts_of_their_steps_are_sound(scripts: list[Path]) -> None:
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not there: apt-get install shellcheck")
    done = run("shellcheck", *scripts, ROOT / ".github" / "canary.sh")
    assert done.returncode == 0, done.stdout


def test_what_their_steps_call_is_there(scripts: list[Path]) -> None:
    text = "\n".join(path.read_text() for path in scripts)
    for name in re.findall(r"(?<![\w/])(?:\.\./)?((?:\.ci|\.github|tests|deploy|ui)/[\w./-]+\w)", text):
        assert (ROOT / name).exists(), name
    for command in re.findall(r"\./dev (\w+)", text):
        assert f"def command_{command}(" in (ROOT / "dev").read_text()
    steps = set(re.findall(r"wants (\w+) \|\|", (ROOT / ".ci" / "run").read_text()))
    assert {word for words in re.findall(r"\.ci/run((?: \w+)*)", text) for word in words.split()} <= steps


def test_the_interpreters_that_are_promised_are_those_that_are_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    promised = [line.rpartition(" ")[2] for line in project["classifiers"] if ":: Python :: 3." in line]
    assert WORKFLOWS["ci"]["jobs"]["test"]["strategy"]["matrix"]["python"] == promised


def test_what_a_release_puts_on_its_page_is_found_by_those_who_look_for_it() -> None:
    release = WORKFLOWS["release"]["jobs"]
    names = {f"asura-linux-{one['name']}" for one in release["binary"]["strategy"]["matrix"]["include"]}
    assert names == {"asura-linux-x86_64", "asura-linux-arm64"}
    canary = "".join(step.get("run", "") for step in release["canary"]["steps"])
    assert "asura-linux-x86_64" in canary
    assert set(release["publish"]["needs"]) == set(release) - {"publish"}


def test_what_is_published_was_built_twice_and_is_the_file_that_the_tests_drove() -> None:
    release = WORKFLOWS["release"]["jobs"]
    steps = {name: " ".join(str(step.get("run", "")) for step in release[name]["steps"]) for name in release}
    assert "./dev binary --verify" in steps["binary"]
    assert "safe.directory" in steps["binary"].partition("./dev binary")[0]
    assert "mv asura-linux-x86_64 asura" in steps["frozen"] and ".ci/run frozen" in steps["frozen"]
    assert "./dev test tests/frozen" in (ROOT / ".ci" / "run").read_text()
    assert {"binary", "frozen"} <= set(release["publish"]["needs"])


def test_the_notes_of_a_release_are_its_part_of_the_changelog() -> None:
    notes = runpy.run_path(str(ROOT / ".github" / "release_notes.py"))["notes"]
    text = "# Changelog\n\n## [Unreleased]\n\nSoon.\n\n## [1.1.0] - 2026-12-01\n\n### Added\n\n- A thing.\n\n"
    text += "## [1.0.0]\n\nFirst.\n"
    assert notes(text, "1.1.0") == "### Added\n\n- A thing."
    assert notes(text, "1.0.0") == "First."
    assert notes(text, "Unreleased") == "Soon."
    assert notes(text, "1.1") == notes("", "1.1.0") == ""
    assert notes((ROOT / "CHANGELOG.md").read_text(), "Unreleased")


def test_the_canary_leaves_a_database_with_all_that_the_next_version_has_to_understand(tmp_path: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not there: apt-get install curl")
    variables = {**os.environ, "CANARY_PORT": str(free_port())}
    done = run(ROOT / ".github" / "canary.sh", PROGRAMS / "asura", tmp_path, "4", env=variables, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    db = sqlite3.connect(tmp_path / "data" / "asura.db")
    try:
        count = {
            table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("monitors", "incidents")
        }
        assert count["monitors"] == 3
        assert count["incidents"] == 1
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        db.close()
