"""`asura doctor` looks at the disk below a folder: what file system it has, and how long it takes to be durable."""

import contextlib
import os
import statistics
import time
from pathlib import Path

FSYNCS = 7


def file_system(path: Path, table: Path = Path("/proc/self/mountinfo")) -> str:
    """Return the type of the file system that a path is on; empty where the system does not tell."""
    best, kind = "", ""
    try:
        lines = table.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    for line in lines:
        left, _, right = line.partition(" - ")
        place = left.split()[4].encode().decode("unicode_escape")
        inside = place == "/" or path == Path(place) or Path(place) in path.parents
        if inside and len(place) >= len(best):
            best, kind = place, right.split()[0]
    return kind


def fsync_ms(path: Path) -> float | None:
    """Return the median of how long a small write takes until it is durable; None where nothing may be written."""
    file, took = path / f".doctor-{os.getpid()}", []
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    try:
        for _ in range(FSYNCS):
            began = time.perf_counter()
            os.write(descriptor, bytes(4096))
            os.fsync(descriptor)
            took.append((time.perf_counter() - began) * 1000)
    except OSError:
        return None
    finally:
        os.close(descriptor)
        with contextlib.suppress(OSError):
            file.unlink()
    return statistics.median(took)
