"""What went wrong in the past of the demo, and what has not ended yet: the same for the same arguments."""

import random
from datetime import datetime, timedelta
from typing import NamedTuple

from asura.demo import names
from asura.demo.cast import Seed
from asura.domain.reason import Reason
from asura.domain.status import Status

# How long the present troubles last already when the demo starts.
DOWN_FOR, SLOW_FOR = timedelta(minutes=4, seconds=20), timedelta(minutes=47)


class Outage(NamedTuple):
    """A stretch in which a monitor was not well; the last one may not have ended."""

    from_at: datetime
    to_at: datetime | None
    status: Status
    reason: Reason
    message: str
    code: int

    def covers(self, at: datetime) -> bool:
        """Return whether it lasts at an instant."""
        return self.from_at <= at and (self.to_at is None or at < self.to_at)


Trouble = tuple[Status, Reason, str, int]


def of(seed: Seed, begin: datetime, now: datetime) -> list[Outage]:
    """Return what happened to something that is checked between two instants, oldest first."""
    chance = random.Random(f"outages of {seed.name}")
    length = (now - begin) / timedelta(hours=1)
    found: list[Outage] = []
    for place in sorted(chance.uniform(3, max(4.0, length - 8)) for _ in range(chance.choice((1, 2, 3, 5)))):
        start = (begin + timedelta(hours=place)).replace(microsecond=0)
        if found and found[-1].to_at is not None and start < found[-1].to_at + timedelta(hours=1):
            continue
        end = start + timedelta(seconds=round(60 * min(400.0, chance.lognormvariate(2.6, 0.8))))
        if end < now - timedelta(hours=2) and not _was_paused(seed, end, now):
            found.append(Outage(start, end, *_trouble(seed, chance)))
    if seed.now in (Status.DOWN, Status.DEGRADED):
        found.append(_present(seed, now))
    return found


def paused_at(now: datetime) -> datetime:
    """Return since when what is paused is paused."""
    return (now - timedelta(days=6)).replace(microsecond=0)


def unavailable(seed: Seed) -> str:
    """Return what is said of a web server that answers 503."""
    said = "answered 503 Service Unavailable; 200 to 399 is expected. Look at the service's own log."
    return f"{names.place(seed)} {said}"


def _was_paused(seed: Seed, at: datetime, now: datetime) -> bool:
    return seed.now is Status.PAUSED and at > paused_at(now) - timedelta(hours=1)


def _trouble(seed: Seed, chance: random.Random) -> Trouble:
    if seed.type == "http" and chance.random() < 0.3:
        limit = seed.more.get("latency_threshold_ms")
        said = f"Answered in {1.6 * limit:.0f} ms, slower than {limit:g} ms." if limit else ""
        if said:
            return Status.DEGRADED, Reason.SLOW, said, 200
    return chance.choice(_troubles(seed))


def _troubles(seed: Seed) -> tuple[Trouble, ...]:
    host = seed.target.removeprefix("https://").partition("/")[0]
    down = Status.DOWN
    if seed.type == "dns":
        return (
            (
                down,
                Reason.DNS_TIMEOUT,
                f"ns1.example.com:53 (udp) did not answer the question for {host} A in time.",
                0,
            ),
            (
                down,
                Reason.DNS_RCODE,
                "ns1.example.com:53 (udp) answered SERVFAIL (it could not find the answer out).",
                2,
            ),
        )
    if seed.type == "icmp":
        return (
            (down, Reason.ICMP_NO_REPLY, f"None of 3 pings to {host} was answered.", 0),
            (Status.DEGRADED, Reason.ICMP_LOSS, f"2 of 3 pings to {host} were lost (67%); at most 50% may be.", 0),
        )
    if seed.type == "tls":
        return ((Status.DEGRADED, Reason.TLS_EXPIRES_SOON, f"The certificate of {host} ends in 9 days.", 0),)
    if seed.type == "statuspage":
        return ((Status.DEGRADED, Reason.REPORTED, f"{seed.name} says: Minor service disruption.", 200),)
    where, address = names.place(seed), names.ADDRESSES[names.endpoint(seed)[0]]
    timeouts: Trouble = (down, Reason.CONNECT_TIMEOUT, f"No connection was made within 10 s ({address}).", 0)
    refused = f"{where} refused the connection: nothing listens there. Start the service or check the port."
    refusals: Trouble = (down, Reason.CONNECT_REFUSED, refused, 0)
    if seed.type == "tcp":
        return timeouts, refusals
    return (down, Reason.HTTP_STATUS, unavailable(seed), 503), timeouts, refusals


def _present(seed: Seed, now: datetime) -> Outage:
    if seed.now is Status.DEGRADED:
        said = "Answered in 940 ms, slower than 800 ms."
        return Outage(now - SLOW_FOR, None, Status.DEGRADED, Reason.SLOW, said, 200)
    return Outage(now - DOWN_FOR, None, Status.DOWN, Reason.HTTP_STATUS, unavailable(seed), 503)
