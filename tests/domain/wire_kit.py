"""Messages between primary and probes that say everything there is to say, and as little as can be said."""

from datetime import UTC, datetime
from typing import Any

from asura.domain import status
from asura.domain.monitor import Assertion
from asura.domain.result import AssertionOutcome, Certificate, Evidence, Phases
from asura.domain.wire import Assigned, Assignment, Batch, Finding, State, Taken

AT = 1_764_350_000_125

CERTIFICATE = Certificate(
    subject="shop.example",
    issuer="An Authority",
    names=("shop.example", "www.shop.example"),
    not_before=datetime(2025, 11, 1, tzinfo=UTC),
    not_after=datetime(2026, 2, 1, tzinfo=UTC),
    days_left=64.5,
    fingerprint_sha256="ab" * 32,
    serial="01",
)
EVIDENCE = Evidence(
    address="192.0.2.7:443",
    resolved=("192.0.2.7", "2001:db8::7"),
    request="GET /health HTTP/1.1\r\nHost: shop.example",
    response="HTTP/1.1 503 Service Unavailable\r\n\r\nzu früh 早すぎる",
    redirects=("https://shop.example/",),
    tls_version="TLSv1.3",
    tls_cipher="TLS_AES_256_GCM_SHA384",
    certificates=(CERTIFICATE,),
    assertions=(AssertionOutcome("status in 200-299", False, status.Finding.DOWN, "The status is 503."),),
    facts={"url": "https://shop.example/health", "attempts": 2},
    latency_ms=81.25,
    phases_ms=Phases(dns=1.5, connect=10.0, tls=22.75, ttfb=45.0, transfer=2.0),
)
ASSIGNED = Assigned(
    tag="4f2a-17",
    full=True,
    monitors=(
        Assignment(
            id=1,
            generation=3,
            type="http",
            target="https://shop.example/health",
            interval=30.0,
            timeout=5.0,
            retries=2,
            retry_interval=7.5,
            latency_threshold_ms=900.0,
            upside_down=True,
            settings={"method": "POST", "headers": {"X-Key": "hush"}, "max_redirects": 3},
            assertions=(
                Assertion(on="status", op="in", value=["200-299"]),
                Assertion(on="json", op="eq", value=True, name="healthy", path="$.ok", severity="degraded"),
            ),
            assertions_match="any",
            asked=2,
            last_at=1_764_349_990.5,
        ),
        Assignment(id=2, generation=1, type="icmp", target="192.0.2.9"),
    ),
    gone=(7, 8),
    probe_id=5,
    region="eu-west",
    name="Frankfurt",
    version="0.6.0",
    now=1_764_350_000.125,
    report_every=4.0,
)
CHANGE = Assigned(tag="4f2a-18", full=False, gone=(2,), probe_id=5, region="eu-west", now=1_764_350_060.0)
BATCH = Batch(
    boot="9f1c7ab2",
    seq=41,
    results=(
        Finding(1, 3, AT, 0, "ok", "", 81.25, 200, Phases(dns=1.5, connect=10.0, ttfb=45.0)),
        Finding(1, 3, AT + 30_000, 2, "http_status", "The status is 503.", 81.25, 503, None, False, EVIDENCE, 64.5),
        Finding(2, 1, AT + 31_000, 3, "not_permitted"),
    ),
    state=State(
        blind="No answer from the gateway.",
        checks_per_s=12.5,
        in_flight=3,
        late_s=0.25,
        lag_s=1.5,
        spooled=2048,
        lost=4,
        monitors=2,
    ),
    bye=True,
)
QUIET = Batch(boot="9f1c7ab2", seq=42)
TAKEN = Taken(news=2, history=1, refused=1, known=True, tag="4f2a-18", now=1_764_350_031.5)

TODAY = {"assigned": ASSIGNED, "change": CHANGE, "batch": BATCH, "quiet": QUIET, "taken": TAKEN}

# Messages without anything that can be left out.
BARE: dict[str, Any] = {
    "assigned": Assigned(
        wire=0,
        needs=0,
        tag="1",
        full=True,
        monitors=(Assignment(id=1, generation=3, type="http"),),
        probe_id=5,
        region="eu-west",
        now=1_764_350_000.0,
    ),
    "batch": Batch(wire=0, needs=0, boot="9f1c7ab2", seq=41, results=(Finding(1, 3, AT, 2, "http_status"),)),
    "taken": Taken(),
}
