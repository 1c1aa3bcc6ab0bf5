"""The components of status pages with the monitors that they stand for, as they are now."""

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from asura.domain.automatic import Member, Watched
from asura.domain.component import IMPLICIT_FROM, components_of
from asura.domain.monitor import Monitor
from asura.domain.page import ComponentConfig, Page
from asura.domain.status import Status

if TYPE_CHECKING:
    from asura.engine.live import Live


class Watching:
    """One look at everything, made for one pass: groups and tags are gathered once, and only when they are needed."""

    def __init__(self, live: "Live") -> None:
        self._live = live

    def of_page(self, page: Page) -> Iterator[tuple[ComponentConfig, tuple[Monitor, ...]]]:
        """Return each component of a page with its monitors."""
        everything = page.config.everything_public
        monitors = [state.monitor for state in self._live.states()] if everything else []
        yield from self._with_monitors(components_of(page.config, monitors))

    def watched(self, page: Page, failing: Collection[int], kept: Collection[int]) -> list[Watched]:
        """Return those components of a page that have one of some monitors, or are among `kept`.

        On a page of everything public all others need not even be looked at.
        """
        ids = {*failing, *(id_ - IMPLICIT_FROM for id_ in kept if id_ > IMPLICIT_FROM)}
        chosen = components_of(page.config, self._monitors(sorted(ids)))
        return [
            Watched(component=component, name=_name(component, monitors), members=tuple(map(self._member, monitors)))
            for component, monitors in self._with_monitors(chosen)
            if component.id in kept or any(one.id in failing for one in monitors)
        ]

    def _with_monitors(
        self, components: Iterable[ComponentConfig]
    ) -> Iterator[tuple[ComponentConfig, tuple[Monitor, ...]]]:
        for component in components:
            yield component, self._monitors(self._members(component))

    def _monitors(self, ids: Iterable[int]) -> tuple[Monitor, ...]:
        return tuple(state.monitor for id_ in ids if (state := self._live.state(id_)) is not None)

    def _members(self, component: ComponentConfig) -> Iterable[int]:
        if component.monitor_id is not None:
            return (component.monitor_id,)
        if component.monitor_group is not None:
            return self._named[0].get(component.monitor_group, ())
        return self._named[1].get(component.tag, ()) if component.tag is not None else ()

    @cached_property
    def _named(self) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
        """Return the monitors of each group, and of each tag."""
        groups: dict[str, list[int]] = {}
        tags: dict[str, list[int]] = {}
        for state in self._live.states():
            config = state.monitor.config
            if config.group is not None:
                groups.setdefault(config.group, []).append(state.monitor.id)
            for tag in config.tags:
                tags.setdefault(tag, []).append(state.monitor.id)
        return groups, tags

    def _member(self, monitor: Monitor) -> Member:
        state = self._live.state(monitor.id)
        status = Status.PENDING if state is None else state.status
        return Member(monitor.id, status, maintenance=status is Status.MAINTENANCE)


def _name(component: ComponentConfig, monitors: tuple[Monitor, ...]) -> str:
    """Return the name of a component as its page shows it."""
    own = component.name or component.monitor_group or component.tag
    return own or next((monitor.config.name for monitor in monitors), "")
