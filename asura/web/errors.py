"""Errors as problem+json (RFC 9457): never a stack trace, always the id of the request."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from math import ceil

import msgspec
from starlette.responses import Response

from asura.errors import Conflict, Fault, Invalid, NotFound, PreconditionFailed, StoreUnavailable, TooMany
from asura.web.shapes import FieldError, Problem

LOG = logging.getLogger("asura.web")
MOST_ERRORS = 100
LONGEST = 500

TITLES = {
    400: ("not-json", "The request cannot be read"),
    401: ("unauthorized", "Nobody is signed in"),
    403: ("forbidden", "That is not allowed"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "This method is not offered here"),
    408: ("timeout", "The request did not come in time"),
    409: ("conflict", "The present state does not allow it"),
    412: ("precondition-failed", "Somebody else changed it"),
    413: ("too-large", "The body is too large"),
    415: ("unsupported-media-type", "The body is not JSON"),
    422: ("invalid", "Some values cannot be accepted"),
    426: ("upgrade-required", "The versions do not understand each other"),
    429: ("too-many-requests", "Too many requests"),
    431: ("head-too-large", "The head of the request is too large"),
    500: ("internal-error", "Something went wrong here"),
    503: ("unavailable", "Not possible right now"),
}


class Refused(Exception):
    """A request that ends with a status of its own."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        faults: Sequence[Fault] = (),
    ) -> None:
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.faults = tuple(faults)
        super().__init__(detail)


def problem(
    status: int,
    detail: str,
    *,
    request_id: str,
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem+json answer."""
    body = problem_body(status, detail, request_id=request_id, faults=faults)
    return Response(msgspec.json.encode(body), status, headers, "application/problem+json")


def problem_body(status: int, detail: str, *, request_id: str, faults: Sequence[Fault] = ()) -> Problem:
    """Return what a problem+json answer says."""
    slug, title = TITLES.get(status, ("error", HTTPStatus(status).phrase))
    errors = [FieldError(path=_clean(fault.path), message=_clean(fault.message)) for fault in faults[:MOST_ERRORS]]
    return Problem(
        type=f"urn:asura:problem:{slug}",
        title=title,
        status=status,
        detail=_clean(detail),
        errors=errors,
        request_id=request_id,
    )


def answer_to(error: Exception, request_id: str) -> Response:
    """Return what a client is told of an error; a bug is logged in full and told in one sentence."""
    match error:
        case Refused():
            return problem(
                error.status, error.detail, request_id=request_id, faults=error.faults, headers=error.headers
            )
        case TooMany():
            seconds = str(max(1, ceil(error.retry_after)))
            detail = f"Too many attempts. Try again in {seconds} s."
            return problem(429, detail, request_id=request_id, headers={"Retry-After": seconds})
        case Invalid():
            detail = "; ".join(f"{fault.path}: {fault.message}" for fault in error.faults[:3])
            return problem(422, detail, request_id=request_id, faults=error.faults)
        case NotFound():
            return problem(404, "There is no such thing.", request_id=request_id)
        case Conflict():
            return problem(409, str(error), request_id=request_id)
        case PreconditionFailed():
            return problem(412, str(error) or "It was changed since it was read.", request_id=request_id)
        case StoreUnavailable():
            LOG.error("the store could not commit: %s", error)
            detail = "The store cannot save at the moment. Nothing was changed; try again."
            return problem(503, detail, request_id=request_id, headers={"Retry-After": "5"})
    LOG.error("a request failed by our own fault", exc_info=error)
    return problem(500, "This is a fault of asura; its log has more under this request id.", request_id=request_id)


def _clean(text: str) -> str:
    """Return a text that any JSON encoder takes: input is quoted in messages, and input may hold lone surrogates."""
    return text[:LONGEST].encode("utf-8", "replace").decode("utf-8")
