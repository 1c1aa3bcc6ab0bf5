"""Makes a status page's configuration of what somebody wrote: validation, references. Every fault at once."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from asura.domain import page_css, page_rules
from asura.domain.bodies import convert_fields
from asura.domain.page import (
    AutoIncidents,
    ComponentConfig,
    GroupConfig,
    PageConfig,
    PageLink,
    PostTemplate,
    Show,
)
from asura.domain.schedule import is_zone
from asura.engine.page_body import (
    AutoIncidentsBody,
    ComponentBody,
    GroupBody,
    LinkBody,
    PageBody,
    Reference,
    ShowBody,
    TemplateBody,
)
from asura.errors import Fault, Invalid

LISTS: dict[str, type[msgspec.Struct]] = {
    "components": ComponentBody,
    "groups": GroupBody,
    "links": LinkBody,
    "templates": TemplateBody,
}
# Objects of which a change names only some fields.
PARTS: dict[str, type[msgspec.Struct]] = {"show": ShowBody, "auto_incidents": AutoIncidentsBody}
STANDS_FOR = ("monitor_id", "monitor_group", "tag")


class Surroundings(msgspec.Struct, frozen=True):
    """What a page must agree with: monitors, by id or slug, and why a host name cannot be had (None: it can)."""

    monitor: Callable[[Reference], int | None]
    taken: Callable[[str], str | None] = lambda _: None


def prepare_page(
    body: Mapping[str, Any], around: Surroundings, *, old: PageConfig | None = None, partial: bool = False
) -> PageConfig:
    """Return the configuration that a body asks for; raises Invalid naming every field.

    `partial` keeps what `old` has where the body is silent. Components that are new have the id 0.
    """
    wanted = dict(body)
    if partial and old is not None:
        wanted = {**as_written(old), **_merged(old, wanted)}
    faults = _item_faults(wanted)
    faults += convert_fields(_without_faulty(wanted, faults), PageBody)[1]
    # What has the right shape is judged although something else has not: everything is told at once.
    made, _ = convert_fields({"title": "-"} | _without_faulty(wanted, faults), PageBody)
    if made is None:
        raise Invalid(*faults)
    config = _Reading(around, old, faults).config(made)
    if faults:
        raise Invalid(*faults)
    return config


def as_written(config: PageConfig) -> dict[str, Any]:
    """Return a configuration as a body."""
    plain: dict[str, Any] = msgspec.to_builtins(config)
    return plain


def _merged(old: PageConfig, changes: dict[str, Any]) -> dict[str, Any]:
    """Return changes in which objects that name only some fields have the others as they were."""
    found = dict(changes)
    for name in PARTS:
        if isinstance(changes.get(name), dict):
            found[name] = {**msgspec.to_builtins(getattr(old, name)), **changes[name]}
    return found


def _item_faults(body: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with the items of lists and the fields of objects: each of them, and not the first alone."""
    faults: list[Fault] = []
    for name, kind in LISTS.items():
        items = body.get(name)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                faults += convert_fields(item, kind, prefix=f"{name}[{index}].")[1]
    for name, kind in PARTS.items():
        if isinstance(body.get(name), dict):
            faults += convert_fields(body[name], kind, prefix=f"{name}.")[1]
    return faults


def _without_faulty(body: Mapping[str, Any], faults: Iterable[Fault]) -> dict[str, Any]:
    """Return the fields of a body with which nothing is wrong yet."""
    faulty = {re.split(r"[.\[]", fault.path, maxsplit=1)[0] for fault in faults}
    return {name: value for name, value in body.items() if name not in faulty}


