"""Reads a status page that speaks Statuspage's API, and judges what others say about themselves."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Annotated, Literal

import msgspec

from asura.checks.assertions import Seen
from asura.checks.base import Job
from asura.checks.conclusion import conclude
from asura.domain.fields import FAMILIES, field
from asura.domain.reason import Reason
from asura.domain.result import Outcome
from asura.domain.status import Finding
from asura.errors import Fault, Invalid
from asura.net.errors import NetError
from asura.net.guard import literal, refusal
from asura.net.http import HttpRequest, HttpResponse, fetch
from asura.net.network import Network
from asura.net.tls import TlsSettings, unusable
from asura.net.trace import Trace
from asura.net.url import Url, parse_url

API = "/api/v2/"
# The longest summaries that there are have some hundred kilobytes.
MAX_BODY = 8 * 1024 * 1024
MAX_REDIRECTS = 5
NAMED, NEAR, LONGEST = 3, 5, 200
_GONE = frozenset({404, 410})
# How bad each word of theirs is; `full_outage` is what some compatible pages say.
_LEVELS = {
    "operational": "none",
    "under_maintenance": "maintenance",
    "degraded_performance": "minor",
    "partial_outage": "major",
    "major_outage": "critical",
    "full_outage": "critical",
}
_RANKS = {level: rank for rank, level in enumerate(("none", "maintenance", "minor", "major", "critical"))}
_SAID = {
    "operational": "is operational",
    "under_maintenance": "is under maintenance",
    "degraded_performance": "is degraded",
    "partial_outage": "has a partial outage",
    "major_outage": "has a major outage",
    "full_outage": "has a major outage",
}


class StatuspageParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of a look at somebody's status page."""

    component: Annotated[
        str, field("Component", "Name or id of the one component to judge; empty judges the whole page.")
    ] = ""
    maintenance: Annotated[
        Literal["up", "degraded"],
        field("Maintenance counts as", "Planned work that goes on.", labels={"up": "Up", "degraded": "Degraded"}),
    ] = "up"
    minor: Annotated[
        Literal["degraded", "up"],
        field(
            "Minor trouble counts as", "What they call minor or degraded.", labels={"degraded": "Degraded", "up": "Up"}
        ),
    ] = "degraded"
    major: Annotated[
        Literal["down", "degraded"],
        field(
            "Partial outage counts as",
            "What they call major or partial; what they call critical is always down.",
            labels={"down": "Down", "degraded": "Degraded"},
        ),
    ] = "down"
    verify: Annotated[
        bool, field("Verify certificate", "Refuse certificates that cannot be trusted.", advanced=True)
    ] = True
    ca_pem: Annotated[str, field("Own CA", "Certificates (PEM) to trust as well.", multiline=True, advanced=True)] = ""
    family: Annotated[
        Literal["any", "ipv4", "ipv6"],
        field("IP version", "Which kind of address is dialled.", advanced=True, labels=FAMILIES),
    ] = "any"


class Head(msgspec.Struct, frozen=True):
    """Whose page it is."""

    name: str = ""


class Whole(msgspec.Struct, frozen=True):
    """How the whole is, by a word and in words."""

    indicator: str
    description: str = ""


class Part(msgspec.Struct, frozen=True):
    """One component."""

    id: str
    name: str
    status: str
    group: bool = False
    group_id: str | None = None


class Told(msgspec.Struct, frozen=True):
    """What a page answers, as far as it is judged; everything else in it is not looked at."""

    page: Head = Head()
    status: Whole | None = None
    components: list[Part] | None = None


class Verdict(msgspec.Struct, frozen=True):
    """How bad it is, and the sentence that they say."""

    level: str
    sentence: str


class StatuspageCheck:
    """One look at a status page."""

    name = "statuspage"
    title = "Status page"
    target_help = "The address of the page, like https://www.githubstatus.com."
    params = StatuspageParams
    assertable = frozenset({"response_time"})

    def validate(self, target: str, params: StatuspageParams) -> None:
        """Raise `Invalid` where the address or the certificates cannot be used."""
        address = literal(_base(target).host)
        kind = None if address is None else refusal(address, private_ok=True)
        if kind is not None:
            raise Invalid(Fault("target", f"{_base(target).host} is {kind}: asura does not connect there"))
        fault = unusable(_tls(params))
        if fault is not None:
            raise Invalid(Fault(f"settings.{fault[0]}", fault[1]))

    async def run(self, job: Job, net: Network, trace: Trace) -> Outcome:
        """Read the summary, or what an older page has instead, and judge it."""
        params: StatuspageParams = job.params
        told, code = await _read(job, net, trace)
        verdict = _of_component(told, params.component) if params.component else _of_whole(told)
        finding = _finding(params, verdict.level)
        phases = trace.phases()
        parts = (phases.dns, phases.connect, phases.tls, phases.ttfb, phases.transfer)
        latency = sum(part for part in parts if part is not None)
        reason = Reason.OK if finding is Finding.UP else Reason.REPORTED
        whose = _clean(told.page.name) or _base(job.target).host
        message = f"{whose} says: {verdict.sentence}"
        outcome = Outcome(finding, reason, message, latency, code=code, phases=phases)
        return conclude(outcome, job, Seen(response_ms=latency), trace)


