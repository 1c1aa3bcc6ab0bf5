"""Long work ends when it is asked to: at its next step, and where that does not come, when it is asked again."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from asura.cli.working import SAME_WITHIN_S

ROOT = Path(__file__).resolve().parents[2]
# Work whose next step never comes: nobody writes into the pipe.
STUCK = """
import sys
from asura.cli.working import working
with working() as task:
    print("begun", flush=True)
    open(sys.argv[1])
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_second_signal_ends_at_once_what_the_first_cannot(tmp_path: Path, number: signal.Signals) -> None:
    os.mkfifo(tmp_path / "pipe")
    command = [sys.executable, "-c", STUCK, str(tmp_path / "pipe")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "begun\n"
        # A terminal's and the launcher's, of one press.
        running.send_signal(number)
        running.send_signal(number)
        time.sleep(SAME_WITHIN_S + 0.2)
        assert running.poll() is None
        running.send_signal(number)
        assert running.wait(20) == -number
