"""Makes a channel's configuration of what somebody wrote. Every fault at once."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from asura.channels import channel_types
from asura.domain import fields
from asura.domain.bodies import convert_fields
from asura.domain.channel import DEFAULT_EVENTS, ChannelConfig
from asura.domain.fields import field
from asura.domain.incident import EventType
from asura.errors import Fault, Invalid

KNOWN_EVENTS = frozenset(event.value for event in EventType)


# What channels are told of, in the words of their form.
EVENT_LABELS = {
    "incident.opened": "It went down, or is degraded",
    "incident.severity_changed": "It became worse or better",
    "incident.acknowledged": "Somebody acknowledged it",
    "incident.escalated": "It was escalated",
    "incident.reminder": "Reminders, while nobody acknowledges it",
    "incident.resolved": "It is well again",
    "incident.snoozed": "Somebody snoozed it",
    "incident.noted": "Somebody wrote a note",
    "self.blind": "asura itself cannot see",
    "probe.offline": "A probe is gone",
    "probe.online": "A probe is back",
    "region.failing": "One region alone cannot reach it",
    "region.recovered": "That region reaches it again",
    "backup.failed": "Backups of asura fail",
    "backup.succeeded": "Backups work again",
}


class ChannelBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A channel as people write it."""

    name: Annotated[str, field("Name", min_length=1, max_length=200)]
    type: Annotated[str, field("Type", "How the messages travel.", control="type")]
    enabled: Annotated[bool, field("Switched on", "Off: nothing is sent by it.")] = True
    settings: Annotated[dict[str, Any], field("Settings", "Those of the type.", control="settings")] = {}
    events: Annotated[
        list[str],
        field(
            "Tells when",
            "Nothing chosen: it stays silent.",
            control="choices",
            labels=EVENT_LABELS,
            default=list(DEFAULT_EVENTS),
            max_length=50,
        ),
    ] = msgspec.field(default_factory=lambda: list(DEFAULT_EVENTS))
    default: Annotated[bool, field("Default channel", "Used by every monitor that names no channel of its own.")] = True


def prepare_channel(
    body: Mapping[str, Any], *, old: ChannelConfig | None = None, partial: bool = False
) -> ChannelConfig:
    """Return the configuration that a body asks for; raises Invalid naming every field.

    `partial` keeps what `old` has where the body is silent; otherwise `old` only lends its secrets to stars.
    """
    wanted = {key: value for key, value in body.items() if key != "slug"}
    if partial and old is not None:
        written = {name: getattr(old, name) for name in ChannelConfig.__struct_fields__}
        wanted = {**written, "events": list(old.events), **wanted}
    if old is not None and isinstance(wanted.get("settings"), dict):
        wanted["settings"] = fields.keep_stars(wanted["settings"], old.settings)
    made, faults = convert_fields(wanted, ChannelBody)
    settings, wrong = _settings(wanted.get("type"), wanted.get("settings", {}))
    faults.extend(wrong)
    if made is not None:
        unknown = [one for one in made.events if one not in KNOWN_EVENTS]
        faults.extend(Fault(f"events[{made.events.index(one)}]", f"there is no event {one!r}") for one in unknown)
    if made is None or faults:
        raise Invalid(*faults)
    return ChannelConfig(
        name=made.name,
        type=made.type,
        enabled=made.enabled,
        settings=settings,
        events=tuple(dict.fromkeys(made.events)),
        default=made.default,
    )


def _settings(name: object, settings: object) -> tuple[dict[str, Any], list[Fault]]:
    if not isinstance(name, str) or not isinstance(settings, dict):
        return {}, []
    kind = channel_types().get(name)
    if kind is None:
        return {}, [Fault("type", f"there is no channel type {name!r}; known are {', '.join(channel_types())}")]
    params, faults = convert_fields(settings, kind.params, prefix="settings.")
    if params is None:
        return {}, faults
    try:
        kind.validate(params)
    except Invalid as invalid:
        return {}, list(invalid.faults)
    return fields.written(params, settings), []
