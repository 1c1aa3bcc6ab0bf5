"""What is wrong with settings, for whoever has to put it right; and secrets that lie in files of their own."""

from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from asura.domain.fields import Secret


class Problem(NamedTuple):
    """One thing wrong with the settings: where (file and line, variable, option), which key, what, the right key."""

    place: str
    line: int | None
    key: str
    message: str
    nearest: str = ""

    def __str__(self) -> str:
        where = f"{self.place}:{self.line}" if self.line else self.place
        subject = f"{where}: {self.key}: " if self.key else f"{where}: "
        return f"{subject}{self.message}" + (f"; did you mean {self.nearest}?" if self.nearest else "")


def nearest_key(key: str, known: list[str]) -> str:
    """Return the known key most like a wrong one, or nothing when none is."""
    full = get_close_matches(key, known, n=1, cutoff=0.7)
    if full:
        return full[0]
    last = key.rpartition(".")[2]
    by_last = {name.rpartition(".")[2]: name for name in reversed(known)}
    return next((by_last[name] for name in get_close_matches(last, list(by_last), n=1, cutoff=0.8)), "")


def secret_file(path: str) -> Secret:
    """Return the secret that a file holds, without the line end; ValueError says why it cannot be read."""
    try:
        return Secret(Path(path).read_text("utf-8").rstrip("\r\n"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ValueError(f"{path} cannot be read: {reason}") from None
