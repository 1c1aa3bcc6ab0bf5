"""Writes docs/checks.md and docs/channels.md out of the registries of check and channel types."""

import typing
from typing import Any

import msgspec

from asura.domain import fields
from asura.domain.heartbeat_params import HeartbeatParams

ASSERTIONS = """\
## Assertions

An assertion says what must hold: `{"on": "status", "op": "in", "value": ["200-299"]}`. `on` is what it is about, `op`
how it is compared: `eq`, `ne`, `lt`, `le`, `gt`, `ge`, `in`, `not_in`, `contains`, `not_contains`, `matches`,
`not_matches` (RE2 patterns), `exists`, `not_exists`. `path` names the header, or the JSON path. `severity` is `down`
or `degraded`: what the monitor is when it does not hold. `assertions_match` is `all` or `any`. A failed assertion has
the reason `assertion`.
"""
CHECKS = """\
# Check types

A monitor of each type has a target, the settings of this page under `settings`, and the common fields: interval,
timeout, retries, thresholds, tags and so on. `asura check TARGET --type TYPE --set NAME=VALUE` tries one without a
server.
"""
HEARTBEATS = """\
## heartbeat: Heartbeat

Nothing is checked: the job calls in, and silence is the failure. It has no target. When a ping is expected is told by
`interval`, or by `cron` or `on_calendar` (one line each, several allowed) in a `timezone`; `grace` is how much later
is forgiven; `max_runtime` is how long after a `/start` the end must come (the grace, when it is missing);
`start_deadline` how long after its time a scheduled run must have started. These six are fields of the monitor, not
settings. A heartbeat is down after its first failure unless `failure_threshold` says otherwise.
"""
CHANNELS = """\
# Channel types

A channel tells people. It has a name, a type, the settings of this page under `settings`, the `events` that it is told
of, and may be a `default`: used by every monitor that names no channel. Secrets are never read back: they show as
`********`, and sending that keeps what is stored.

Channels do not reach private addresses, such as an ntfy or Gotify in the LAN or a mail server on 127.0.0.1, until the
configuration file names them: `network: {allow_private_channels: [192.168.1.5, 127.0.0.1]}`, and a restart.
"""


def checks() -> str:
    """Return docs/checks.md."""
    from asura.checks import check_types

    parts = [CHECKS]
    for name, check in check_types().items():
        words = ", ".join(f"`{word}`" for word in sorted(check.assertable))
        about = f"Assertions can be about {words}.\n" if words else "It has no assertions.\n"
        parts.append(f"## {name}: {check.title}\n\nTarget: {check.target_help}\n\n{_settings(check.params)}\n{about}")
    return "\n".join([*parts, f"{HEARTBEATS}\n{_settings(HeartbeatParams)}", ASSERTIONS])


def channels() -> str:
    """Return docs/channels.md."""
    from asura.channels import channel_types

    parts = [CHANNELS]
    for name, channel in channel_types().items():
        again = (
            "A repeat after a crash carries the same key, so that the receiver can recognise it."
            if channel.carries_key
            else "It cannot carry a key: after a crash, one message may come twice."
        )
        parts.append(f"## {name}: {channel.title}\n\n{_settings(channel.params)}\n{again}\n")
    return "\n".join(parts)


def _settings(struct: type[msgspec.Struct]) -> str:
    rows = "".join(field_rows(struct, ""))
    return (
        f"| setting | default | kind | what it is for |\n|---|---|---|---|\n{rows}" if rows else "It has no settings.\n"
    )


def field_rows(struct: type[msgspec.Struct], prefix: str = "") -> list[str]:
    """Return a row for each field; the fields of a struct inside come after it, with a dot; arrays name theirs."""
    hints = typing.get_type_hints(struct, include_extras=True)
    found = []
    for field in msgspec.structs.fields(struct):
        hint = hints[field.name]
        path = f"{prefix}{field.encode_name}"
        inner = _structs(hint)
        arrays = [struct for struct in inner if struct.__struct_config__.array_like]
        told = _help(hint) + "".join(f"Each an array: {', '.join(one.__struct_fields__)}." for one in arrays)
        found.append(f"| `{path}` | {_default(field)} | {_kind(hint)} | {told} |\n")
        found += _tag_row(inner, path)
        for struct in (struct for struct in inner if struct not in arrays):
            found += field_rows(struct, f"{path}.")
    return found


def _tag_row(structs: list[type[msgspec.Struct]], path: str) -> list[str]:
    """Return a row for the field that tells the structs of a choice apart, if there is one."""
    tags = [
        (struct.__struct_config__.tag_field, struct.__struct_config__.tag, struct.__doc__ or "") for struct in structs
    ]
    if not tags or tags[0][0] is None:
        return []
    words = " or ".join(f"`{tag}`" for _, tag, _ in tags)
    told = " ".join(f"`{tag}`: {told.strip()}" for _, tag, told in tags)
    return [f"| `{path}.{tags[0][0]}` | required | {words} | {told} |\n"]


def _structs(hint: Any) -> list[type[msgspec.Struct]]:
    """Return the structs that a hint speaks of, also inside a choice or a list."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return [hint]
    return [struct for part in typing.get_args(hint) for struct in _structs(part)]


def _default(field: Any) -> str:
    if field.required:
        return "required"
    value = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
    if value is None or value is msgspec.UNSET or value in ("", [], {}, ()):
        return "none"
    return f"`{msgspec.json.encode(value, enc_hook=fields.enc_hook).decode()}`"


def _kind(hint: Any) -> str:
    schema = msgspec.json.schema(hint, schema_hook=fields.schema_hook)
    return _kind_of(schema).replace("|", "&#124;")


def _kind_of(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        kinds = [_kind_of(part) for part in schema["anyOf"]]
        return " or ".join(dict.fromkeys(kind for kind in kinds if kind != "null")) or "null"
    if "enum" in schema:
        return " or ".join(f"`{word}`" if word != "" else "empty" for word in schema["enum"] if word is not None)
    if "$ref" in schema:
        return "object"
    if schema.get("format") == "password":
        return "secret"
    names = {"string": "text", "integer": "whole number", "boolean": "true or false", "array": "list"}
    kind = str(schema.get("type", "any value"))
    return names.get(kind, kind) + _limits(schema)


def _limits(schema: dict[str, Any]) -> str:
    low = next((f"{sign} {schema[key]}" for key, sign in _LOW if key in schema), "")
    high = next((f"{sign} {schema[key]}" for key, sign in _HIGH if key in schema), "")
    both = ", ".join(part for part in (low, high) if part)
    return f" ({both})" if both else ""


_LOW = (("minimum", "≥"), ("exclusiveMinimum", ">"))
_HIGH = (("maximum", "≤"), ("exclusiveMaximum", "<"))


def _help(hint: Any) -> str:
    metas = [meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, msgspec.Meta)]
    title = next((meta.title for meta in metas if meta.title), "")
    text = next((meta.description for meta in metas if meta.description), "")
    return ((text or f"{title}.") if title or text else "").replace("|", "&#124;").replace("\n", " ")
