"""An asura with a past: the demo, in which nothing more changes by itself."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.browser.running import ROOT, Asura, wait_until


class Demo(Asura):
    """The demo as its users run it; who they are is what it prints."""

    def __init__(self, folder: Path, *, days: int = 90) -> None:
        super().__init__(folder)
        self._days = str(days)

    def start(self) -> None:
        """Start it, wait until it answers, and read how to sign in."""
        listen = f"127.0.0.1:{self.port}"
        options = ["--still", "--days", self._days, "--data", str(self.folder / "data"), "--listen", listen]
        said = self.folder / "said"
        with said.open("wb") as out, (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "asura", "demo", *options],
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
                stdout=out,
                stderr=log,
            )
        wait_until(lambda: "API key" in said.read_text(), what="the end of what the demo says", seconds=120)
        wait_until(self._answers, what=f"an answer of asura (its log is {self.folder / 'log'})", seconds=60)
        found = dict(re.findall(r"^ {4}(\w[\w ]+\w) {2,}(\S+)$", said.read_text(), re.MULTILINE))
        self.name, self.password, self.key = found["Sign in as"], found["Password"], found["API key"]


@contextlib.contextmanager
def living(folder: Path, *, days: int) -> Iterator[Asura]:
    """Yield an asura with days behind it, in which one service is down, one is slow, a job has failed; Vic may look."""
    program = Demo(folder, days=days)
    try:
        program.start()
        program.user("Vic")
        yield program
    finally:
        program.stop()
