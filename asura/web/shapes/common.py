"""What all answers share: words, instants, pages, problems."""

from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec

T = TypeVar("T")

Instant = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
Ratio = Annotated[float, msgspec.Meta(ge=0, le=1)]
StatusWord = Literal["pending", "up", "late", "degraded", "down", "unreachable", "maintenance", "paused", "unknown"]
NotificationWord = Literal["pending", "sent", "failed", "dead", "dropped"]
RoleWord = Literal["admin", "editor", "viewer"]
ScopeWord = Literal["read", "write", "ping", "maintenance", "metrics", "probe"]


class Page(msgspec.Struct, Generic[T]):
    """One page of a list; `next_cursor` is null on the last one."""

    data: list[T]
    next_cursor: str | None = None


class FieldError(msgspec.Struct):
    """One offending field of a request."""

    path: str
    message: str


class Problem(msgspec.Struct):
    """An error, after RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError]
    request_id: str


class Records(msgspec.Struct):
    """A short list of free-form records."""

    data: list[dict[str, Any]]