class _Reading:
    """Turns a body of the right shape into a configuration, and notes what is wrong on the way."""

    def __init__(self, around: Surroundings, old: PageConfig | None, faults: list[Fault]) -> None:
        self._around = around
        self._kept = {one.id: one for one in old.components} if old is not None else {}
        self._faults = faults

    def config(self, body: PageBody) -> PageConfig:
        """Return the configuration."""
        components = tuple(self._component(one, f"components[{n}]") for n, one in enumerate(body.components))
        self._once("components", [one.id for one in components], "id")
        self._page_rules(body)
        return PageConfig(
            title=self._line(body.title, "title"),
            description=body.description.strip(),
            visibility=body.visibility,
            networks=self._all(body.networks, "networks", page_rules.network),
            hosts=self._hosts(body.hosts),
            frame_ancestors=self._all(body.frame_ancestors, "frame_ancestors", page_rules.frame_source),
            language=body.language,
            timezone=body.timezone,
            theme=body.theme,
            accent=self._read(body.accent, "accent", page_rules.colour) or "",
            css=body.css,
            links=tuple(self._link(one, f"links[{n}]") for n, one in enumerate(body.links)),
            powered_by=body.powered_by,
            everything_public=body.everything_public,
            groups=self._groups(body.groups, components),
            components=components,
            show=Show(**_fields(body.show)),
            auto_incidents=self._auto(body.auto_incidents),
            templates=tuple(self._template(one, f"templates[{n}]") for n, one in enumerate(body.templates)),
            subscribe=tuple(dict.fromkeys(body.subscribe)),
        )

    def _page_rules(self, body: PageBody) -> None:
        if body.visibility == "networks" and not body.networks:
            self._wrong("networks", "is needed: nobody could see the page")
        if not is_zone(body.timezone):
            self._wrong("timezone", "is no zone such as Europe/Berlin")
        for problem in page_css.problems(body.css):
            self._wrong("css", str(problem))

    def _component(self, body: ComponentBody, path: str) -> ComponentConfig:
        kept = self._kept.get(body.id or 0)
        if body.id and kept is None:
            self._wrong(f"{path}.id", f"there is no component {body.id} on this page; leave it out for a new one")
        named = [name for name in STANDS_FOR if getattr(body, name) is not None]
        if len(named) != 1:
            for name in named[1:] or ["monitor_id"]:
                self._wrong(f"{path}.{name}", "a component stands for one of monitor_id, monitor_group and tag")
        return ComponentConfig(
            id=body.id or 0,
            name=self._line(body.name, f"{path}.name", blank=True),
            description=body.description.strip(),
            group=self._line(body.group, f"{path}.group", blank=True),
            monitor_id=self._monitor(body.monitor_id, f"{path}.monitor_id", kept),
            monitor_group=body.monitor_group,
            tag=body.tag,
            combine=body.combine,
            weights=self._weights(body, f"{path}.weights", kept),
        )

    def _monitor(self, reference: Reference | None, path: str, kept: ComponentConfig | None) -> int | None:
        if reference is None:
            return None
        # One that was put away stays where it was: it may come back.
        if kept is not None and reference == kept.monitor_id:
            return kept.monitor_id
        number = self._around.monitor(reference)
        if number is None:
            self._wrong(path, f"there is no monitor {reference!r}")
        return number

    def _weights(self, body: ComponentBody, path: str, kept: ComponentConfig | None) -> dict[str, float]:
        known = kept.weights if kept is not None else {}
        found: dict[str, float] = {}
        for reference, weight in body.weights.items():
            number = reference if reference in known else self._around.monitor(reference)
            if number is None:
                self._wrong(f"{path}.{reference}", "there is no such monitor")
            else:
                found[str(number)] = weight
        return found

    def _groups(self, bodies: list[GroupBody], components: Iterable[ComponentConfig]) -> tuple[GroupConfig, ...]:
        """Return the groups in their order, those that only components name behind them."""
        found: dict[str, GroupConfig] = {}
        for index, body in enumerate(bodies):
            name = self._line(body.name, f"groups[{index}].name")
            if name in found:
                self._wrong(f"groups[{index}].name", "is given twice")
            found[name] = GroupConfig(name=name, description=body.description.strip(), collapsed=body.collapsed)
        for one in components:
            if one.group:
                found.setdefault(one.group, GroupConfig(name=one.group))
        return tuple(found.values())

    def _link(self, body: LinkBody, path: str) -> PageLink:
        url = self._read(body.url, f"{path}.url", page_rules.link) or ""
        return PageLink(text=self._line(body.text, f"{path}.text"), url=url)

    def _template(self, body: TemplateBody, path: str) -> PostTemplate:
        fields = _fields(body)
        fields["name"] = self._line(body.name, f"{path}.name")
        fields["title"] = self._line(body.title, f"{path}.title", blank=True)
        return PostTemplate(**fields)

    def _auto(self, body: AutoIncidentsBody) -> AutoIncidents:
        self._line(body.title, "auto_incidents.title")
        for name in ("title", "text", "resolved_text"):
            for word in page_rules.strange_placeholders(getattr(body, name)):
                self._wrong(f"auto_incidents.{name}", f"${{{word[:50]}}} stands for nothing; known are component, page")
        return AutoIncidents(**_fields(body))

    def _hosts(self, texts: list[str]) -> tuple[str, ...]:
        found = self._all(texts, "hosts", page_rules.host_name)
        for index, text in enumerate(texts):
            name = _quietly(text, page_rules.host_name)
            reason = self._around.taken(name) if name is not None else None
            if reason is not None:
                self._wrong(f"hosts[{index}]", reason)
        return found

    def _all(self, texts: list[str], path: str, read: Callable[[str], str]) -> tuple[str, ...]:
        found = [self._read(text, f"{path}[{index}]", read) for index, text in enumerate(texts)]
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def _read(self, text: str, path: str, read: Callable[[str], str]) -> str | None:
        try:
            return read(text)
        except ValueError as error:
            self._wrong(path, str(error))
            return None

    def _line(self, text: str, path: str, *, blank: bool = False) -> str:
        stripped = text.strip()
        if not stripped.isprintable():
            self._wrong(path, "must be one line without control characters")
        elif not stripped and not blank:
            self._wrong(path, "must not be blank")
        return stripped

    def _once(self, path: str, ids: list[int], name: str) -> None:
        for index, one in enumerate(ids):
            if one and one in ids[:index]:
                self._wrong(f"{path}[{index}].{name}", "is given twice")

    def _wrong(self, path: str, message: str) -> None:
        self._faults.append(Fault(path, message))


def _fields(body: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(body, name) for name in body.__struct_fields__}


def _quietly(text: str, read: Callable[[str], str]) -> str | None:
    try:
        return read(text)
    except ValueError:
        return None
