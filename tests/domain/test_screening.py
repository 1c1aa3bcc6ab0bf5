"""What a probe delivers is held against its limits: what makes no sense is refused, what is new falls back."""

from datetime import UTC, datetime
from typing import Any

import pytest

from asura.domain import screening, wire
from asura.domain.reason import Reason
from asura.domain.result import Certificate, Evidence, Phases
from asura.domain.screening import faults, reason_of, result_of, senseless, sober
from asura.domain.status import Finding

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
AT_MS = round(AT.timestamp() * 1000)
NAN, INFINITY = float("nan"), float("inf")


def batch(**fields: Any) -> wire.Batch:
    return wire.Batch(**({"boot": "0b5e7c1a", "seq": 0} | fields))


def finding(**fields: Any) -> wire.Finding:
    return wire.Finding(**({"monitor_id": 1, "generation": 1, "at": AT_MS, "finding": 0, "reason": "ok"} | fields))


def test_what_a_probe_usually_sends_makes_sense() -> None:
    usual = [
        finding(latency_ms=0.0, phases=Phases(dns=0.0, ttfb=12.5)),
        finding(finding=2, reason="connect_refused", certificate_days=-3.5, code=-(1 << 40)),
        finding(at=AT_MS + 2000),
    ]
    assert faults(batch(results=tuple(usual)), sent_at=AT.timestamp()) == []
    assert senseless(usual, latest_ms=AT_MS + 2000) is None


@pytest.mark.parametrize(
    ("fields", "sent_at", "path"),
    [
        ({"needs": wire.WIRE + 1}, 0.0, "needs"),
        ({"boot": ""}, 0.0, "boot"),
        ({"boot": "0b5e7c1"}, 0.0, "boot"),
        ({"boot": "a" * 65}, 0.0, "boot"),
        ({"boot": "0B5E7C1A"}, 0.0, "boot"),
        ({"boot": "0b5e7c1a\n"}, 0.0, "boot"),
        ({"boot": "../../../etc"}, 0.0, "boot"),
        ({"seq": -1}, 0.0, "seq"),
        ({"seq": 1 << 53}, 0.0, "seq"),
        ({}, NAN, wire.SENT_AT),
        ({}, INFINITY, wire.SENT_AT),
        ({}, -1.0, wire.SENT_AT),
        ({"results": (finding(),) * (wire.MOST_RESULTS + 1)}, 0.0, "results"),
    ],
)
def test_a_batch_that_makes_no_sense_says_where(fields: dict[str, Any], sent_at: float, path: str) -> None:
    assert [fault.path for fault in faults(batch(**fields), sent_at=sent_at)] == [path]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"finding": 4}, "finding"),
        ({"finding": -1}, "finding"),
        ({"at": AT_MS + 2001}, "at"),
        ({"at": 1 << 62}, "at"),
        ({"generation": -1}, "generation"),
        ({"latency_ms": NAN}, "latency_ms"),
        ({"latency_ms": INFINITY}, "latency_ms"),
        ({"latency_ms": -0.1}, "latency_ms"),
        ({"latency_ms": 1e300}, "latency_ms"),
        ({"phases": Phases(dns=-1.0)}, "phases"),
        ({"phases": Phases(transfer=NAN)}, "phases"),
        ({"certificate_days": NAN}, "certificate_days"),
        ({"certificate_days": 1e9}, "certificate_days"),
    ],
)
def test_one_result_that_makes_no_sense_says_which_it_is(fields: dict[str, Any], path: str) -> None:
    fault = senseless([finding(), finding(**fields)], latest_ms=AT_MS + 2000)
    assert fault is not None and fault.path == f"results[1].{path}"


