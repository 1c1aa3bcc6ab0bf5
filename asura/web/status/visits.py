"""What people look at of a status page: the page itself, its past, one incident, and a frame for other pages."""

import re
from datetime import date, datetime, timedelta

from starlette.responses import Response

from asura.domain import publishing
from asura.domain.page import Page
from asura.domain.post import Post
from asura.web.middleware import content_policy
from asura.web.route import Call
from asura.web.status import html
from asura.web.status.gate import OPEN, Hidden, admitted
from asura.web.status.showing import Showing, answer
from asura.web.status.writing import zone_of

MEDIA_TYPE = html.MEDIA_TYPE
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


async def page(call: Call) -> Response:
    """Answer the page."""
    return await answer(call, "page", MEDIA_TYPE, html.page)


async def frame(call: Call) -> Response:
    """Answer the small page for frames of other sites: those that the page names, else all when anybody may see it."""
    config = admitted(call).config
    ancestors = config.frame_ancestors or (("*",) if config.visibility in OPEN else ())
    headers = {"Content-Security-Policy": content_policy(ancestors), "Cross-Origin-Resource-Policy": "cross-origin"}
    return await answer(call, "frame", MEDIA_TYPE, html.frame, headers=headers)


async def incident(call: Call) -> Response:
    """Answer everything that is said about one incident or notice."""
    known = admitted(call)
    post = _post(call, known, call.ref("n"))

    def render(showing: Showing) -> bytes:
        shown = call.engine.boards.post(known, post)
        if shown is None:
            raise Hidden
        return html.incident(showing, shown)

    return await answer(call, f"incident {post.id}", MEDIA_TYPE, render)


async def history(call: Call) -> Response:
    """Answer what was told in one month: that of `month`, or this one."""
    known = admitted(call)
    zone = zone_of(known.config.timezone)
    today = call.engine.clock.now().astimezone(zone).date()
    first = _first(call, known).astimezone(zone).date().replace(day=1)
    month = _month(call.request.query_params.get("month", f"{today:%Y-%m}"))
    if not first <= month <= today:
        raise Hidden
    begin = datetime(month.year, month.month, 1, tzinfo=zone)
    end = datetime.combine((month + timedelta(days=31)).replace(day=1), begin.timetz())

    def render(showing: Showing) -> bytes:
        posts, works = call.engine.boards.told(known, begin, end)
        return html.history(showing, month, posts, works, first)

    return await answer(call, f"history {month:%Y-%m}", MEDIA_TYPE, render)


def _post(call: Call, known: Page, number: str) -> Post:
    """Return a published post of a page; raises Hidden when there is none of that number."""
    now = call.engine.clock.now()
    posts = call.engine.posts.of_page(known.id)
    found = next((one for one in posts if str(one.id) == number and publishing.visible(one, now)), None)
    if found is None:
        raise Hidden
    return found


def _month(text: str) -> date:
    found = MONTH.fullmatch(text)
    if found is None:
        raise Hidden
    return date(int(found[1]), int(found[2]), 1)


def _first(call: Call, known: Page) -> datetime:
    """Return from when on a page has something to tell."""
    now = call.engine.clock.now()
    said = (
        publishing.started_at(post) for post in call.engine.posts.of_page(known.id) if publishing.visible(post, now)
    )
    return min([known.created_at, now, *said])