async def _read(job: Job, net: Network, trace: Trace) -> tuple[Told, int]:
    """Return what the page says, and the status of its answer; raises NetError where it says nothing of this kind."""
    wanted = "components" if job.params.component else "status"
    response = await _fetched("summary.json", job, net, trace)
    if response.status not in _GONE:
        told = _decoded(response)
        if getattr(told, wanted) is not None:
            return told, response.status
    # Some pages that are compatible with Statuspage leave the summary out.
    response = await _fetched(f"{wanted}.json", job, net, trace)
    if response.status in _GONE:
        where = f"{_base(job.target)}{API}summary.json"
        raise _unexpected(f"There is no status page that programs can read at {where} (HTTP {response.status}).")
    told = _decoded(response)
    if getattr(told, wanted) is None:
        raise _unexpected(f"{response.url} does not say how the {wanted} is.")
    return told, response.status


async def _fetched(file: str, job: Job, net: Network, trace: Trace) -> HttpResponse:
    base, params = _base(job.target), job.params
    request = HttpRequest(
        url=msgspec.structs.replace(base, target=f"{base.target}{API}{file}"),
        headers=(("Accept", "application/json"),),
        family=params.family,
        tls=_tls(params),
        max_redirects=MAX_REDIRECTS,
        max_body=MAX_BODY,
    )
    response = await fetch(request, net, trace)
    if response.status in _GONE or 200 <= response.status < 300:
        return response
    words = f"{response.status} {response.phrase}".rstrip()
    raise NetError(Reason.HTTP_STATUS, f"{response.url} answered {words}; a status page answers 200.")


def _decoded(response: HttpResponse) -> Told:
    if response.truncated:
        raise NetError(Reason.BODY_TOO_LARGE, f"{response.url} answered more than {MAX_BODY // 1048576} MiB.")
    try:
        return msgspec.json.decode(response.body, type=Told)
    except msgspec.ValidationError as error:
        raise _unexpected(f"{response.url} is not as Statuspage's API has it: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _unexpected(f"{response.url} did not answer JSON, as a status page does.") from None


def _of_whole(told: Told) -> Verdict:
    whole = told.status
    assert whole is not None
    if whole.indicator not in _RANKS:
        raise _unexpected(f"The page says that its state is “{_clean(whole.indicator)}”, which is no known word.")
    said = _clean(whole.description) or whole.indicator
    troubled = [one for one in told.components or () if not one.group and one.status != "operational"]
    return Verdict(whole.indicator, f"{said}{_troubles(troubled)}")


def _troubles(troubled: Sequence[Part]) -> str:
    """Return the worst components in words, and how many more there are."""
    worst = sorted(troubled, key=lambda one: -_RANKS[_LEVELS.get(one.status, "minor")])
    named = [_sentence(one) for one in worst[:NAMED]]
    more = f" and {len(worst) - NAMED} more" if len(worst) > NAMED else ""
    return f": {', '.join(named)}{more}" if named else ""


def _of_component(told: Told, wanted: str) -> Verdict:
    components = told.components or []
    groups = {one.id: one.name for one in components if one.group}
    found = [one for one in components if one.id == wanted]
    found = found or [one for one in components if wanted.strip().casefold() in _names(one, groups)]
    if not found:
        raise _unexpected(f"There is no component “{_clean(wanted)}” on the page.{_near(wanted, components)}")
    for one in found:
        if one.status not in _LEVELS:
            raise _unexpected(f"{_clean(one.name)} is “{_clean(one.status)}”, which is no known state.")
    worst = max(found, key=lambda one: _RANKS[_LEVELS[one.status]])
    return Verdict(_LEVELS[worst.status], _sentence(worst))


def _names(one: Part, groups: dict[str, str]) -> tuple[str, ...]:
    """Return how a component may be called: by its name, or with its group before it."""
    name = one.name.strip().casefold()
    group = groups.get(one.group_id or "", "").strip().casefold()
    return (name, f"{group} - {name}", f"{group}/{name}") if group else (name,)


def _near(wanted: str, components: Sequence[Part]) -> str:
    names = {one.name.casefold(): _clean(one.name) for one in components}
    close = get_close_matches(wanted.casefold(), names, n=NEAR, cutoff=0.4) or list(names)[:NEAR]
    return f" There are: {', '.join(names[one] for one in close)}." if close else " It has none."


def _sentence(one: Part) -> str:
    return f"{_clean(one.name)} {_SAID.get(one.status, f'is {_clean(one.status)}')}"


def _finding(params: StatuspageParams, level: str) -> Finding:
    counts = {"none": "up", "maintenance": params.maintenance, "minor": params.minor, "major": params.major}
    words = {"up": Finding.UP, "degraded": Finding.DEGRADED}
    return words.get(counts.get(level, "down"), Finding.DOWN)


def _base(target: str) -> Url:
    """Return the address of a page without a slash at its end, also where one of its files was given."""
    url = parse_url(target)
    path = url.target.partition("?")[0].partition(API)[0].rstrip("/")
    return msgspec.structs.replace(url, target=path)


def _tls(params: StatuspageParams) -> TlsSettings:
    return TlsSettings(verify=params.verify, ca_pem=params.ca_pem, alpn=("http/1.1",))


def _clean(text: str) -> str:
    """Return somebody else's text on one line, without what a terminal would obey, and not too long."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _unexpected(text: str) -> NetError:
    return NetError(Reason.UNEXPECTED_ANSWER, text)


CHECK = StatuspageCheck()
