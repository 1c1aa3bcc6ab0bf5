"""How many checks fit into the limit of open files, in a process of its own: the limit is the whole process's."""

import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
from asura.running.open_files import within_open_files
soft, hard, wanted = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print(within_open_files(wanted), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "fitting", "raised"),
    [
        (512, 4096, 1000, 1000, 1256),
        (512, 1024, 5000, 768, 1024),
        (1024, 1024, 100, 100, 1024),
        (128, 128, 5000, 1, 128),
    ],
    ids=["the limit is raised", "as far as is allowed", "it is enough as it is", "one check always"],
)
def test_as_many_as_fit(soft: int, hard: int, wanted: int, fitting: int, raised: int) -> None:
    command = [sys.executable, "-c", PROGRAM, str(soft), str(hard), str(wanted)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert told.split() == [str(fitting), str(raised)]
