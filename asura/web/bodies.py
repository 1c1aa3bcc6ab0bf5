"""The bodies of requests as structs: what OpenAPI describes, and which fields a client may send."""

from typing import Annotated, Any, Literal

import msgspec

from asura.engine.prepare import MonitorBody
from asura.engine.prepare_channel import ChannelBody as ChannelBody

Text = Annotated[str, msgspec.Meta(max_length=10_000)]
Ref = Annotated[int, msgspec.Meta(ge=1)] | Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Slug = Annotated[
    str, msgspec.Meta(pattern="^[a-z0-9-]{1,64}$", description="Holds at least one letter; not `bulk` or `tag`.")
]

Rate = Annotated[float, msgspec.Meta(ge=0, le=10_000, description="Requests a second; 0 or null: as everybody.")]


class NewMonitor(MonitorBody, kw_only=True, forbid_unknown_fields=True):
    """A monitor to create: a name, a type and, for active types, a target; everything else has a default."""

    slug: Slug | msgspec.UnsetType = msgspec.UNSET


class NewChannel(ChannelBody, kw_only=True, forbid_unknown_fields=True):
    """A channel to create."""

    slug: Slug | msgspec.UnsetType = msgspec.UNSET


class TriedMonitor(NewMonitor, kw_only=True, forbid_unknown_fields=True):
    """A monitor to try: it needs no name yet."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] = "unsaved"


class TriedChannel(NewChannel, kw_only=True, forbid_unknown_fields=True):
    """A channel to try: it needs no name yet."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] = "unsaved"


def partly(kind: type[msgspec.Struct], name: str, told: str) -> type[msgspec.Struct]:
    """Return a struct with the same fields, each of which may be left out."""
    fields = [(info.name, info.type | msgspec.UnsetType, msgspec.UNSET) for info in msgspec.structs.fields(kind)]
    return msgspec.defstruct(
        name, fields, kw_only=True, forbid_unknown_fields=True, module=__name__, namespace={"__doc__": told}
    )


MERGED = "`settings` are merged field by field; null removes one."
MonitorPatch = partly(NewMonitor, "MonitorPatch", f"Fields of a monitor to change. {MERGED}")
ChannelPatch = partly(ChannelBody, "ChannelPatch", f"Fields of a channel to change. {MERGED}")


class Clone(msgspec.Struct):
    """How the copy is called."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None


class HealthchecksCheck(msgspec.Struct):
    """A check as Healthchecks' management API writes it; `unique` names the fields that find the one to change."""

    name: str | None = None
    slug: str | None = None
    tags: str | None = None
    desc: str | None = None
    timeout: int | None = None
    grace: int | None = None
    schedule: str | None = None
    tz: str | None = None
    methods: str | None = None
    channels: str | None = None
    manual_resume: bool | None = None
    unique: list[str] = []
    api_key: str | None = None


class Bulk(msgspec.Struct):
    """One action for many monitors; `set` holds the fields for `set`, and `tags` for `tag` and `untag`."""

    ids: Annotated[list[Ref], msgspec.Meta(min_length=1, max_length=5_000)]
    action: Literal["pause", "resume", "delete", "tag", "untag", "set"]
    set: dict[str, Any] = {}


class Note(msgspec.Struct):
    """Something a person says about an incident."""

    note: Annotated[str, msgspec.Meta(min_length=1, max_length=10_000)]


class OptionalNote(msgspec.Struct):
    """A note that may be left out."""

    note: Text | None = None


class Snooze(msgspec.Struct):
    """Until when nobody is to be reminded."""

    until: Annotated[str, msgspec.Meta(max_length=40, extra_json_schema={"format": "date-time"})]


class NewKey(msgspec.Struct):
    """An API key to make. Without scopes it may do all that its role may."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    role: Literal["admin", "editor", "viewer"]
    scopes: list[Literal["read", "write", "ping", "maintenance", "metrics", "probe"]] = []
    expires_at: Annotated[str, msgspec.Meta(max_length=40, extra_json_schema={"format": "date-time"})] | None = None
    rate_per_sec: Rate | None = None


class ReleaseBody(msgspec.Struct):
    """Which of the messages that wait since a restore go out: those written since then, all, or none."""

    send: Literal["new", "all", "none"] = "new"
