"""Settings that are wrong somewhere: whether the part of them that somebody needs is right all the same."""

from collections.abc import Iterable, Mapping

import msgspec

from asura.settings_env import SHORT, Given, variable_of
from asura.settings_problem import Problem


class Reading(msgspec.Struct):
    """How far a file could be read: `names` of its top-level keys, and the text of which nobody knows what it says.

    Without a text (None) nothing of the file is known.
    """

    file: str = ""
    names: frozenset[str] = frozenset()
    unread: str | None = ""

    def leaves_open(self, key: str) -> bool:
        """Return whether the file may say something of a key that could not be read."""
        name = key.partition(".")[0]
        return name not in self.names and (self.unread is None or name in self.unread)


def touched(
    problems: Iterable[Problem], needs: Iterable[str], *, given: Mapping[str, Given], reading: Reading
) -> list[Problem]:
    """Return the problems that may make any of these keys or sections something else than was meant."""
    wanted = tuple(needs)
    # What an option or a variable says holds whatever the file says.
    in_file = tuple(key for key in wanted if key not in given or given[key].place == reading.file)
    return [one for one in problems if _touches(one, in_file if one.place == reading.file else wanted, reading)]


def _touches(problem: Problem, needs: tuple[str, ...], reading: Reading) -> bool:
    if problem.place == reading.file and (not problem.key or reading.unread is None):
        return any(reading.leaves_open(key) for key in needs)
    # An unknown key is one that was meant to be another.
    about = [one for one in (problem.key or problem.place, problem.nearest) if one]
    variables = SHORT | {variable_of(key): key for key in needs}
    keys = [variables.get(one.removesuffix("_FILE"), one) for one in about]
    return any(_within(key, need) or _within(need, key) for key in keys for need in needs)


def _within(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith((f"{outer}.", f"{outer}["))
