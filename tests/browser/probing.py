"""Probes as processes of their own, started by what the page shows."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.browser.running import ROOT

REGION = "eu-west"
# What a machine without services around it would show as faults of its own.
CALM = "network: {canaries: []}\nserver: {rate_limit_per_sec: 0}\n"


@contextmanager
def running(folder: Path, command: str, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run a command that begins with `asura`, or with variables for it, as it was copied from the page."""
    words = shlex.split(command)
    at = words.index("asura")
    own, arguments = dict(word.split("=", 1) for word in words[:at]), words[at + 1 :]
    (folder / "asura.yaml").write_text("network: {canaries: []}\n")
    known = {"PYTHONPATH": str(ROOT), "ASURA_CONFIG": str(folder / "asura.yaml")}
    with (folder / "probe.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "asura", *arguments],
            cwd=folder,
            env={**os.environ, **known, **own, **(environment or {})},
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def row(page: Page, name: str) -> Locator:
    """Return the row of a probe."""
    return page.locator(".probe-table tr").filter(has=page.get_by_role("rowheader", name=name))
