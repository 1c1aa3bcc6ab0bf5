"""What status pages say in words: incidents written by people or by rule, notices, and their updates."""

import asyncio
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import partial
from typing import Any, TypeVar, cast

import msgspec
from starlette.responses import Response

from asura.domain import markup, publishing
from asura.domain.instant import at_ms, kept
from asura.domain.page import Page
from asura.domain.post import Affected, Post, PostKind, PostStatus, PostUpdate
from asura.domain.posting import Draft, Saying
from asura.engine.post_desk import Filter
from asura.errors import Fault, Invalid, NotFound
from asura.store import columns
from asura.web import edits, shapes
from asura.web.answers import check_match, created, json_answer, no_content
from asura.web.body import shaped
from asura.web.post_bodies import AffectedBody, NewPost, PostBody, PostPatch, UpdateBody
from asura.web.present import instant, maybe_instant
from asura.web.query import parse_id, parse_instant
from asura.web.route import Call
from asura.web.shapes import posts as said

KINDS = frozenset(kind.value for kind in PostKind)
STANDINGS = frozenset({"open", "resolved", "scheduled"})
TIMES = ("publish_at", "started_at", "ends_at")
# So many posts are written off the event loop.
MANY = 20

T = TypeVar("T", bound=msgspec.Struct)


async def index(call: Call) -> Response:
    """Answer one page of posts, newest first."""
    asked = call.asked()
    kind, standing = asked.choice("kind", KINDS), asked.choice("status", STANDINGS)
    limit, after = asked.limit(), asked.text("cursor", longest=500)
    asked.done()
    page = _page(call)
    found = call.engine.posts.listed(
        page.id, kind=PostKind(kind) if kind else None, status=cast("Filter | None", standing)
    )
    if after is not None:
        last = tuple(columns.cursor_values(after, int, int))
        found = [one for one in found if (at_ms(one.publish_at), one.id) < last]
    more = None
    if len(found) > limit:
        more = columns.cursor_of(at_ms(found[limit - 1].publish_at), found[limit - 1].id)
    now = call.engine.clock.now()
    shown = found[:limit]
    # Reading Markdown takes a third of a millisecond a text.
    write = partial(_presented, shown, now)
    posts = await asyncio.to_thread(write) if len(shown) > MANY else write()
    return json_answer(shapes.Page(posts, more))


async def create(call: Call) -> Response:
    """Write an incident or a notice."""
    body, page = _shaped(call.body, NewPost, said.Post), _page(call)
    times = _instants(body, *TIMES)
    draft = Draft(
        kind=PostKind(body.kind),
        title=body.title,
        impact=body.impact,
        status=None if body.status is None else PostStatus(body.status),
        text=body.text,
        components=_affected(body.components),
        tell=body.tell,
        **times,
    )
    made = await call.engine.posts.create(page, draft, by=call.who)
    at = f"/status-pages/{page.id}/incidents/{made.id}"
    return created(call, post(made, call.engine.clock.now()), at=at, etag=tag(made))


async def show(call: Call) -> Response:
    """Answer one post, with the tag that guards its edit."""
    return _shown(call, await call.engine.posts.get(_page(call).id, _number(call, "n")))


async def put(call: Call) -> Response:
    """Replace what a post is called, how bad it is, when it shows, and what was learned."""
    body = _shaped(call.body, PostBody, said.Post)
    changes: dict[str, Any] = {
        "title": body.title.strip(),
        "postmortem": body.postmortem,
        "components": _affected(body.components),
        **_instants(body, *TIMES),
    }
    if body.publish_at is None:
        changes.pop("publish_at")
    async with _editing(call):
        page, found = await _matching(call)
        changes["impact"] = body.impact or ("none" if found.kind is PostKind.NOTICE else "minor")
        return _shown(call, await call.engine.posts.edit(page, found.id, changes))


async def patch(call: Call) -> Response:
    """Change fields of a post."""
    body = _shaped(call.body, PostPatch, said.Post)
    changes = {name: value for name in call.body if (value := getattr(body, name)) is not msgspec.UNSET}
    times = [name for name in TIMES if name in changes]
    changes |= _instants(body, *times)
    if "publish_at" in changes and changes["publish_at"] is None:
        changes["publish_at"] = kept(call.engine.clock.now())
    if "components" in changes:
        changes["components"] = _affected(changes["components"])
    if "title" in changes:
        changes["title"] = changes["title"].strip()
    async with _editing(call):
        page, found = await _matching(call)
        return _shown(call, await call.engine.posts.edit(page, found.id, changes))


async def delete(call: Call) -> Response:
    """Delete a post with all that it says."""
    async with _editing(call):
        page, found = await _matching(call)
        await call.engine.posts.delete(page.id, found.id)
    return no_content()


