"""Monitors and channels that the configuration file declares, as plain data with the line of every field."""

import types
import typing
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from asura.domain.bodies import nearest_field
from asura.domain.channel import ChannelConfig
from asura.domain.fields import Secret, is_slug, slug_of
from asura.domain.monitor import MonitorConfig
from asura.settings_problem import Problem
from asura.settings_values import seconds_of

if TYPE_CHECKING:
    import yaml

    from asura.settings_source import Source

DURATIONS = ("interval", "timeout", "retry_interval", "reminder_interval", "grace", "max_runtime", "start_deadline")
CONFIGS: dict[str, type[msgspec.Struct]] = {"monitors": MonitorConfig, "channels": ChannelConfig}


class Declared(msgspec.Struct, frozen=True):
    """One item of `monitors:` or `channels:`; `lines` has the line of each path (`settings.method`)."""

    kind: str
    slug: str
    body: dict[str, Any]
    line: int
    lines: dict[str, int]
    place: str

    def line_of(self, path: str) -> int:
        """Return the line of a field, or of the nearest thing around it that stands in the file."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, self.line)

    def problem(self, path: str, message: str) -> Problem:
        """Return what is wrong with a field as a problem of the file, with the nearest right name of an unknown one."""
        unknown = "unknown" in message.lower() and "did you mean" not in message
        nearest = self._nearest(path) if unknown else ""
        # In a file they are keys, as all its others.
        message = message.replace("unknown field", "unknown key")
        return Problem(self.place, self.line_of(path), f"{self.kind}.{self.slug}.{path}".rstrip("."), message, nearest)

    def filled(self, defaults: Callable[[float | None], dict[str, Any]]) -> "Declared":
        """Return the item with the defaults of its interval where it says nothing; heartbeats have their own."""
        if self.body.get("type") == "heartbeat":
            return self
        every = self.body.get("interval")
        fitting = defaults(every if isinstance(every, int | float) else None)
        return msgspec.structs.replace(self, body={**fitting, **self.body})

    def _nearest(self, path: str) -> str:
        head, _, name = path.rpartition(".")
        known = fields_of(self.kind, self.body.get("type"), head)
        return nearest_field(name, known)


def declare(source: "Source", kind: str, node: "yaml.Node", line: int) -> tuple[Declared, ...]:
    """Return the items of a list of the file; what is wrong with the list itself becomes problems of the source."""
    import yaml

    if isinstance(node, yaml.ScalarNode) and node.value in ("", "~", "null"):
        return ()
    if not isinstance(node, yaml.SequenceNode):
        source.complain(line, kind, "expected a list: each item begins with `- name: …`")
        return ()
    items = [_item(source, kind, child, index) for index, child in enumerate(node.value)]
    return _unique(source, [item for item in items if item is not None])


def _item(source: "Source", kind: str, node: "yaml.Node", index: int) -> Declared | None:
    lines: dict[str, int] = {}
    shown = f"{kind}[{index}]"
    body = source.plain(node, "", shown=shown, lines=lines)
    if not isinstance(body, dict):
        source.complain(lines.get(""), shown, "expected keys such as `name:` and `type:`")
        return None
    name, slug = body.get("name"), body.pop("slug", None)
    if not isinstance(name, str) and not isinstance(slug, str):
        source.complain(lines[""], shown, "a name is missing")
        return None
    if slug is not None and not (isinstance(slug, str) and is_slug(slug)):
        source.complain(lines.get("slug"), f"{shown}.slug", "must be 1 to 64 of a-z, 0-9 and '-', with a letter")
        return None
    found = Declared(kind, slug or slug_of(str(name)), body, lines[""], lines, source.place)
    if not isinstance(name, str):
        body["name"] = found.slug
    _settle(source, found, shown)
    return found


def _settle(source: "Source", item: Declared, shown: str) -> None:
    """Read durations and values that came from variables as what the field wants; name and drop unknown fields."""
    known = [*CONFIGS[item.kind].__struct_fields__, "slug"]
    for name in [name for name in item.body if name not in known]:
        source.complain(item.lines[name], f"{shown}.{name}", "unknown key", nearest=nearest_field(name, known))
        # Said once: whoever reads the item as a whole would say it again.
        del item.body[name]
    for name in DURATIONS if item.kind == "monitors" else ():
        if isinstance(item.body.get(name), str):
            _in_place(item.body, name, seconds_of, partial(_fault, source, item, f"{shown}.{name}", name))
    for path in item.lines:
        if f"{shown}.{path}" in source.expanded:
            _typed_by_hint(source, item, shown, path)


def _fault(source: "Source", item: Declared, shown: str, path: str, error: ValueError) -> None:
    source.complain(item.line_of(path), shown, str(error))


def _in_place(body: dict[str, Any], name: str, read: Callable[[Any], Any], fault: Callable[[ValueError], None]) -> None:
    try:
        body[name] = read(body[name])
    except ValueError as error:
        fault(error)


def _typed_by_hint(source: "Source", item: Declared, shown: str, path: str) -> None:
    """Turn the text of a variable into the number or the yes or no that its field wants; keep files to secrets."""
    head, _, name = path.rpartition(".")
    holder: Any = item.body
    for part in head.split(".") if head else ():
        holder = holder.get(part) if isinstance(holder, dict) else None
    if not isinstance(holder, dict) or name not in holder:
        return
    wanted = _kinds(_hint(_struct_of(item.kind, item.body.get("type"), head), name))
    if isinstance(holder[name], Secret):
        if wanted and Secret not in wanted:
            text = "a variable ending in _FILE can stand only where a secret is expected"
            source.complain(item.line_of(path), f"{shown}.{path}", text)
    elif isinstance(holder[name], str) and wanted & {int, float, bool} and not wanted & {str, Secret}:
        _in_place(holder, name, _plain_number, partial(_fault, source, item, f"{shown}.{path}", path))


def _plain_number(text: str) -> Any:
    try:
        value = msgspec.json.decode(text.strip())
    except msgspec.DecodeError:
        value = text
    if not isinstance(value, int | float):
        raise ValueError("the variable must hold a number, true or false")
    return value


def fields_of(kind: str, type_name: Any, path: str) -> list[str]:
    """Return the names that may stand at a path (`""`, `settings.auth`) of a monitor or channel of a type."""
    struct = _struct_of(kind, type_name, path)
    return list(struct.__struct_fields__) if struct else []


def _struct_of(kind: str, type_name: Any, path: str) -> type[msgspec.Struct] | None:
    if not path:
        return CONFIGS[kind]
    head, *rest = path.split(".")
    if head != "settings":
        return None
    # Found here and not above: the types bring the protocol libraries with them.
    from asura.channels import channel_types
    from asura.running.types import views

    found: Any = (views() if kind == "monitors" else channel_types()).get(str(type_name))
    struct = found.params if found else None
    for part in rest:
        structs = [
            one for one in _kinds(_hint(struct, part)) if isinstance(one, type) and issubclass(one, msgspec.Struct)
        ]
        struct = structs[0] if structs else None
    return struct


def _hint(struct: type[msgspec.Struct] | None, name: str) -> Any:
    return typing.get_type_hints(struct, include_extras=False).get(name) if struct else None


def _kinds(hint: Any) -> set[Any]:
    """Return the types that a hint allows."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return {kind for part in typing.get_args(hint) for kind in _kinds(part)}
    if typing.get_origin(hint) is typing.Literal:
        return {type(value) for value in typing.get_args(hint)}
    return set() if hint is None else {hint}


def _unique(source: "Source", items: list[Declared]) -> tuple[Declared, ...]:
    seen: dict[str, int] = {}
    for item in items:
        if item.slug in seen:
            source.complain(item.line, f"{item.kind}.{item.slug}", f"the slug is used in line {seen[item.slug]} too")
        seen.setdefault(item.slug, item.line)
    return tuple(items)
