"""The bodies of requests about what status pages say in words."""

from typing import Annotated

import msgspec

from asura.domain.post import Affected, ComponentStatus
from asura.domain.posting import LONGEST_TEXT, LONGEST_TITLE, MOST_COMPONENTS
from asura.web.shapes.posts import ComponentWord, ImpactWord, KindWord, ProgressWord

UNSET = msgspec.UNSET
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TITLE)]
Markdown = Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT, description="Markdown.")]
When = Annotated[str, msgspec.Meta(max_length=40, extra_json_schema={"format": "date-time"})]


class AffectedBody(msgspec.Struct, forbid_unknown_fields=True):
    """A component of the page, and how it is said to be."""

    component_id: Annotated[int, msgspec.Meta(ge=1)]
    status: ComponentWord

    def affected(self) -> Affected:
        """Return it as posts have it."""
        return Affected(self.component_id, ComponentStatus(self.status))


Components = Annotated[list[AffectedBody], msgspec.Meta(max_length=MOST_COMPONENTS)]


class NewPost(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An incident or a notice to write, with the first thing that it says.

    `publish_at` may lie in the future (nobody sees it before) or in the past; null is now. `started_at` is when it
    began, null is its publication. `ends_at` is of notices.
    """

    kind: KindWord = "incident"
    title: Title
    impact: ImpactWord | None = None
    status: ProgressWord | None = None
    text: Markdown = ""
    components: Components = []
    publish_at: When | None = None
    started_at: When | None = None
    ends_at: When | None = None
    tell: bool = True


class PostBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A post as it shall be; what is left out is as when it was new. `publish_at` null stays as it is.

    `components` are those of what it says last.
    """

    title: Title
    impact: ImpactWord | None = None
    publish_at: When | None = None
    started_at: When | None = None
    ends_at: When | None = None
    postmortem: Markdown = ""
    components: Components = []


class PostPatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Fields of a post to change; `publish_at` null publishes it now. Its status changes by an update.

    `started_at` null is its publication. A postmortem can be written once it is resolved.
    """

    title: Title | msgspec.UnsetType = UNSET
    impact: ImpactWord | msgspec.UnsetType = UNSET
    publish_at: When | msgspec.UnsetType | None = UNSET
    started_at: When | msgspec.UnsetType | None = UNSET
    ends_at: When | msgspec.UnsetType | None = UNSET
    postmortem: Markdown | msgspec.UnsetType = UNSET
    components: Components | msgspec.UnsetType = UNSET


class UpdateBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Something to say, or to say otherwise. Without `components` they stay (and are well when it is resolved).

    `at` may lie in the past or in the future; null is now, or for an update that is there: as it was. `tell` false
    tells no subscriber.
    """

    status: ProgressWord
    text: Markdown = ""
    components: Components | None = None
    at: When | None = None
    tell: bool = True
