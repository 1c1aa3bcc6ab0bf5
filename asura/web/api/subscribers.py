"""Who is told by status pages: for those who keep the pages, and the form of programs that subscribe somebody."""

import csv
import io
from collections.abc import AsyncIterator, Iterable

from starlette.responses import Response, StreamingResponse

from asura.domain import subscription
from asura.domain.page import Page
from asura.domain.subscription import Subscriber, cell, masked
from asura.engine.subscriber_courier import Ungreeted
from asura.errors import Fault, Invalid, NotFound
from asura.web import cursor, shapes
from asura.web.answers import created, json_answer, no_content
from asura.web.body import shaped
from asura.web.errors import Refused
from asura.web.present import instant, maybe_instant
from asura.web.query import parse_id
from asura.web.route import Call
from asura.web.shapes import subscribers as told
from asura.web.status.forms import take
from asura.web.status.gate import admitted
from asura.web.status.showing import language, showing
from asura.web.subscriber_bodies import NewSubscriber, NewSubscription

CSV = "text/csv"
COLUMNS = ("id", "kind", "address", "components", "confirmed", "created_at")
TAKEN = "If this address can be told, a letter with a link is on its way to it."


async def index(call: Call) -> Response:
    """Answer one page of subscribers, by id."""
    asked = call.asked()
    limit, after = asked.limit(), cursor.read(asked, "s")
    asked.done()
    found = await call.engine.subscribers.of_page(_page(call).id, after=after, limit=limit + 1)
    page = [_shown(call, one) for one in found[:limit]]
    return json_answer(shapes.Page(page, cursor.write("s", page[-1].id) if len(found) > limit else None))


async def counts(call: Call) -> Response:
    """Answer how many there are in which way."""
    page = _page(call)
    found = await call.engine.subscribers.counts(page.id)
    number = {(one.kind, one.confirmed): one.number for one in found}
    data = [
        told.SubscriberCount(kind, number.get((kind, True), 0), number.get((kind, False), 0))
        for kind in subscription.KINDS
    ]
    offered = list(call.engine.subscribers.ways(page))
    return json_answer(told.SubscriberCounts(sum(number.values()), data, offered))


async def create(call: Call) -> Response:
    """Add somebody; an e-mail address confirms by itself, unless an administrator says that it was done."""
    page, wanted = _page(call), shaped(call.body, NewSubscriber)
    if wanted.confirmed and (call.actor is None or call.actor.role != "admin"):
        raise Refused(403, "Only an administrator may say that somebody has confirmed.")
    components = await _components(call, page, wanted.components)
    try:
        made = await call.engine.subscribers.add(
            page, wanted.kind, wanted.address, components, language(page, ""), confirmed=wanted.confirmed
        )
    except Ungreeted as error:
        raise Invalid(Fault("address", f"did not take a first message: {error.detail}")) from None
    return created(call, _shown(call, made), at=f"/status-pages/{page.id}/subscribers/{made.id}")


async def delete(call: Call) -> Response:
    """End somebody's subscription with everything that waits for them."""
    number = parse_id(call.ref("n"))
    if number is None:
        raise NotFound("no such thing")
    await call.engine.subscribers.delete(_page(call).id, number)
    return no_content()


async def export(call: Call) -> Response:
    """Answer every subscriber of a page as a table."""
    page = _page(call)
    board = await call.engine.boards.board(page)
    names = {one.id: one.name for one in board.components}
    headers = {
        "Content-Disposition": f'attachment; filename="subscribers-{page.slug}.csv"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_table(call, page, names), headers=headers, media_type=CSV)


async def subscribe(call: Call) -> Response:
    """Take a wish to subscribe in, and answer the same to everybody."""
    page, wanted = admitted(call), shaped(call.body, NewSubscription)
    components = await _components(call, page, wanted.components)
    await take(call, await showing(call, page), wanted.kind, wanted.address, components)
    return json_answer(told.Taken(TAKEN), 202)


async def _table(call: Call, page: Page, names: dict[int, str]) -> AsyncIterator[str]:
    yield _line(COLUMNS)
    async for one in call.engine.subscribers.export(page):
        about = ", ".join(names.get(id, str(id)) for id in one.components)
        confirmed = "yes" if one.confirmed_at is not None else "no"
        yield _line((str(one.id), one.kind, one.address.reveal(), about, confirmed, instant(one.created_at)))


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([cell(one) for one in cells])
    return out.getvalue()


async def _components(call: Call, page: Page, wanted: list[int]) -> tuple[int, ...]:
    there = {one.id for one in (await call.engine.boards.board(page)).components}
    faults = [
        Fault(f"components[{n}]", "is no component of the page") for n, one in enumerate(wanted) if one not in there
    ]
    if faults:
        raise Invalid(*faults)
    return subscription.chosen(wanted, there)


def _page(call: Call) -> Page:
    return call.engine.pages.get(call.ref())


def _shown(call: Call, one: Subscriber) -> told.Subscriber:
    whole = call.actor is not None and call.actor.role != "viewer"
    address = one.address.reveal()
    return told.Subscriber(
        id=one.id,
        kind=one.kind,
        address=address if whole else masked(one.kind, address),
        components=list(one.components),
        confirmed=one.confirmed_at is not None,
        created_at=instant(one.created_at),
        confirmed_at=maybe_instant(one.confirmed_at),
        failing_since=maybe_instant(one.failing_since),
    )
