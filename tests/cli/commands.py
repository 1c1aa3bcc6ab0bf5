"""Runs commands one after the other, each in a process of its own that may become another user: real, and quick."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
# Everything is loaded once; where Python lies may be closed to others.
SERVER = """
import json, os, sys, tempfile, traceback
from asura.cli import backup, commanding, key, release, restore, upgrade, user
from asura.cli.owner import load_all
from asura.cli.root import run
load_all()
for line in sys.stdin:
    asked = json.loads(line)
    out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
    child = os.fork()
    if child == 0:
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        os.dup2(out.fileno(), 1), os.dup2(err.fileno(), 2)
        if asked["uid"]:
            os.setgroups([]), os.setgid(asked["uid"]), os.setuid(asked["uid"])
        status = 99
        try:
            status = run(asked["argv"])
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush(), sys.stderr.flush()
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    out.seek(0), err.seek(0)
    told = [file.read().decode("latin-1") for file in (out, err)]
    print(json.dumps([status, *told]), flush=True)
"""


class Told(NamedTuple):
    """What became of a command."""

    status: int
    out: str
    err: str


class Commands:
    """The process that runs commands."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, *argv: Any, uid: int = 0) -> Told:
        """Return what became of a command that a user called; 0: whoever runs the tests."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"argv": [str(one) for one in argv], "uid": uid}) + "\n")
        self._process.stdin.flush()
        status, out, err = json.loads(self._process.stdout.readline())
        return Told(status, out, err)


@contextmanager
def commands() -> Iterator[Commands]:
    """Lend a process that runs commands."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        [sys.executable, "-c", SERVER],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/", env=environment,
    ) as process:  # fmt: skip
        yield Commands(process)
        assert process.stdin is not None
        process.stdin.close()
