"""Who is watched in a seeded folder: services that a small company might have, and what they say when they fail."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from asura.domain.reason import Reason
from asura.domain.result import Certificate, Evidence, Phases
from asura.domain.status import Status


class Seed(NamedTuple):
    """One monitor: what it is, how fast it answers, and how it is right now."""

    name: str
    type: str
    target: str
    group: str | None
    tags: tuple[str, ...]
    base_ms: float = 110.0
    now: Status = Status.UP
    more: Mapping[str, Any] = MappingProxyType({})
    regions: tuple[tuple[str, float], ...] = (("local", 1.0),)


RUNBOOK = "https://wiki.example.com/runbooks/checkout-503"
SEEDS = (
    Seed("Checkout API", "http", "https://checkout.example.com/health", "Shop", ("shop", "eu"), 118, Status.DOWN,
         {"public": True, "runbook_url": RUNBOOK, "description": "Takes the money: card payments and vouchers."}),
    Seed("Search", "http", "https://search.example.com/ping", "Shop", ("shop",), 260, Status.DEGRADED,
         {"latency_threshold_ms": 800.0}),
    Seed("Shop", "http", "https://shop.example.com/", "Shop", ("shop", "eu"), 142, Status.UP, {"public": True},
         (("local", 1.0), ("eu-west", 0.8), ("us-east", 1.7))),
    Seed("Payments webhook", "http", "https://pay.example.com/hooks/health", "Shop", ("shop",), 96),
    Seed("Product images", "http", "https://img.example.com/pixel.png", "Shop", ("cdn",), 38),
    Seed("Customer login", "http", "https://login.example.com/", "Accounts", ("accounts",), 155),
    Seed("Account API", "http", "https://accounts.example.com/v1/status", "Accounts", ("accounts", "eu"), 88),
    Seed("Blog", "http", "https://blog.example.com/", None, ("web",), 310),
    Seed("Documentation", "http", "https://docs.example.com/", None, ("web",), 74),
    Seed("Newsletter", "http", "https://news.example.com/", None, ("web",), 205),
    Seed("PostgreSQL primary", "tcp", "localhost:{port}", "Databases", ("db",), 3.1),
    Seed("PostgreSQL replica", "tcp", "localhost:{port}", "Databases", ("db",), 3.4),
    Seed("Redis", "tcp", "127.0.0.1:{port}", "Databases", ("db",), 1.2),
    Seed("Mail relay", "tcp", "localhost:{port}", "Mail", ("mail",), 8.5),
    Seed("Webmail", "http", "https://mail.example.com/", "Mail", ("mail",), 180),
    Seed("Partner feed", "http", "https://feed.partner.example/v2/items.json", None, ("partner",), 640, Status.PAUSED),
    Seed("Nightly backup", "heartbeat", "", "Jobs", ("db",), 0, Status.UP,
         {"cron": "30 2 * * *", "timezone": "Europe/Berlin", "grace": 1800.0, "max_runtime": 3600.0}),
    Seed("Invoice run", "heartbeat", "", "Jobs", ("shop",), 0, Status.UP,
         {"interval": 3600.0, "grace": 600.0, "max_runtime": 900.0}),
    Seed("Warehouse sync", "heartbeat", "", "Jobs", ("shop",), 0, Status.DOWN,
         {"interval": 3600.0, "grace": 600.0}),
    Seed("Certificate renewal", "heartbeat", "", "Jobs", ("tls",), 0, Status.UP,
         {"cron": "0 4 * * 1", "timezone": "Europe/Berlin", "grace": 7200.0}),
)  # fmt: skip


def numbered(count: int) -> list[Seed]:
    """Return so many monitors: the invented ones first, then nodes of a rack."""
    rest = [
        Seed(f"Node {n}", "http", f"https://node-{n}.example.com/", "Nodes", ("rack", f"rack-{n % 4}"), 40 + n % 30)
        for n in range(1, max(0, count - len(SEEDS)) + 1)
    ]
    return [*SEEDS, *rest][:count]


FAILURES = (
    (Reason.HTTP_STATUS, "HTTP 503 Service Unavailable, expected 200-399.", 503),
    (Reason.CONNECT_TIMEOUT, "No connection was made within 10 s.", 0),
    (Reason.CONNECT_REFUSED, "Connection refused by 203.0.113.9 port 443.", 0),
    (Reason.DNS_TIMEOUT, "The name could not be looked up within 5 s.", 0),
)


def phases(kind: str, base_ms: float, chance: random.Random) -> Phases:
    """Return how long each phase of an answer took: a twentieth of the base for the name, most of it for the answer."""
    if kind != "http":
        return Phases(connect=base_ms * chance.lognormvariate(0, 0.12))
    return Phases(
        dns=base_ms * 0.05 * chance.lognormvariate(0, 0.3),
        connect=base_ms * 0.13 * chance.lognormvariate(0, 0.15),
        tls=base_ms * 0.24 * chance.lognormvariate(0, 0.12),
        ttfb=base_ms * 0.55 * chance.lognormvariate(0, 0.2),
        transfer=base_ms * 0.03 * chance.lognormvariate(0, 0.3),
    )


def evidence(seed: Seed, found: Phases, at: datetime) -> Evidence:
    """Return what a failing check saw."""
    host = seed.target.removeprefix("https://").partition("/")[0]
    leaf = Certificate(
        subject=f"CN={host}", issuer="CN=R11,O=Let's Encrypt,C=US", names=(host,), not_before=at - timedelta(days=26.6),
        not_after=at + timedelta(days=63.4), days_left=63.4, fingerprint_sha256="ab" * 32,
    )  # fmt: skip
    return Evidence(
        address="203.0.113.9:443",
        resolved=("203.0.113.9", "203.0.113.10"),
        request=f"GET /health HTTP/1.1\r\nHost: {host}\r\nUser-Agent: asura\r\n",
        response=(
            "HTTP/1.1 503 Service Unavailable\r\nserver: envoy\r\ncontent-length: 91\r\n\r\n"
            "upstream connect error or disconnect/reset before headers. reset reason: connection timeout"
        ),
        tls_version="TLSv1.3",
        tls_cipher="TLS_AES_256_GCM_SHA384",
        certificates=(leaf,),
        latency_ms=2020.0,
        phases_ms=found,
    )
