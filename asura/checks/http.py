"""Asks a web server and judges its answer: status, certificate, and what the user expects of it."""

import asyncio

from asura.checks.assertions import Seen, finding, judge
from asura.checks.base import Job
from asura.checks.http_params import HttpParams, built, check_tls, prepared
from asura.domain.reason import Reason
from asura.domain.result import Outcome, Phases
from asura.domain.status import Finding
from asura.net.certificates import days_left
from asura.net.failures import place
from asura.net.http import HttpResponse, fetch
from asura.net.network import Network
from asura.net.trace import Trace

# Searching more than this goes to a thread: the event loop has other checks to attend to.
HEAVY_BODY = 64 * 1024
_BODY_SUBJECTS = frozenset({"body", "json"})

Verdict = tuple[Finding, Reason, str]


class HttpCheck:
    """One HTTP request on a fresh connection."""

    name = "http"
    title = "HTTP"
    target_help = "The whole address, like https://example.com/health."
    params = HttpParams
    assertable = frozenset({"status", "header", "body", "json", "response_time", "certificate_days"})

    def validate(self, target: str, params: HttpParams) -> None:
        """Raise `Invalid` where target, headers, body, certificates or proxy cannot be used."""
        built(target, params)
        check_tls(params)

    async def run(self, job: Job, net: Network, trace: Trace) -> Outcome:
        """Ask once, following redirects, and judge the answer."""
        params: HttpParams = job.params
        response = await fetch(prepared(job.target, params), net, trace)
        phases = trace.phases()
        latency = total(phases)
        days = _days_left(response)
        verdict = _refused(job, response, trace) or _too_long(params, response)
        if job.assertions:
            asserted = await _asserted(job, _seen(response, latency, days), trace)
            verdict = verdict or asserted
        verdict = verdict or _expiring(params, response, days)
        found, reason, message = verdict or (
            Finding.UP,
            Reason.OK,
            f"HTTP {response.status} {response.phrase}".rstrip(),
        )
        return Outcome(found, reason, message, latency, response.status, phases, certificate_days=days)


def total(phases: Phases) -> float:
    """Return the milliseconds of all phases together: what the target took, without our own waiting."""
    parts = (phases.dns, phases.connect, phases.tls, phases.ttfb, phases.transfer)
    return sum(part for part in parts if part is not None)


def _refused(job: Job, response: HttpResponse, trace: Trace) -> Verdict | None:
    """Return the failure of a status that is not accepted; a status assertion replaces the usual 200 to 399."""
    if 200 <= response.status < 400 or any(assertion.on == "status" for assertion in job.assertions):
        return None
    params: HttpParams = job.params
    where = response.url.authority if params.proxy else place(response.url.host, trace.address, response.url.port)
    words = f"{response.status} {response.phrase}".rstrip()
    message = f"{where} answered {words}; 200 to 399 is expected. {_advice(response.status)}"
    return Finding.DOWN, Reason.HTTP_STATUS, message


def _advice(status: int) -> str:
    if status in (401, 403):
        return "Check the credentials, or expect this status by an assertion."
    if status in (404, 410):
        return "Check the path of the address."
    if status == 429:
        return "Ask less often, or let asura pass the rate limit."
    return "Look at the service's own log." if status >= 500 else "Check the address and the settings of the request."


def _too_long(params: HttpParams, response: HttpResponse) -> Verdict | None:
    if not response.truncated or params.accept_longer_bodies:
        return None
    limit = (
        f"{params.max_body / 1024:.0f} KiB" if params.max_body < 1024 * 1024 else f"{params.max_body / 1048576:g} MiB"
    )
    message = (
        f"The body from {response.url.authority} is longer than {limit} (unpacked). "
        "Raise the limit, accept longer bodies, or ask for a smaller page."
    )
    return Finding.DOWN, Reason.BODY_TOO_LARGE, message


async def _asserted(job: Job, seen: Seen, trace: Trace) -> Verdict | None:
    big = len(seen.body or b"") > HEAVY_BODY
    if any((big and one.on in _BODY_SUBJECTS) or is_wide(one.path) for one in job.assertions):
        trace.assertions = await asyncio.to_thread(judge, job.assertions, job.assertions_match, seen)
    else:
        trace.assertions = judge(job.assertions, job.assertions_match, seen)
    verdict = finding(trace.assertions, job.assertions_match)
    return None if verdict.finding is Finding.UP else verdict


def is_wide(path: str | None) -> bool:
    """Return whether a JSON path may look at more than one value on its way, and so take its time."""
    return any(sign in path for sign in ("..", "*", "?", ",", ":")) if path else False


def _seen(response: HttpResponse, latency: float, days: float | None) -> Seen:
    return Seen(
        status=response.status,
        headers=response.headers,
        body=response.body,
        charset=_charset(response),
        response_ms=latency,
        certificate_days=days,
    )


def _charset(response: HttpResponse) -> str:
    kind = next((value for name, value in response.headers if name == "content-type"), "")
    _, _, rest = kind.lower().partition("charset=")
    return rest.partition(";")[0].strip(" \"'") or "utf-8"


def _days_left(response: HttpResponse) -> float | None:
    """Return the days of the certificate that ends first; None without one, or where none can be read."""
    days: list[float] = []
    for leaf in response.leaves:
        try:
            days.append(days_left(leaf))
        except ValueError:
            continue
    return min(days, default=None)


def _expiring(params: HttpParams, response: HttpResponse, days: float | None) -> Verdict | None:
    if days is None or days >= params.certificate_warning_days or not params.certificate_warning_days:
        return None
    when = f"expires in {_in_words(days)}" if days >= 0 else f"expired {_in_words(-days)} ago"
    return Finding.DEGRADED, Reason.TLS_EXPIRES_SOON, f"The TLS certificate of {response.url.host} {when}. Renew it."


def _in_words(days: float) -> str:
    return f"{days:.0f} days" if days >= 2 else f"{max(1, round(days * 24))} hours"


CHECK = HttpCheck()
