"""The settings of the status page at `/status`; further pages are made in the dashboard."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import msgspec

from asura.domain import page_css, page_rules
from asura.domain.page import AutoIncidents, PageConfig, Show
from asura.domain.schedule import is_zone
from asura.settings_values import FLAG, TEXT, Kind, Section, duration, one_of, setting, texts, whole


def _title(raw: Any) -> str:
    text: str = TEXT.read(raw).strip()
    if not 1 <= len(text) <= 200 or not text.isprintable():
        raise ValueError("must be one line of 1 to 200 characters")
    return text


def _description(raw: Any) -> str:
    text: str = TEXT.read(raw).strip()
    if len(text) > 5_000:
        raise ValueError("must have at most 5000 characters")
    return text


def _zone(raw: Any) -> str:
    name: str = TEXT.read(raw).strip()
    if not is_zone(name):
        raise ValueError(f"{name!r} is no zone such as Europe/Berlin")
    return name


def _by(read: Callable[[str], str]) -> Callable[[Any], str]:
    def value(raw: Any) -> str:
        text: str = TEXT.read(raw)
        try:
            return read(text)
        except ValueError as error:
            raise ValueError(f"{text!r} {error}") from None

    return value


_WHEN = one_of("never", "at_once", "after")
_WAYS = one_of("email", "webhook", "slack", "discord")


class StatusPage(Section, frozen=True, kw_only=True):
    """The page at `/status`, with every public monitor as it is. Further pages are made in the dashboard."""

    enabled: Annotated[bool, setting("Show it; switched off, its posts and subscribers are kept.", FLAG)] = True
    title: Annotated[str, setting("What stands above it.", Kind("text", _title))] = "Status"
    description: Annotated[str, setting("A sentence or two below the title.", Kind("text", _description))] = ""
    custom_css_path: Annotated[str, setting("File with CSS of your own, read at the start.", TEXT)] = ""
    timezone: Annotated[str, setting("The zone whose days it shows.", Kind("zone", _zone))] = "UTC"
    language: Annotated[
        str, setting("Its language; auto is that of the visitor.", one_of("auto", "en", "de", "zh"))
    ] = "auto"
    theme: Annotated[str, setting("Light or dark; auto is as the visitor has it.", one_of("auto", "light", "dark"))] = (
        "auto"
    )
    accent: Annotated[
        str, setting("Colour of links and buttons, such as #0055cc.", Kind("colour", _by(page_rules.colour)))
    ] = ""
    visibility: Annotated[
        str,
        setting(
            "Who may see it; unlisted asks search engines to leave it out.",
            one_of("public", "unlisted", "signed_in", "networks"),
        ),
    ] = "public"
    networks: Annotated[
        tuple[str, ...],
        setting("Who may see it with `visibility: networks`.", texts(_by(page_rules.network), name="list of networks")),
    ] = ()
    hosts: Annotated[
        tuple[str, ...],
        setting(
            "Host names at whose root it is shown, and nothing else.",
            texts(_by(page_rules.host_name), name="list of host names"),
        ),
    ] = ()
    frame_ancestors: Annotated[
        tuple[str, ...],
        setting("Origins that may frame it; empty: none.", texts(_by(page_rules.frame_source), name="list of origins")),
    ] = ()
    days: Annotated[int, setting("Days that the bars show.", whole(30, 365))] = 90
    past_incidents_days: Annotated[int, setting("Days of past incidents that it shows.", whole(0, 365))] = 14
    show_uptime: Annotated[bool, setting("Show percentages.", FLAG)] = True
    show_response_times: Annotated[bool, setting("Show response times.", FLAG)] = False
    powered_by: Annotated[bool, setting("Say at the bottom which program made it.", FLAG)] = True
    auto_incidents: Annotated[
        str, setting("When an outage shows as an incident by itself; after: see below.", _WHEN)
    ] = "after"
    auto_incidents_after: Annotated[float, setting("How long it must last for that.", duration(1, 86400))] = 300
    subscribe: Annotated[
        tuple[str, ...],
        setting("By which ways one may subscribe; feeds are always there.", texts(_WAYS.read, name="list of ways")),
    ] = ("email", "webhook", "slack", "discord")


def status_faults(page: StatusPage) -> list[tuple[str, str]]:
    """Return (key, message) of what cannot work: a combination, or what stands in the file of the style sheet."""
    faults = []
    if page.visibility == "networks" and not page.networks:
        faults.append(("status_page.visibility", "networks: needs status_page.networks too"))
    path = "status_page.custom_css_path"
    try:
        found = page_css.problems(_css(page))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        return [*faults, (path, f"{page.custom_css_path} cannot be read: {reason}")]
    return faults + [(path, f"{page.custom_css_path}: {problem}") for problem in found]


def page_config(page: StatusPage) -> PageConfig:
    """Return the page as it is kept."""
    return PageConfig(
        title=page.title,
        description=page.description,
        visibility=cast(Literal["public", "unlisted", "signed_in", "networks"], page.visibility),
        networks=page.networks,
        hosts=tuple(dict.fromkeys(page.hosts)),
        frame_ancestors=page.frame_ancestors,
        language=cast(Literal["auto", "en", "de", "zh"], page.language),
        timezone=page.timezone,
        theme=cast(Literal["auto", "light", "dark"], page.theme),
        accent=page.accent,
        css=_css(page),
        powered_by=page.powered_by,
        everything_public=True,
        show=Show(
            uptime=page.show_uptime,
            response_times=page.show_response_times,
            days=page.days,
            past_incidents_days=page.past_incidents_days,
        ),
        auto_incidents=msgspec.structs.replace(
            AutoIncidents(),
            when=cast(Literal["never", "at_once", "after"], page.auto_incidents),
            minutes=page.auto_incidents_after / 60,
        ),
        subscribe=cast("tuple[Literal['email', 'webhook', 'slack', 'discord'], ...]", page.subscribe),
    )


def _css(page: StatusPage) -> str:
    return Path(page.custom_css_path).read_text("utf-8-sig") if page.custom_css_path else ""