async def add_update(call: Call) -> Response:
    """Say something more in a post."""
    saying, page, number = _saying(call), _page(call), _number(call, "n")
    found, made = await call.engine.posts.add_update(page, number, saying, by=call.who)
    at = f"/status-pages/{page.id}/incidents/{found.id}/updates/{made.id}"
    return created(call, update(made), at=at)


async def put_update(call: Call) -> Response:
    """Say an update in other words."""
    saying, page, number = _saying(call), _page(call), _number(call, "n")
    async with _editing(call):
        _, made = await call.engine.posts.edit_update(page, number, _number(call, "u"), saying)
    return json_answer(update(made))


async def delete_update(call: Call) -> Response:
    """Take an update back."""
    async with _editing(call):
        await call.engine.posts.delete_update(_page(call).id, _number(call, "n"), _number(call, "u"))
    return no_content()


def post(one: Post, now: datetime) -> said.Post:
    """Return a post for those who keep the page."""
    return said.Post(
        id=one.id,
        page_id=one.page_id,
        kind=one.kind.value,
        title=one.title,
        status=publishing.status(one, now).value,
        impact=one.impact,
        publish_at=instant(one.publish_at),
        published=publishing.visible(one, now),
        started_at=maybe_instant(one.started_at),
        ends_at=maybe_instant(one.ends_at),
        resolved_at=maybe_instant(publishing.resolved_at(one, now)),
        postmortem=one.postmortem,
        postmortem_html=markup.html(one.postmortem),
        automatic=one.source is not None,
        components=_shown_components(publishing.affected(one, now)),
        created_by=one.created_by,
        created_at=instant(one.created_at),
        updated_at=instant(one.updated_at),
        updates=[update(each) for each in one.updates],
    )


def update(one: PostUpdate) -> said.PostUpdate:
    """Return an update for those who keep the page."""
    return said.PostUpdate(
        id=one.id,
        at=instant(one.at),
        status=one.status.value,
        text=one.text,
        html=markup.html(one.text),
        components=_shown_components(one.components),
        created_by=one.created_by,
        told_at=maybe_instant(one.told_at),
    )


def tag(one: Post) -> str:
    """Return the ETag of a post: of what was written, whatever of it is public by now."""
    return f'"o{one.id}-{at_ms(one.updated_at)}"'


def _presented(found: Iterable[Post], now: datetime) -> list[said.Post]:
    return [post(one, now) for one in found]


def _shown(call: Call, one: Post) -> Response:
    return json_answer(post(one, call.engine.clock.now()), headers={"ETag": tag(one)})


def _shown_components(found: Iterable[Affected]) -> list[said.AffectedComponent]:
    return [said.AffectedComponent(one.component_id, one.status.value) for one in found]


def _page(call: Call) -> Page:
    return call.engine.pages.get(call.ref())


def _number(call: Call, name: str) -> int:
    found = parse_id(call.ref(name))
    if found is None:
        raise NotFound("no such thing")
    return found


def _editing(call: Call) -> AbstractAsyncContextManager[None]:
    return call.site.editing(f"post {call.ref('n')}")


async def _matching(call: Call) -> tuple[Page, Post]:
    page = _page(call)
    found = await call.engine.posts.get(page.id, _number(call, "n"))
    check_match(call.request, tag(found))
    return page, found


def _saying(call: Call) -> Saying:
    body = _shaped(call.body, UpdateBody, said.PostUpdate)
    components = None if body.components is None else _affected(body.components)
    at = _instants(body, "at")["at"]
    return Saying(status=PostStatus(body.status), text=body.text, components=components, at=at, tell=body.tell)


def _affected(found: Iterable[AffectedBody]) -> tuple[Affected, ...]:
    return tuple(one.affected() for one in found)


def _shaped(body: dict[str, Any], kind: type[T], shown: type[msgspec.Struct]) -> T:
    """Return a body as a struct; what is shown but cannot be set is told as read-only."""
    fields, faults = edits.sort_fields(body, kind.__struct_fields__, shown.__struct_fields__)
    return edits.prepared(faults, lambda: shaped(fields, kind))


def _instants(body: msgspec.Struct, *names: str) -> dict[str, datetime | None]:
    """Return fields that are instants; every wrong one is named."""
    found: dict[str, datetime | None] = {}
    faults: list[Fault] = []
    for name in names:
        text = getattr(body, name)
        try:
            found[name] = None if text is None else parse_instant(text)
        except ValueError as error:
            faults.append(Fault(name, str(error)))
    if faults:
        raise Invalid(*faults)
    return found