def test_a_finding_becomes_a_result_of_its_region_at_the_time_that_is_given() -> None:
    seen = Evidence(response="HTTP/1.1 500", certificates=(certificate(),))
    phases = Phases(dns=1.0, connect=2.0)
    given = finding(
        finding=2,
        reason="http_status",
        message="Status 500.",
        latency_ms=8.5,
        code=500,
        phases=phases,
        counted=False,
        evidence=seen,
        certificate_days=4.0,
    )
    result = result_of(given, region="eu", at_ms=AT_MS - 1)
    assert (result.region, round(result.at.timestamp() * 1000), result.at.tzinfo) == ("eu", AT_MS - 1, UTC)
    assert (result.finding, result.reason, result.message) == (Finding.DOWN, Reason.HTTP_STATUS, "Status 500.")
    assert (result.latency_ms, result.code, result.phases, result.counted) == (8.5, 500, phases, False)
    assert (result.evidence, result.certificate_days) == (seen, 4.0)


def certificate(**fields: Any) -> Certificate:
    values: dict[str, Any] = {"subject": "s", "issuer": "i", "names": (), "not_before": AT, "not_after": AT}
    return Certificate(**(values | {"days_left": 1.0, "fingerprint_sha256": ""} | fields))


def test_texts_are_cut_and_evidence_that_is_too_much_is_left_out() -> None:
    given = finding(finding=2, reason="timeout", message="x" * 5000, evidence=Evidence(response="y" * (64 * 1024)))
    result = result_of(given, region="eu", at_ms=AT_MS)
    assert len(result.message) == 1000 and result.evidence is None
    zoneless = Evidence(certificates=(certificate(not_after=AT.replace(tzinfo=None)),))
    assert result_of(finding(evidence=zoneless), region="eu", at_ms=AT_MS).evidence is None


@pytest.mark.parametrize(
    ("word", "found", "reason"),
    [
        ("ok", Finding.UP, Reason.OK),
        ("connect_refused", Finding.UP, Reason.CONNECT_REFUSED),
        ("of tomorrow", Finding.UP, Reason.OK),
        ("own_network", Finding.UP, Reason.OK),
        ("connect_refused", Finding.DOWN, Reason.CONNECT_REFUSED),
        ("of tomorrow", Finding.DOWN, Reason.UNEXPECTED_ANSWER),
        ("ok", Finding.DOWN, Reason.UNEXPECTED_ANSWER),
        ("own_network", Finding.DOWN, Reason.UNEXPECTED_ANSWER),
        ("after_maintenance", Finding.DOWN, Reason.UNEXPECTED_ANSWER),
        ("slow", Finding.DEGRADED, Reason.SLOW),
        ("of tomorrow", Finding.DEGRADED, Reason.UNEXPECTED_ANSWER),
        ("own_network", Finding.UNKNOWN, Reason.OWN_NETWORK),
        ("not_permitted", Finding.UNKNOWN, Reason.NOT_PERMITTED),
        ("of tomorrow", Finding.UNKNOWN, Reason.INTERNAL_ERROR),
        ("ok", Finding.UNKNOWN, Reason.INTERNAL_ERROR),
        ("no_vote", Finding.UNKNOWN, Reason.INTERNAL_ERROR),
        ("maintenance_down", Finding.UNKNOWN, Reason.INTERNAL_ERROR),
    ],
)
def test_a_word_that_is_not_known_or_was_not_found_falls_back(word: str, found: Finding, reason: Reason) -> None:
    assert reason_of(word, found) is reason
    assert result_of(finding(finding=int(found), reason=word), region="eu", at_ms=AT_MS).reason is reason


def test_every_reason_of_a_check_comes_through() -> None:
    """What a check of ours can find is not taken for something else when a probe finds it."""
    lost = {reason for reason in Reason if reason_of(reason.value, Finding.UNKNOWN) is not reason}
    assert lost == {*screening._NOT_FOUND, Reason.OK}


def test_how_a_probe_does_is_kept_within_what_can_be() -> None:
    odd = wire.State(blind="b" * 900, checks_per_s=NAN, in_flight=-1, late_s=INFINITY, lag_s=1e12, spooled=7, lost=2)
    assert sober(odd) == wire.State(blind="b" * 500, spooled=7, lost=2)
    fine = wire.State(checks_per_s=3.5, in_flight=2, late_s=0.1, lag_s=60.0, monitors=9)
    assert sober(fine) == fine
