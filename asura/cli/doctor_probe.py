"""`asura doctor` looks at a probe's primary: whether it answers, and whether it lets the key in."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from asura.cli.doctor_clock import skew_s
from asura.cli.doctor_finding import Finding, ok, problem, warn
from asura.clock import SystemClock
from asura.domain import wire
from asura.domain.blindness import is_near
from asura.net.errors import NetError
from asura.net.network import Network
from asura.net.service import Service
from asura.probe.trouble import ASSIGNMENTS, trouble
from asura.settings_probes import Probe

MOST_BYTES, WITHIN_S = 1 << 16, 10.0


class Primary(msgspec.Struct, frozen=True, kw_only=True):
    """What the primary said to the key: nothing wrong where `error` is empty."""

    url: str
    region: str
    error: str = ""
    plain: bool = False
    skew_s: float | None = None


async def look(probe: Probe, net: Network) -> Primary:
    """Return what the primary says; the probe that may run with this key is not disturbed.

    Rights and versions are judged before the rest of a request: one that names no process is refused for just that,
    by a primary that knows the key, and nobody has come.
    """
    clock, parts = SystemClock(), urlsplit(probe.primary)
    plain = parts.scheme == "http" and not is_near(parts.hostname or "") and parts.hostname != "localhost"
    primary = Primary(url=probe.primary, region=probe.region, plain=plain)
    key = probe.key.reveal() if probe.key else ""
    service = Service(net, probe.primary, headers={"Authorization": f"Bearer {key}"}, keep=0)
    try:
        sent = clock.now()
        query = {"wire": wire.WIRE, "needs": wire.NEEDS}
        answer = await service.ask("GET", ASSIGNMENTS, query=query, most=MOST_BYTES, within=WITHIN_S)
    except (NetError, OSError) as failed:
        words = failed.message if isinstance(failed, NetError) else str(failed)
        return msgspec.structs.replace(primary, error=f"The primary at {probe.primary} cannot be reached: {words}")
    finally:
        await service.close()
    ahead = _ahead(answer.headers.get("date", ""), sent, clock.now())
    if answer.status == 422 and b'"boot"' in answer.body:
        return msgspec.structs.replace(primary, skew_s=ahead)
    said = trouble(probe.primary, answer.status, answer.headers, answer.body).sentence
    return msgspec.structs.replace(primary, skew_s=ahead, error=said)


def judge(seen: Primary) -> Iterator[Finding]:
    """Yield what is to be said about the primary."""
    if seen.error:
        yield problem("primary", seen.error, f"curl -v {seen.url}/api/v1/health")
    else:
        yield ok("primary", f"{seen.url} answers, and knows the key")
    if seen.plain:
        text = f"the key and all results travel in plain text to {seen.url}"
        yield warn("primary", text, "give it an https address")
    yield ok("region", seen.region or "the one that the key is for")


def _ahead(date: str, sent: datetime, received: datetime) -> float | None:
    return skew_s(date, sent=sent, received=received)
