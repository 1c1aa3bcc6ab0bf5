"""The bodies of requests about status pages."""

from typing import Annotated

import msgspec

from asura.engine.page_body import PageBody
from asura.web.bodies import Slug, partly

UNSET = msgspec.UNSET
Password = Annotated[
    Annotated[str, msgspec.Meta(max_length=1_000)] | None,
    msgspec.Meta(description="Never read back; without it the one of now stays, null takes it away."),
]
Picture = Annotated[
    Annotated[str, msgspec.Meta(max_length=400_000)] | None,
    msgspec.Meta(description="A data URL of PNG, JPEG, GIF, WebP, SVG or ICO, at most 256 KiB; or the address of now."),
]


class StatusPageBody(PageBody, kw_only=True, forbid_unknown_fields=True):
    """A status page as it shall be; what is left out is as when it was new, but the password, which stays."""

    password: Password | msgspec.UnsetType = UNSET
    logo: Picture | msgspec.UnsetType = UNSET
    favicon: Picture | msgspec.UnsetType = UNSET


class NewStatusPage(StatusPageBody, kw_only=True, forbid_unknown_fields=True):
    """A status page to make; a title is enough."""

    slug: Slug | msgspec.UnsetType = UNSET


StatusPagePatch = partly(
    StatusPageBody,
    "StatusPagePatch",
    "Fields of a status page to change. `show` and `auto_incidents` are merged field by field, lists are replaced.",
)
