"""How handlers answer: JSON by one encoder, and tags that guard edits."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from asura.domain.fields import enc_hook
from asura.errors import PreconditionFailed
from asura.web.route import Call

ENCODER = msgspec.json.Encoder(enc_hook=enc_hook)


def json_answer(value: Any, status: int = 200, *, headers: dict[str, str] | None = None) -> Response:
    """Return a value as JSON; secrets in it are stars."""
    return Response(ENCODER.encode(value), status, headers, "application/json")


def created(call: Call, value: Any, *, at: str, etag: str | None = None) -> Response:
    """Return a new object with its address."""
    headers = {"Location": f"{call.site.options.base_path}/api/v1{at}"}
    return json_answer(value, 201, headers=headers | ({"ETag": etag} if etag else {}))


def bare(response: Response) -> Response:
    """Return the head of an answer: its status and headers, and nothing else."""
    head = Response(status_code=response.status_code)
    head.raw_headers = [*response.raw_headers]
    return head


def no_content() -> Response:
    """Return an empty answer."""
    return Response(status_code=204)


def check_match(request: Request, etag: str | None) -> None:
    """Raise PreconditionFailed when `If-Match` or `If-None-Match` speaks against an edit; `etag` None: not there."""
    wanted = request.headers.get("if-match")
    if wanted is not None and (etag is None or not names_tag(wanted, etag)):
        raise PreconditionFailed("It was changed since it was read: read it again and repeat the edit.")
    unwanted = request.headers.get("if-none-match")
    if unwanted is not None and etag is not None and names_tag(unwanted, etag):
        raise PreconditionFailed("It is there already.")


def is_known(request: Request, etag: str) -> bool:
    """Return whether the client holds this answer already (`If-None-Match`)."""
    return names_tag(request.headers.get("if-none-match", ""), etag)


def names_tag(header: str, etag: str) -> bool:
    """Return whether an `If-Match` or `If-None-Match` header names a tag, weakly."""
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return "*" in tags or etag in tags
