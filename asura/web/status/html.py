"""Status pages as HTML: complete without a script, from a board and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from asura.domain.board import BoardMaintenance, BoardPost
from asura.web.status import assets, views
from asura.web.status.bars import Strips
from asura.web.status.rows import Rows, state
from asura.web.status.showing import Showing
from asura.web.status.writing import Writing

if TYPE_CHECKING:
    from jinja2 import Environment, Template

MEDIA_TYPE = "text/html"
SCHEMES = {"auto": "light dark", "light": "light", "dark": "dark"}
# Addresses that links of a page may lead to.
LEADS = ("https://", "http://", "mailto:", "tel:", "/")
_STRIPS = Strips()


class Said(NamedTuple):
    """An answer to somebody: a title, lines of text, and a button that sends `fields` to `action`."""

    title: str
    text: Sequence[str] = ()
    button: str = ""
    action: str = ""
    fields: Mapping[str, str] = {}
    back: bool = True


class Form(NamedTuple):
    """The form by which people subscribe, or choose components later (then without `kinds`)."""

    action: str
    title: str
    text: str
    kinds: Sequence[str] = ()
    kind: str = "email"
    address: str = ""
    components: Sequence[tuple[str, Sequence[Any]]] = ()
    chosen: frozenset[int] = frozenset()
    faults: Sequence[str] = ()
    fields: Mapping[str, str] = {}
    button: str = "send"
    leave: str = ""

    @property
    def address_type(self) -> str:
        """Return which kind of text an address is; without a script it is the same for each choice."""
        if "email" not in self.kinds:
            return "url"
        return "text" if len(self.kinds) > 1 else "email"


def page(showing: Showing) -> bytes:
    """Return the page itself: how everything is, what is said, what was."""
    board, show = showing.board, showing.page.config.show
    writing = _writing(showing)
    shown = max((len(one.bars) for one in board.components), default=0)
    rows = Rows(writing, board.page_id, views.titles(board), _STRIPS, uptime=show.uptime, days=shown)
    past = show.past_incidents_days
    days = views.past_days(board, writing, past) if past else []
    only = days[0] if len(days) == 1 else None
    values = {
        **_whole(showing, writing),
        "sentence": views.sentence(board, writing),
        "description": board.description,
        "notices": board.notices,
        "active": board.active,
        "running": [one for one in board.maintenance if one.status == "in_progress"],
        "upcoming": views.upcoming(board),
        "groups": views.groups(showing, writing, rows),
        "shown_days": shown,
        "days": days,
        "quiet": only is not None and not (only.told or only.above),
        "past_days": past,
        "ruled": show.uptime and shown > 0,
    }
    return _render("page.html.j2", showing, writing, **values)


def frame(showing: Showing) -> bytes:
    """Return a small page for a frame of another one: how everything is, in one line, and the way to the page."""
    writing = _writing(showing)
    return _render("frame.html.j2", showing, writing, **_whole(showing, writing))


def history(
    showing: Showing, month: date, posts: Sequence[BoardPost], works: Sequence[BoardMaintenance], first: date
) -> bytes:
    """Return all that was told of a month (by its first day), with the way to the others, from that of `first` on."""
    writing = _writing(showing)
    earlier, later = views.months_around(month, first, writing.today)
    values = {
        "month": month,
        "days": views.month_days(writing, posts, works),
        "earlier": earlier,
        "later": later,
        "headline": f"{writing('history_month', month=writing.month(month))} \u00b7 {showing.board.title}",
        "address": f"{showing.url}/history?month={month:%Y-%m}",
    }
    return _render("history.html.j2", showing, writing, **values)


def incident(showing: Showing, post: BoardPost) -> bytes:
    """Return all that is said about one incident or notice."""
    writing = _writing(showing)
    over = post.resolved_at is not None
    # While it is open they are as on the page. Afterwards nothing of it says how they are: another one may be open.
    concerned = [one for one in showing.board.components if one.id in post.component_ids and not over]
    values = {
        "post": post,
        "shown": "operational" if over and post.kind == "incident" else views.look(post),
        "affected": [(one.name, one.status.value) for one in concerned],
        "headline": f"{post.title} \u00b7 {showing.board.title}",
        "summary": post.updates[0].text[:200] if post.updates else post.title,
        "address": f"{showing.url}/incidents/{post.id}",
    }
    return _render("incident.html.j2", showing, writing, **values)


def message(showing: Showing, said: Said) -> bytes:
    """Return a page that says one thing, with a button where there is something to do."""
    return _render("message.html.j2", showing, _writing(showing), said=said, headline=_head(said.title, showing))


def login(showing: Showing, fault: str = "") -> bytes:
    """Return the page that asks for a password; `fault` is the key of what was wrong with the last one."""
    writing = _writing(showing)
    values = {"fault": fault, "feeds": False, "may_subscribe": False, "links": ()}
    return _render("login.html.j2", showing, writing, headline=_head(writing("login_title"), showing), **values)


def subscribe(showing: Showing, form: Form) -> bytes:
    """Return the page with the form by which people subscribe, or choose again."""
    return _render("subscribe.html.j2", showing, _writing(showing), form=form, headline=_head(form.title, showing))


def _head(title: str, showing: Showing) -> str:
    return f"{title} \u00b7 {showing.board.title}"


def _writing(showing: Showing) -> Writing:
    return Writing(showing.language, showing.board.timezone, showing.board.as_of)


def _whole(showing: Showing, writing: Writing) -> dict[str, Any]:
    """Return what is said about the whole."""
    words, shape = writing(f"overall_{views.state_of(showing.board)}"), views.shape_of(showing.board)
    return {
        "state": shape,
        "state_icon": _icon_address(showing, shape),
        "words": words,
        "headline": _head(words, showing),
        "as_of": _as_of(writing),
        "poll": _poll(showing),
    }


def _as_of(writing: Writing) -> Markup:
    minute = writing.now.replace(second=0, microsecond=0)
    text = '<time id="as-of" datetime="{}" title="{}">{}</time>'
    return Markup(text).format(_iso(minute), writing.date(writing.today), writing.time(minute))


def _poll(showing: Showing) -> str:
    """Return the address of the JSON that tells whether the page has changed."""
    if not showing.root:
        # At its own name there is only this page.
        return "/api/v1/status"
    if showing.page.config.visibility == "password":
        # The cookie of a password goes no further than the page.
        return f"{showing.root}/api/v2/summary.json"
    slug, is_main = showing.page.slug, showing.page.is_main
    base = showing.root.removesuffix("/status" if is_main else f"/status/{slug}")
    return f"{base}/api/v1/status{'' if is_main else f'/{slug}'}"


def _render(template: str, showing: Showing, writing: Writing, **values: Any) -> bytes:
    config, names = showing.page.config, {one.id: one.name for one in showing.board.components}

    def names_of(one: BoardPost | BoardMaintenance) -> list[str]:
        return [names[component] for component in one.component_ids if component in names]

    common = {
        "w": writing,
        "state_of": partial(state, writing),
        "theme": config.theme,
        "scheme": SCHEMES[config.theme],
        "hidden": config.visibility != "public",
        "summary": config.description or showing.board.title,
        "address": showing.url,
        "root": showing.root,
        "home": showing.root or "/",
        "title": showing.board.title,
        "styled": bool(config.accent or config.css),
        "favicon": f"{showing.root}/favicon"
        if _has(showing, "favicon")
        else _icon_address(showing, views.shape_of(showing.board)),
        "logo": _has(showing, "logo"),
        "links": [one for one in config.links if one.url.lower().startswith(LEADS)],
        "may_subscribe": showing.may_subscribe and bool(config.subscribe),
        "feeds": True,
        "powered_by": config.powered_by,
        "names_of": names_of,
    }
    return _template(template).render({**common, **values}).encode("utf-8", "replace")


def _has(showing: Showing, name: str) -> bool:
    return any(one.name == name for one in showing.page.files)


def _icon_address(showing: Showing, state: str) -> str:
    return f"{showing.root}/assets/{assets.name(f'{state}.svg')}"


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def _template(name: str) -> "Template":
    return _environment().get_template(name)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(assets.FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    icons = {state: Markup(assets.icon(state)) for state in assets.SHAPES}
    more: dict[str, Callable[..., Any]] = {"icon": icons.__getitem__, "look": views.look}
    made.globals.update(more, iso=_iso, asset=assets.name, safe=Markup)
    return made
