"""Status pages in answers, for those who keep them."""

import msgspec

from asura.domain.page import (
    AutoIncidents,
    ComponentConfig,
    GroupConfig,
    PageLink,
    PostTemplate,
    Show,
    Visibility,
)
from asura.web.shapes.common import Instant


class StatusPage(msgspec.Struct, frozen=True, kw_only=True):
    """A status page as configured. `logo` and `favicon` are addresses; `url` is where visitors find the page."""

    id: int
    slug: str
    url: str
    title: str
    description: str
    visibility: Visibility
    has_password: bool
    networks: tuple[str, ...]
    hosts: tuple[str, ...]
    frame_ancestors: tuple[str, ...]
    language: str
    timezone: str
    theme: str
    accent: str
    css: str
    logo: str | None
    favicon: str | None
    links: tuple[PageLink, ...]
    powered_by: bool
    everything_public: bool
    groups: tuple[GroupConfig, ...]
    components: tuple[ComponentConfig, ...]
    show: Show
    auto_incidents: AutoIncidents
    templates: tuple[PostTemplate, ...]
    subscribe: tuple[str, ...]
    managed_by: str | None
    created_at: Instant
    updated_at: Instant
