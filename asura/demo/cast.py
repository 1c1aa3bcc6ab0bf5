"""Who is watched in the demo: services that a small shop might have, and how they are at the start."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from asura.domain.status import Status

LOCAL = "local"
# The probes of the demo, with how much farther everything is from there.
FARTHER = {LOCAL: 1.0, "eu-west": 0.8, "us-east": 1.7}
PROBES = {"eu-west": "dublin-1", "us-east": "virginia-1"}
EVERYWHERE = tuple(FARTHER)
NAME_SERVER = "ns1.example.com"


class Seed(NamedTuple):
    """One monitor: what it is, how fast it answers (milliseconds), and how it is at the start."""

    name: str
    type: str
    target: str
    group: str | None
    tags: tuple[str, ...]
    base_ms: float = 110.0
    now: Status = Status.UP
    more: Mapping[str, Any] = MappingProxyType({})
    regions: tuple[str, ...] = (LOCAL,)

    @property
    def slug(self) -> str:
        """Return the slug of its monitor."""
        return self.name.lower().replace(" ", "-")


RUNBOOK = "https://wiki.example.com/runbooks/checkout-503"
# Those that fail while one looks are checked often, so that one sees it.
_OFTEN: Mapping[str, Any] = {"interval": 15.0, "timeout": 5.0, "retries": 0}
_NAMES = {"resolver": NAME_SERVER}

SEEDS = (
    Seed("Checkout API", "http", "https://checkout.example.com/health", "Shop", ("shop", "eu"), 118, Status.DOWN,
         {"public": True, "runbook_url": RUNBOOK, "description": "Takes the money: card payments and vouchers."}),
    Seed("Search", "http", "https://search.example.com/ping", "Shop", ("shop",), 260, Status.DEGRADED,
         {"latency_threshold_ms": 800.0}),
    Seed("Shop", "http", "https://shop.example.com/", "Shop", ("shop", "eu"), 142, Status.UP, {"public": True},
         EVERYWHERE),
    Seed("Payments webhook", "http", "https://pay.example.com/hooks/health", "Shop", ("shop",), 96),
    Seed("Product images", "http", "https://img.example.com/pixel.png", "Shop", ("cdn",), 38),
    Seed("Customer login", "http", "https://login.example.com/", "Accounts", ("accounts",), 155),
    Seed("Account API", "http", "https://accounts.example.com/v1/status", "Accounts", ("accounts", "eu"), 88,
         Status.UP, {"assertions": ({"on": "json", "path": "$.status", "op": "eq", "value": "ok"},)}, EVERYWHERE),
    Seed("Blog", "http", "https://blog.example.com/", None, ("web",), 310, Status.UP, _OFTEN),
    Seed("Documentation", "http", "https://docs.example.com/", None, ("web",), 74, Status.UP, {}, EVERYWHERE),
    Seed("Newsletter", "http", "https://news.example.com/", None, ("web",), 205, Status.UP,
         {**_OFTEN, "latency_threshold_ms": 1500.0}),
    Seed("PostgreSQL primary", "tcp", "db-1.example.com:5432", "Databases", ("db",), 9.1),
    Seed("PostgreSQL replica", "tcp", "db-2.example.com:5432", "Databases", ("db",), 11.4),
    Seed("Redis", "tcp", "cache.example.com:6379", "Databases", ("db",), 8.2, Status.UP,
         {"settings": {"send": r"PING\r\n", "expect": "+PONG"}}),
    Seed("Mail relay", "tcp", "mail.example.com:25", "Mail", ("mail",), 18.5, Status.UP,
         {**_OFTEN, "settings": {"expect": "220 "}}),
    Seed("Webmail", "http", "https://mail.example.com/", "Mail", ("mail",), 180),
    Seed("Partner feed", "http", "https://feed.partner.example/v2/items.json", None, ("partner",), 640, Status.PAUSED),
    Seed("Nightly backup", "heartbeat", "", "Jobs", ("db",), 0, Status.UP,
         {"grace": 1800.0, "max_runtime": 3600.0}),
    Seed("Invoice run", "heartbeat", "", "Jobs", ("shop",), 0, Status.UP,
         {"interval": 3600.0, "grace": 600.0, "max_runtime": 900.0}),
    Seed("Warehouse sync", "heartbeat", "", "Jobs", ("shop",), 0, Status.DOWN,
         {"interval": 3600.0, "grace": 600.0}),
    Seed("Certificate renewal", "heartbeat", "", "Jobs", ("tls",), 0, Status.UP, {"grace": 7200.0}),
    Seed("Queue worker", "heartbeat", "", "Jobs", ("shop",), 0, Status.UP,
         {"interval": 60.0, "grace": 60.0, "description": "Says every minute that it is still at work."}),
    Seed("Shop address", "dns", "shop.example.com", "Names", ("dns",), 12.0, Status.UP,
         {**_OFTEN, "settings": _NAMES}),
    Seed("Mail routing", "dns", "example.com", "Names", ("dns", "mail"), 13.0, Status.UP,
         {"settings": {**_NAMES, "record_type": "MX", "expected": ("10 mail.example.com.",)}}),
    Seed("Office router", "icmp", "router.office.example", "Network", ("office",), 14.0),
    Seed("VPN gateway", "icmp", "vpn.example.com", "Network", ("office",), 21.0, Status.UP,
         {**_OFTEN, "settings": {"wait": 1.0}}),
    Seed("Shop certificate", "tls", "shop.example.com", "Certificates", ("tls", "shop"), 62.0),
    Seed("Mail certificate", "tls", "mail.example.com:993", "Certificates", ("tls", "mail"), 70.0, Status.UP,
         {"settings": {"warn_days": 10.0}}),
    Seed("Card payments", "statuspage", "https://status.cards.example", "Suppliers", ("partner",), 120.0, Status.UP,
         _OFTEN),
    Seed("Parcel service", "statuspage", "https://status.parcels.example", "Suppliers", ("partner",), 145.0, Status.UP,
         {"settings": {"component": "Labels"}}),
    Seed("Warehouse API", "http", "https://warehouse.example.com/health", "Shop", ("shop",), 132),
)  # fmt: skip


def numbered(count: int) -> list[Seed]:
    """Return so many monitors: those of the demo first, then nodes of a rack."""
    rest = [
        Seed(f"Node {n}", "http", f"https://node-{n}.example.com/", "Nodes", ("rack", f"rack-{n % 4}"), 40 + n % 30)
        for n in range(1, max(0, count - len(SEEDS)) + 1)
    ]
    return [*SEEDS, *rest][:count]
