"""The forms by which visitors subscribe to a status page, and the pages that the links in mails lead to."""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from asura.domain import subscription
from asura.domain.board import Board
from asura.domain.page import MAIN_SLUG
from asura.domain.subscription import KINDS, Kind, Subscriber
from asura.domain.subscription_words import words
from asura.engine.subscriber_courier import Ungreeted
from asura.errors import Invalid, TooMany
from asura.web.route import Call
from asura.web.status import html
from asura.web.status.gate import HTML, Hidden, admitted, not_found, page_of
from asura.web.status.html import Form, Said
from asura.web.status.showing import Showing, language, showing
from asura.web.status.writing import Writing

# Every wish is answered after this time, whatever becomes of it, so that none tells who is subscribed.
FLOOR_S = 0.1
LONGEST_TOKEN = 100
# The address holds a token: it goes nowhere else, and nobody lists it.
QUIET = {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex", "Cache-Control": "no-store"}


async def subscribe_form(call: Call) -> Response:
    """Answer the form."""
    shown = await showing(call, admitted(call))
    ways = call.engine.subscribers.ways(shown.page)
    if not ways:
        return _answer(shown, Said(_word(shown, "not_offered"), (_word(shown, "not_offered_text"),)))
    return _form(call, shown)


async def subscribe(call: Call) -> Response:
    """Take a wish to subscribe in, and answer the same to everybody."""
    shown = await showing(call, admitted(call))
    kind, address = _text(call, "kind"), _text(call, "address")
    if kind not in KINDS:
        return _form(call, shown, faults=[_word(shown, "fault_kind")])
    wanted = subscription.chosen(_numbers(call), (one.id for one in shown.board.components))
    try:
        if _text(call, "website"):
            # People do not see this field: who fills in every field is none of them.
            await asyncio.sleep(FLOOR_S)
        else:
            await take(call, shown, kind, address, wanted)
    except TooMany as error:
        answer = _form(call, shown, faults=[_word(shown, "too_many")], status=429)
        answer.headers["Retry-After"] = str(int(error.retry_after) + 1)
        return answer
    except Ungreeted as error:
        why = _word(shown, "answered" if error.status else "unreachable").format(status=error.status)
        return _form(call, shown, faults=[_word(shown, "fault_greeting").format(why=why)])
    except Invalid as error:
        return _form(call, shown, faults=[_fault(shown, kind, one.path) for one in error.faults])
    name = "asked" if kind == "email" else "greeted"
    return _answer(shown, Said(_word(shown, name), (_said(shown, f"{name}_text"),)), 202)


async def take(call: Call, shown: Showing, kind: Kind, address: str, components: Sequence[int]) -> None:
    """Take a wish in: not too many of one network or about one address, and always after the same time."""
    desk = call.engine.subscribers
    desk.admit(network=call.address, kind=kind, address=address)
    floor = asyncio.create_task(asyncio.sleep(FLOOR_S))
    try:
        await desk.ask(shown.page, kind, address, components, shown.language)
    finally:
        await floor


async def confirm_form(call: Call) -> Response:
    """Answer the page with the button that confirms: what reads mails by machine follows links, and presses none."""
    found = await _holder(call)
    if found is None:
        return await _over(call)
    if found.confirmed_at is not None:
        return await _speak(call, found, "confirmed")
    return await _speak(call, found, "confirm", button="confirm_action", at="confirm")


async def confirm(call: Call) -> Response:
    """Let somebody be told from now on."""
    found = await _holder(call)
    if found is None or await call.engine.subscribers.confirm(_token(call)) is None:
        return await _over(call)
    return await _speak(call, found, "confirmed")


async def leave_form(call: Call) -> Response:
    """Answer the page with the button that ends a subscription."""
    found = await _holder(call)
    if found is None:
        return await _over(call)
    return await _speak(call, found, "leave", button="leave_action", at="unsubscribe")


async def leave(call: Call) -> Response:
    """End a subscription: by the button, or by a mailbox that posts `List-Unsubscribe=One-Click` (RFC 8058)."""
    found = await _holder(call)
    if found is None or await call.engine.subscribers.leave(_token(call)) is None:
        return await _over(call)
    return await _speak(call, found, "left")


async def choose_form(call: Call) -> Response:
    """Answer the page on which somebody chooses of which components they hear."""
    found = await _holder(call)
    if found is None:
        return await _over(call)
    shown = await _shown(call, found)
    form = Form(
        action=_address(call, shown, "manage"),
        title=_word(shown, "choose"),
        text=_word(shown, "choose_text"),
        components=_components(shown.board),
        chosen=frozenset(found.components),
        button="save",
        leave=_address(call, shown, "unsubscribe"),
    )
    return Response(html.subscribe(shown, form), 200, QUIET, HTML)


async def choose(call: Call) -> Response:
    """Keep of which components somebody wants to hear."""
    found = await _holder(call)
    if found is None:
        return await _over(call)
    shown = await _shown(call, found)
    wanted = subscription.chosen(_numbers(call), (one.id for one in shown.board.components))
    if await call.engine.subscribers.choose(_token(call), wanted) is None:
        return await _over(call)
    return await _speak(call, found, "chosen", text="confirmed_text")


async def to_confirming(call: Call) -> Response:
    """Lead from the address in the API to the page for people; whether there is such a page shows there."""
    return _elsewhere(call, "confirm")


async def to_leaving(call: Call) -> Response:
    """Lead from the address in the API to the page for people; whether there is such a page shows there."""
    return _elsewhere(call, "unsubscribe")


def _elsewhere(call: Call, name: str) -> Response:
    slug = call.ref("slug")
    below = "/status" if slug == MAIN_SLUG else f"/status/{quote(slug, safe='')}"
    to = f"{call.site.options.base_path}{below}/{name}?token={quote(_token(call), safe='')}"
    return Response(status_code=303, headers={"Location": to, "Cache-Control": "no-store"})


def _form(call: Call, shown: Showing, *, faults: Sequence[str] = (), status: int = 422) -> Response:
    ways = call.engine.subscribers.ways(shown.page)
    writing = Writing(shown.language, shown.board.timezone, shown.board.as_of)
    kind = _text(call, "kind")
    form = Form(
        action=f"{shown.root}/subscribe",
        title=writing("subscribe_title"),
        text=writing("subscribe_text"),
        kinds=list(ways),
        kind=kind if kind in ways else ways[0] if ways else "email",
        address=_text(call, "address"),
        components=_components(shown.board),
        chosen=frozenset(_numbers(call)),
        faults=faults,
    )
    headers = {"Referrer-Policy": "same-origin", "Cache-Control": "no-store"}
    return Response(html.subscribe(shown, form), status if faults else 200, headers, HTML)


def _fault(shown: Showing, kind: str, path: str) -> str:
    if path == "kind":
        return _word(shown, "fault_kind")
    return _word(shown, "fault_address_email" if kind == "email" else "fault_address")


async def _holder(call: Call) -> Subscriber | None:
    """Return whose link this is; its page must be the one that the address names, whoever may see that."""
    token, page = _token(call), page_of(call)
    found = await call.engine.subscribers.find(token) if token and page is not None else None
    return found if found is not None and page is not None and found.page_id == page.id else None


async def _shown(call: Call, holder: Subscriber) -> Showing:
    """Return the page that somebody subscribed to: they may see it here, as they do in each mail."""
    page = call.engine.pages.get(holder.page_id)
    accepted = call.request.headers.get("accept-language", "") or holder.language
    return (await showing(call, page))._replace(language=language(page, accepted))


async def _over(call: Call) -> Response:
    """Return what is said of a link that is nobody's: friendly words to who may see the page, and nothing to others."""
    try:
        shown = await showing(call, admitted(call))
    except Hidden:
        return not_found()
    return _answer(shown, Said(_word(shown, "over"), (_word(shown, "over_text"),)), 404)


async def _speak(
    call: Call, holder: Subscriber, name: str, *, text: str = "", button: str = "", at: str = ""
) -> Response:
    shown = await _shown(call, holder)
    said = Said(
        _word(shown, name),
        (_said(shown, text or f"{name}_text"),),
        button=_word(shown, button) if button else "",
        action=_address(call, shown, at) if at else "",
    )
    return _answer(shown, said)


def _answer(shown: Showing, said: Said, status: int = 200) -> Response:
    return Response(html.message(shown, said), status, QUIET, HTML)


def _address(call: Call, shown: Showing, name: str) -> str:
    return f"{shown.root}/{name}?token={quote(_token(call), safe='')}"


def _components(board: Board) -> list[tuple[str, list[Any]]]:
    """Return the components of a page by their groups; a single one is no choice."""
    if len(board.components) < 2:
        return []
    by_id = {one.id: one for one in board.components}
    return [(group.name, [by_id[one] for one in group.component_ids if one in by_id]) for group in board.groups]


def _word(shown: Showing, name: str) -> str:
    return words(shown.language)[name]


def _said(shown: Showing, name: str) -> str:
    return _word(shown, name).format(page=shown.page.config.title)


def _token(call: Call) -> str:
    given = call.request.query_params.get("token", "")
    return given if len(given) <= LONGEST_TOKEN and given.isascii() else ""


def _text(call: Call, name: str) -> str:
    given = call.body.get(name, "")
    return given.strip() if isinstance(given, str) else ""


def _numbers(call: Call) -> list[int]:
    given = call.body.get("components", [])
    found = given if isinstance(given, list) else [given]
    return [int(one) for one in found if isinstance(one, str) and one.isascii() and one.isdigit() and len(one) < 19]
