"""A status page as people write it: its fields, their limits, and the metadata that draws their form."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from asura.domain.fields import field
from asura.domain.page import Visibility

Reference = int | str
Name = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=5_000)]
MOST_CSS = 65_536


class ComponentBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A line of a page: it stands for one monitor, or for all monitors of a group or with a tag."""

    id: Annotated[int, Meta(ge=0, description="Of one that is there already; without it a new one is made.")] | None = (
        None
    )
    name: Annotated[Name, Meta(description="Empty: that of what it stands for.")] = ""
    description: Annotated[str, Meta(max_length=2_000)] = ""
    group: Annotated[Name, Meta(description="The heading that it stands under; empty: none.")] = ""
    monitor_id: Annotated[Reference | None, Meta(description="Id or slug of a monitor.")] = None
    monitor_group: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    tag: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    combine: Annotated[
        Literal["worst", "weighted"], Meta(description="How many monitors are one: the worst of them, or by weight.")
    ] = "worst"
    weights: Annotated[
        dict[str, Annotated[float, Meta(gt=0, le=1_000_000)]],
        Meta(max_length=500, description="By id or slug of a monitor; 1 for those that are not named."),
    ] = {}


class GroupBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A heading over components."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    description: Annotated[str, Meta(max_length=2_000)] = ""
    collapsed: bool = False


class LinkBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A link in the head of a page."""

    text: Annotated[str, Meta(min_length=1, max_length=100)]
    url: Annotated[str, Meta(min_length=1, max_length=2_048)]


class TemplateBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A text that is kept ready for an incident or a notice."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    title: Name = ""
    status: Literal["investigating", "identified", "monitoring", "resolved"] = "investigating"
    text: Annotated[str, Meta(max_length=20_000)] = ""


class ShowBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a page shows besides states."""

    uptime: bool = True
    response_times: bool = False
    days: Annotated[int, Meta(ge=30, le=365)] = 90
    past_incidents_days: Annotated[int, Meta(ge=0, le=365)] = 14


class AutoIncidentsBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """When an outage shows by itself, and in which words; `${component}` and `${page}` stand for their names."""

    when: Literal["never", "at_once", "after"] = "after"
    minutes: Annotated[float, Meta(gt=0, le=1_440)] = 5
    degraded: Annotated[bool, Meta(description="What is only degraded shows too.")] = False
    title: Annotated[str, Meta(min_length=1, max_length=200)] = "${component} is not available"
    text: Annotated[str, Meta(min_length=1, max_length=5_000)] = (
        "We have noticed that ${component} does not work as it should, and are looking into it."
    )
    resolved_text: Annotated[str, Meta(min_length=1, max_length=5_000)] = "${component} works again."


class PageBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A status page as people write it."""

    title: Annotated[str, field("Title", min_length=1, max_length=200)]
    description: Annotated[Text, field("Description", "One or two sentences under the title.")] = ""
    visibility: Annotated[
        Visibility,
        field(
            "Who may see it",
            labels={
                "public": "Everybody",
                "unlisted": "Everybody with the address; search engines are asked to leave it out",
                "password": "Who knows its password",
                "signed_in": "Who is signed in here",
                "networks": "Who comes from some networks",
            },
        ),
    ] = "public"
    networks: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=200)] = []
    hosts: Annotated[list[Annotated[str, Meta(max_length=254)]], Meta(max_length=20)] = []
    frame_ancestors: Annotated[list[Annotated[str, Meta(max_length=254)]], Meta(max_length=20)] = []
    language: Literal["auto", "en", "de", "zh"] = "auto"
    timezone: Annotated[str, Meta(max_length=64)] = "UTC"
    theme: Literal["auto", "light", "dark"] = "auto"
    accent: Annotated[str, Meta(max_length=20)] = ""
    css: Annotated[str, Meta(max_length=MOST_CSS)] = ""
    links: Annotated[list[LinkBody], Meta(max_length=20)] = []
    powered_by: bool = True
    everything_public: bool = False
    groups: Annotated[list[GroupBody], Meta(max_length=100)] = []
    components: Annotated[list[ComponentBody], Meta(max_length=500)] = []
    show: ShowBody = msgspec.field(default_factory=ShowBody)
    auto_incidents: AutoIncidentsBody = msgspec.field(default_factory=AutoIncidentsBody)
    templates: Annotated[list[TemplateBody], Meta(max_length=50)] = []
    subscribe: Annotated[list[Literal["email", "webhook", "slack", "discord"]], Meta(max_length=10)] = msgspec.field(
        default_factory=lambda: ["email", "webhook", "slack", "discord"]
    )
