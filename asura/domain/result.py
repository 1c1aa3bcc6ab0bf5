"""What one check found, with the evidence for it."""

from datetime import datetime
from typing import Any

import msgspec

from asura.domain.reason import Reason
from asura.domain.status import Finding


class Phases(msgspec.Struct, frozen=True):
    """How long each phase took, in milliseconds; None where the check did not get that far or has no such phase."""

    dns: float | None = None
    connect: float | None = None
    tls: float | None = None
    ttfb: float | None = None
    transfer: float | None = None


PHASE_NAMES = ("dns", "connect", "tls", "ttfb", "transfer")
NO_PHASES = Phases()


class Certificate(msgspec.Struct, frozen=True):
    """One certificate of a chain, as far as people ask for it."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    days_left: float
    fingerprint_sha256: str
    serial: str = ""


class AssertionOutcome(msgspec.Struct, frozen=True):
    """One assertion held against what was seen."""

    text: str
    passed: bool
    severity: Finding
    message: str


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was seen, for the reader who asks why: kept for each change of state and for checks run by hand."""

    address: str = ""
    resolved: tuple[str, ...] = ()
    request: str = ""
    response: str = ""
    redirects: tuple[str, ...] = ()
    tls_version: str = ""
    tls_cipher: str = ""
    certificates: tuple[Certificate, ...] = ()
    assertions: tuple[AssertionOutcome, ...] = ()
    facts: dict[str, Any] = {}
    latency_ms: float | None = None
    phases_ms: Phases = NO_PHASES


class Outcome(msgspec.Struct, frozen=True):
    """What a check type reports: the part of a result that the protocol decides."""

    finding: Finding
    reason: Reason = Reason.OK
    message: str = ""
    latency_ms: float | None = None
    code: int = 0
    phases: Phases = NO_PHASES
    evidence: Evidence | None = None
    # Days until the certificate of the target ends; not stored with the result.
    certificate_days: float | None = None


class Result(msgspec.Struct, frozen=True):
    """One check of one monitor from one region. `counted` is False for a try that is retried."""

    monitor_id: int
    generation: int
    region: str
    at: datetime
    finding: Finding
    reason: Reason
    message: str = ""
    latency_ms: float | None = None
    code: int = 0
    phases: Phases = NO_PHASES
    counted: bool = True
    evidence: Evidence | None = None
    certificate_days: float | None = None
