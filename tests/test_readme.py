"""The README and the pages beside it: what they show is run, what they name is there."""

import ast
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").glob("*.md")])


def blocks(language: str) -> list[str]:
    """Returns the fenced blocks of the README in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def asura(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command line."""
    command = [sys.executable, "-m", "asura", *arguments]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "WEBHOOK_SECRET": "secret-of-the-readme"}
    return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, check=False, timeout=60)


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_its_first_command_runs_the_file_of_a_release_as_it_is_downloaded(tmp_path: Path) -> None:
    downloaded = tmp_path / "asura-linux-x86_64"
    downloaded.write_text('#!/bin/sh\necho "asura runs $*"\n')
    downloaded.chmod(0o644)
    first, demo = blocks("sh")[0].splitlines()
    for line, said in ((first, "asura runs \n"), (demo, "asura runs demo\n")):
        done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, said), done.stderr


def test_its_configuration_is_short_and_valid(tmp_path: Path) -> None:
    (config,) = blocks("yaml")
    assert len(config.splitlines()) <= 21
    (tmp_path / "config.yaml").write_text(config)
    done = asura("--config", "config.yaml", "config", "check", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2 monitors, 1 channels" in done.stdout


def test_a_mistake_in_the_configuration_is_named_with_its_line(tmp_path: Path) -> None:
    (config,) = blocks("yaml")
    (tmp_path / "config.yaml").write_text(config.replace("interval:", "intreval:"))
    done = asura("--config", "config.yaml", "config", "check", cwd=tmp_path)
    assert done.returncode == 2
    assert re.search(r"config\.yaml:7\b.*intreval.*interval", done.stderr), done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    missing = [one for one in targets if "://" not in one and not (page.parent / one.split("#")[0]).exists()]
    assert not missing


def test_commands_of_dev_exist() -> None:
    tree = ast.parse((ROOT / "dev").read_text("utf-8"))
    known = {node.name[8:] for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[:8] == "command_"}
    named = {name for page in PAGES for name in re.findall(r"\./dev ([a-z]+)", page.read_text("utf-8"))}
    assert {"run", "test"} <= named <= known


def test_files_that_the_pages_name_exist() -> None:
    pattern = r"`((?:asura|docs|tests|bench|ui|\.ci)/[\w./-]*[\w/])`"
    named = {(page.name, name) for page in PAGES for name in re.findall(pattern, page.read_text("utf-8"))}
    placeholders = re.compile(r"NAME|NNNN|asura/web/static")
    real = {(page, name) for page, name in named if not placeholders.search(name)}
    assert real
    assert sorted((page, name) for page, name in real if not (ROOT / name).exists()) == []


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """An asura that runs with nothing configured, and its first key: (address, key)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "asura", "--listen", listen]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=tmp_path, env=variables, stdout=subprocess.PIPE, text=True)
    key = tmp_path / "asura-data" / "first-admin-key"
    try:
        deadline = time.monotonic() + 30
        while not (key.exists() and key.read_text().endswith("\n")) and time.monotonic() < deadline:
            assert process.poll() is None, "asura ended"
            time.sleep(0.05)
        yield listen, key.read_text().strip()
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=20)
    assert f"http://{listen}" in said


def test_its_api_calls_work(server: tuple[str, str]) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    listen, key = server
    calls = [part for block in blocks("sh") for part in block.replace("\\\n", " ").split("\n\n") if "curl" in part]
    answers = []
    for call in calls:
        words = shlex.split(call.replace("127.0.0.1:8090", listen).replace("$ASURA_API_KEY", key), comments=True)
        done = subprocess.run([*words, "--silent", "--fail-with-body"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        answers.append(done.stdout)
    created, overview, page, planned = answers
    assert '"slug":"shop"' in created.replace(" ", "")
    assert '"slug":"shop"' in overview.replace(" ", "")
    assert '"slug":"acme"' in page.replace(" ", "")
    assert '"tags":["deploy"]' in planned.replace(" ", "")
