"""Whom windows are about, where there may be thousands of both: each monitor is looked at once, not by each window."""

from collections.abc import Iterable
from typing import TypeAlias

from asura.domain.maintenance import EVERYTHING, WindowConfig
from asura.domain.monitor import MonitorConfig

# What windows name monitors by: their id, their group or one of their tags.
Name: TypeAlias = tuple[str, int | str]
Standing: TypeAlias = tuple[int, int, MonitorConfig]


class Concern:
    """Knows which of the components that stand for monitors a window is about, as `maintenance.covers` has it.

    It is made of a component, a monitor that it stands for and what that is, for each of both; read when it is asked.
    """

    def __init__(self, standing: Iterable[Standing]) -> None:
        self._standing = standing
        self._named: dict[Name, set[int]] | None = None
        self._order: dict[int, None] = {}
        self._known: dict[frozenset[Name], tuple[int, ...]] = {}

    def of(self, window: WindowConfig) -> tuple[int, ...]:
        """Return the components that a window is about, in their order."""
        names = frozenset(_names(window))
        found = self._known.get(names)
        if found is None:
            if self._named is None:
                self._named = self._read()
            about = set[int]().union(*(self._named.get(name, ()) for name in names))
            found = self._known[names] = tuple(one for one in self._order if one in about)
        return found

    def _read(self) -> dict[Name, set[int]]:
        found: dict[Name, set[int]] = {}
        for component_id, monitor_id, monitor in self._standing:
            self._order[component_id] = None
            names: list[Name] = [("id", monitor_id), ("tag", EVERYTHING), *(("tag", tag) for tag in monitor.tags)]
            if monitor.group is not None:
                names.append(("group", monitor.group))
            for name in names:
                found.setdefault(name, set()).add(component_id)
        return found


def _names(window: WindowConfig) -> Iterable[Name]:
    yield from (("id", one) for one in window.monitor_ids)
    yield from (("group", one) for one in window.groups)
    yield from (("tag", one) for one in window.tags)
