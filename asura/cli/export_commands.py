"""The local commands by which pages are read for an export: over a running site, or one that was opened for them."""

import base64
from typing import TYPE_CHECKING, Any

from asura.cli.local import Commands
from asura.errors import NotFound
from asura.web.status.exporting import Reader

if TYPE_CHECKING:
    from asura.web.site import Site


def export_commands(site: "Site") -> Commands:
    """Return the commands about status pages of a site."""
    reader, desk = Reader(site), site.engine.pages

    async def pages() -> list[dict[str, Any]]:
        shown = [page for page in desk.list() if desk.main is not None or not page.is_main]
        return [
            {
                "slug": page.slug,
                "is_main": page.is_main,
                "visibility": page.config.visibility,
                **reader.place(page)._asdict(),
            }
            for page in shown
        ]

    async def read(*, slug: str, file: str, url: str) -> dict[str, Any]:
        page = desk.find(slug)
        found = None if page is None or page.slug != slug else await reader.read(page, file, url=url)
        if found is None:
            raise NotFound(f"the page {slug} has no {file or 'front'}")
        return {"type": found.media_type, "body": base64.b64encode(found.body).decode("ascii")}

    return {"status.pages": pages, "status.read": read}
