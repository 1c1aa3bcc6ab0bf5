"""Status pages, for those who keep them; and which host names are theirs, for the proxy that makes certificates."""

import asyncio
from contextlib import AbstractAsyncContextManager
from functools import partial as bound
from typing import Any

from msgspec import UNSET, UnsetType
from starlette.responses import Response

from asura.domain import picture
from asura.domain.page import Page, PageConfig, PageFile
from asura.domain.page_css import LARGE
from asura.engine import page_edits
from asura.engine.page_edits import Files
from asura.errors import Fault, NotFound
from asura.web import cursor, edits, shapes
from asura.web.answers import check_match, created, json_answer, no_content
from asura.web.present import instant
from asura.web.route import Call
from asura.web.shapes.pages import StatusPage
from asura.web.status.gate import not_found

WRITABLE = frozenset(PageConfig.__struct_fields__)
PICTURES = ("logo", "favicon")


async def index(call: Call) -> Response:
    """Answer one page of status pages, by id."""
    asked = call.asked()
    limit, after = asked.limit(), cursor.read(asked, "g")
    asked.done()
    found = sorted((one for one in call.engine.pages.list() if one.id > after), key=lambda one: one.id)
    more = cursor.write("g", found[limit - 1].id) if len(found) > limit else None
    return json_answer(shapes.Page([shown(call, one) for one in found[:limit]], more))


async def create(call: Call) -> Response:
    """Make a status page."""
    body, faults = edits.sort_fields(
        call.body, WRITABLE | {"slug", "password", *PICTURES}, StatusPage.__struct_fields__
    )
    slug = body.pop("slug", None)
    faults += page_edits.slug_faults(slug) if isinstance(slug, str | None) else [Fault("slug", "must be text")]
    password, files = _password(body, faults), _files(call, body, None, faults)
    config = await _prepared(call, body, faults)
    word = password if isinstance(password, str) else None
    page = await call.engine.pages.create(config, slug=slug, password=word, files=files)
    return created(call, shown(call, page), at=f"/status-pages/{page.id}", etag=tag(page))


async def show(call: Call) -> Response:
    """Answer one status page, with the tag that guards its edit."""
    return _shown(call, found(call))


async def put(call: Call) -> Response:
    """Replace a status page; its password stays unless another one is given."""
    return await _replace(call, partial=False)


async def patch(call: Call) -> Response:
    """Change some fields of a status page."""
    return await _replace(call, partial=True)


async def delete(call: Call) -> Response:
    """Delete a status page with its posts and subscribers."""
    async with _editing(call):
        page = found(call)
        check_match(call.request, tag(page))
        await call.engine.pages.delete(page.id)
    return no_content()


async def ask(call: Call) -> Response:
    """Answer whether a host name is that of a page, so that a proxy makes a certificate for no other name."""
    asked = call.asked()
    domain = asked.text("domain", longest=254) or ""
    asked.done()
    if call.engine.pages.by_host(domain.lower().rstrip(".")) is None:
        return not_found()
    return Response("ok", media_type="text/plain")


def found(call: Call) -> Page:
    """Return the status page that the path names by id or slug."""
    page = call.engine.pages.find(call.ref())
    if page is None:
        raise NotFound("no such status page")
    return page


def tag(page: Page) -> str:
    """Return the ETag of a status page."""
    return f'"g{page.id}-{int(page.updated_at.timestamp() * 1_000_000)}"'


def shown(call: Call, page: Page) -> StatusPage:
    """Return a status page as those see it who keep it."""
    config = page.config
    return StatusPage(
        **{name: getattr(config, name) for name in PageConfig.__struct_fields__},
        id=page.id,
        slug=page.slug,
        url=_url(call, page),
        has_password=page.password is not None,
        logo=_address(call, page, "logo"),
        favicon=_address(call, page, "favicon"),
        managed_by=page.managed_by,
        created_at=instant(page.created_at),
        updated_at=instant(page.updated_at),
    )


def _url(call: Call, page: Page) -> str:
    url = call.engine.options.url
    if page.config.hosts:
        return f"{url.partition('://')[0]}://{page.config.hosts[0]}"
    return f"{url}/status" if page.is_main else f"{url}/status/{page.slug}"


def _address(call: Call, page: Page, name: str) -> str | None:
    """Return the path of a picture, which changes with it so that nobody is shown an old one."""
    if all(one.name != name for one in page.files):
        return None
    below = "/status" if page.is_main else f"/status/{page.slug}"
    return f"{call.site.options.base_path}{below}/{name}?v={int(page.updated_at.timestamp() * 1000)}"


def _shown(call: Call, page: Page) -> Response:
    return json_answer(shown(call, page), headers={"ETag": tag(page)})


def _editing(call: Call) -> AbstractAsyncContextManager[None]:
    page = call.engine.pages.find(call.ref())
    return call.site.editing(f"status page {call.ref() if page is None else page.id}")


async def _replace(call: Call, *, partial: bool) -> Response:
    async with _editing(call):
        page = found(call)
        check_match(call.request, tag(page))
        call.engine.pages.check_editable(page.id)
        body, faults = edits.sort_fields(call.body, WRITABLE | {"password", *PICTURES}, StatusPage.__struct_fields__)
        password, files = _password(body, faults), _files(call, body, page, faults)
        if not partial:
            files = {**{name: None for name in PICTURES if name not in call.body}, **files}
        config = await _prepared(call, body, faults, page, partial=partial)
        return _shown(call, await call.engine.pages.replace(page.id, config, password=password, files=files))


async def _prepared(
    call: Call, body: dict[str, Any], faults: list[Fault], old: Page | None = None, *, partial: bool = False
) -> PageConfig:
    """Return the configuration; a large style sheet is read off the event loop."""
    here = {name.partition(":")[0] for name in call.site.own_hosts(call.request)}

    may_name = call.actor is not None and call.actor.role == "admin"

    def taken(host: str) -> str | None:
        if host in here:
            return "is the name by which you are using asura now"
        known = old is not None and host in old.config.hosts
        # Whoever names a page decides what people see who ask for that name.
        return None if known or may_name else "can be given to a page only by an admin"

    desk = call.engine.pages
    prepare = bound(desk.prepare, body, old=old, partial=partial, taken=taken)
    css = body.get("css")
    if isinstance(css, str) and len(css) > LARGE:
        return await asyncio.to_thread(edits.prepared, faults, prepare)
    return edits.prepared(faults, prepare)


def _password(body: dict[str, Any], faults: list[Fault]) -> str | UnsetType | None:
    """Take the password out of a body: UNSET when it says nothing of it."""
    if "password" not in body:
        return UNSET
    given = body.pop("password")
    if given is not None and not isinstance(given, str):
        faults.append(Fault("password", "must be text or null"))
        return None
    faults += page_edits.password_faults(given)
    return given


def _files(call: Call, body: dict[str, Any], page: Page | None, faults: list[Fault]) -> Files:
    """Take the pictures out of a body that it changes; sending back the address that was read changes nothing."""
    changed: dict[str, PageFile | None] = {}
    for name in PICTURES:
        if name not in body:
            continue
        given = body.pop(name)
        if given is None:
            changed[name] = None
        elif not isinstance(given, str):
            faults.append(Fault(name, "must be a data URL or null"))
        elif page is None or given.partition("?")[0] != (_address(call, page, name) or "?").partition("?")[0]:
            try:
                kind, content = picture.read(given)
                changed[name] = PageFile(name=name, media_type=kind, body=content)
            except ValueError as error:
                faults.append(Fault(name, str(error)))
    return changed
