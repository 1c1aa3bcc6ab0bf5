"""Steps of an edit of a status page: what is refused, new ids, other pictures, and what is let go of."""

import sqlite3
from collections.abc import Container, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec.structs import replace

from asura.domain.fields import is_slug, slug_of
from asura.domain.instant import kept
from asura.domain.page import Page, PageConfig, PageFile
from asura.domain.page_rules import RESERVED_PAGE_SLUGS, host_name
from asura.errors import Fault
from asura.store import pages

PASSWORD_LENGTHS = (8, 200)
# A picture to store under a name, or None to take it away.
Files: TypeAlias = Mapping[str, PageFile | None]
TICK = timedelta(milliseconds=1)


def slug_faults(slug: str | None) -> list[Fault]:
    """Return what is wrong with the slug of a new page."""
    if slug is None:
        return []
    if not is_slug(slug):
        return [Fault("slug", "must be 1 to 64 of a-z, 0-9 and -, hold a letter, and not be bulk or tag")]
    return [Fault("slug", "is a word of an address here; choose another")] if slug in RESERVED_PAGE_SLUGS else []


def password_faults(password: str | None) -> list[Fault]:
    """Return what is wrong with the password of a page."""
    least, most = PASSWORD_LENGTHS
    if password is None or least <= len(password) <= most:
        return []
    return [Fault("password", f"must have {least} to {most} characters")]


def own_name(url: str) -> str:
    """Return the host name of an address, as pages must not have it."""
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    try:
        return host_name(host.partition(":")[0])
    except ValueError:
        return ""


def free_slug(title: str, taken: Container[str]) -> str:
    """Return a slug for a new page, made of its title."""
    wanted = slug_of(title)
    if wanted.startswith("monitor") and not title.lower().lstrip().startswith("monitor"):
        wanted = wanted.replace("monitor", "page", 1)
    slug, number = wanted, 2
    while slug in taken or slug in RESERVED_PAGE_SLUGS:
        slug, number = f"{wanted}-{number}", number + 1
    return slug


def visibility_faults(config: PageConfig, *, has_password: bool) -> list[Fault]:
    """Return what a visibility needs and the page has not."""
    if config.visibility == "password" and not has_password:
        return [Fault("password", "is needed by the visibility password")]
    return []


def later(page: Page, now: datetime) -> datetime:
    """Return when a page changed: never the same instant twice, because its ETag is made of it."""
    return max(kept(now), page.updated_at + TICK)


def with_files(old: Iterable[PageFile], changes: Files) -> tuple[PageFile, ...]:
    """Return the pictures of a page after a change, by name."""
    found = {one.name: one for one in old} | dict(changes)
    return tuple(one for _, one in sorted(found.items()) if one is not None)


def numbered(db: sqlite3.Connection, config: PageConfig) -> PageConfig:
    """Return a configuration in which new components have ids that no other one ever had."""
    fresh = iter(pages.next_component_ids(db, sum(not one.id for one in config.components)))
    return replace(
        config, components=tuple(one if one.id else replace(one, id=next(fresh)) for one in config.components)
    )


def without_monitor(config: PageConfig, monitor_id: int) -> PageConfig:
    """Return a configuration that does not know a monitor: not as a component, and with no weight."""
    key = str(monitor_id)
    left = [one for one in config.components if one.monitor_id != monitor_id]
    kept_weights = (
        replace(one, weights={name: weight for name, weight in one.weights.items() if name != key})
        if key in one.weights
        else one
        for one in left
    )
    return replace(config, components=tuple(kept_weights))
