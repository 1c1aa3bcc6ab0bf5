"""The components of status pages with the monitors that they stand for, as they are now."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from asura.domain.automatic import Member, Watched
from asura.domain.component import components_of
from asura.domain.monitor import Monitor
from asura.domain.page import ComponentConfig, Page

if TYPE_CHECKING:
    from asura.engine.live import Live, MonitorState


class Watching:
    """One look at everything, made for one pass: groups and tags are gathered once, and only when they are needed."""

    def __init__(self, live: "Live", *, under_maintenance: Callable[[Monitor], bool] = lambda _: False) -> None:
        self._live = live
        self._under = under_maintenance

    @cached_property
    def _states(self) -> dict[int, "MonitorState"]:
        return {state.monitor.id: state for state in self._live.states()}

    @cached_property
    def _named(self) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
        """Return the monitors of each group, and of each tag."""
        groups: dict[str, list[int]] = {}
        tags: dict[str, list[int]] = {}
        for id_, state in self._states.items():
            config = state.monitor.config
            if config.group is not None:
                groups.setdefault(config.group, []).append(id_)
            for tag in config.tags:
                tags.setdefault(tag, []).append(id_)
        return groups, tags

    def of_page(self, page: Page) -> Iterator[tuple[ComponentConfig, tuple[Monitor, ...]]]:
        """Return each component of a page with its monitors."""
        for component in components_of(page.config, self._monitors(self._states)):
            yield component, self._monitors(self._members(component))

    def watched(self, page: Page) -> list[Watched]:
        """Return each component of a page as the rule for automatic incidents looks at it."""
        return [
            Watched(component=component, name=_name(component, monitors), members=tuple(map(self._member, monitors)))
            for component, monitors in self.of_page(page)
        ]

    def _monitors(self, ids: Iterable[int]) -> tuple[Monitor, ...]:
        return tuple(self._states[id_].monitor for id_ in ids)

    def _members(self, component: ComponentConfig) -> Iterable[int]:
        if component.monitor_id is not None:
            return (component.monitor_id,) if component.monitor_id in self._states else ()
        if component.monitor_group is not None:
            return self._named[0].get(component.monitor_group, ())
        return self._named[1].get(component.tag, ()) if component.tag is not None else ()

    def _member(self, monitor: Monitor) -> Member:
        return Member(monitor.id, self._states[monitor.id].status, self._under(monitor))


def _name(component: ComponentConfig, monitors: tuple[Monitor, ...]) -> str:
    """Return the name of a component as its page shows it."""
    own = component.name or component.monitor_group or component.tag
    return own or next((monitor.config.name for monitor in monitors), "")
