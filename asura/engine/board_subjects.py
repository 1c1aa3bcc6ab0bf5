"""The components of a page with the monitors that they stand for."""

from zoneinfo import ZoneInfo

from asura.domain.component import components_of
from asura.domain.page import ComponentConfig, Page
from asura.engine.day_reading import Subject, subject
from asura.engine.live import Live, MonitorView

# Programs read one figure that does not depend on how many days a page shows.
QUARTER = 90


def subjects_of(page: Page, live: Live) -> tuple[Subject, ...]:
    """Return the components of a page in their order, each with its monitors; those of a group or tag by an index."""
    config = page.config
    some = config.everything_public or any(one.monitor_id is None for one in config.components)
    everything = live.monitors() if some else []
    by_group: dict[str | None, list[MonitorView]] = {}
    by_tag: dict[str | None, list[MonitorView]] = {}
    for view in everything:
        own = view.monitor.config
        by_group.setdefault(own.group, []).append(view)
        for tag in own.tags:
            by_tag.setdefault(tag, []).append(view)

    def views(component: ComponentConfig) -> tuple[MonitorView, ...]:
        if component.monitor_id is not None:
            found = live.find(component.monitor_id)
            return (found,) if found is not None else ()
        if component.monitor_group is not None:
            return tuple(by_group.get(component.monitor_group, ()))
        return tuple(by_tag.get(component.tag, ())) if component.tag is not None else ()

    zone, days = ZoneInfo(config.timezone), max(QUARTER, config.show.days)
    return tuple(
        subject(one, views(one), zone, days=days, with_times=config.show.response_times)
        for one in components_of(config, [view.monitor for view in everything])
    )
