"""A status page as configured: what it shows, to whom, and how it looks."""

from datetime import datetime
from typing import Literal

import msgspec

Visibility = Literal["public", "unlisted", "password", "signed_in", "networks"]
# The page of the configuration file.
MAIN_SLUG = "status"


class ComponentConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a page. It stands for one monitor, or for all of a group or a tag; `id` is given by the desk.

    `combine` of several: `worst` is as bad as the worst of them, `weighted` counts shares (`weights` by monitor id).
    """

    id: int = 0
    name: str = ""
    description: str = ""
    group: str = ""
    monitor_id: int | None = None
    monitor_group: str | None = None
    tag: str | None = None
    combine: Literal["worst", "weighted"] = "worst"
    weights: dict[str, float] = {}


class GroupConfig(msgspec.Struct, frozen=True, kw_only=True):
    """A heading over components; the order of these is the order on the page."""

    name: str
    description: str = ""
    collapsed: bool = False


class Show(msgspec.Struct, frozen=True, kw_only=True):
    """What a page shows besides states."""

    uptime: bool = True
    response_times: bool = False
    days: int = 90
    past_incidents_days: int = 14


class AutoIncidents(msgspec.Struct, frozen=True, kw_only=True):
    """When an outage shows by itself, and in which words; `${component}` and `${page}` stand for their names."""

    when: Literal["never", "at_once", "after"] = "after"
    minutes: float = 5
    degraded: bool = False
    title: str = "${component} is not available"
    text: str = "We have noticed that ${component} does not work as it should, and are looking into it."
    resolved_text: str = "${component} works again."


class PostTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """A text that is kept ready for an incident or a notice."""

    name: str
    title: str = ""
    status: Literal["investigating", "identified", "monitoring", "resolved"] = "investigating"
    text: str = ""


class PageLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link in the head of a page."""

    text: str
    url: str


class PageConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a page that a person decides, but its password and its pictures."""

    title: str
    description: str = ""
    visibility: Visibility = "public"
    networks: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()
    language: Literal["auto", "en", "de", "zh"] = "auto"
    timezone: str = "UTC"
    theme: Literal["auto", "light", "dark"] = "auto"
    accent: str = ""
    css: str = ""
    links: tuple[PageLink, ...] = ()
    powered_by: bool = True
    # Every public monitor, by its group, besides the components.
    everything_public: bool = False
    groups: tuple[GroupConfig, ...] = ()
    components: tuple[ComponentConfig, ...] = ()
    show: Show = Show()
    auto_incidents: AutoIncidents = AutoIncidents()
    templates: tuple[PostTemplate, ...] = ()
    # By which ways one may subscribe; feeds are always there.
    subscribe: tuple[Literal["email", "webhook", "slack", "discord"], ...] = ("email", "webhook", "slack", "discord")


class PageFile(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of a page: `logo` or `favicon`."""

    name: str
    media_type: str
    body: bytes


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A stored page. `managed_by` is "file" for the one of the configuration; its config is made anew at each start."""

    id: int = 0
    slug: str
    config: PageConfig
    password: str | None = None
    managed_by: str | None = None
    created_at: datetime
    updated_at: datetime
    files: tuple[PageFile, ...] = ()

    def __repr__(self) -> str:
        return f"Page(id={self.id}, slug={self.slug!r})"

    @property
    def is_main(self) -> bool:
        """Return whether this is the page at `/status`."""
        return self.slug == MAIN_SLUG
