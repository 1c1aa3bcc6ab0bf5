"""What a probe delivers is held against its limits: what makes no sense is refused, what is new falls back."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from asura.domain import screening, wire
from asura.domain.reason import Reason
from asura.domain.result import Certificate, Evidence, Phases
from asura.domain.screening import faults, opened, reason_of, result_of, senseless, sober
from asura.domain.status import Finding
from tests.domain.wire_kit import BATCH

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


def sealed(*found: wire.Finding) -> wire.SealedBatch:
    return msgspec.json.decode(msgspec.json.encode(batch(results=found)), type=wire.SealedBatch)


def with_evidence(raw: str, *, finding: int = 2) -> wire.SealedBatch:
    row = f'[1,1,{AT_MS},{finding},"timeout","It is slow.",1.0,0,null,true,{raw}]'
    return msgspec.json.decode(f'{{"boot":"0b5e7c1a","seq":0,"results":[{row}]}}', type=wire.SealedBatch)


def test_what_is_read_sealed_is_the_same_batch_once_it_is_opened() -> None:
    state = wire.State(spooled=3)
    given = batch(
        wire=2,
        results=(*BATCH.results[1:], finding(phases=Phases(dns=1.0), certificate_days=2.5)),
        state=state,
        bye=True,
    )
    assert opened(msgspec.json.decode(msgspec.json.encode(given), type=wire.SealedBatch)) == given
    for seal, plain in ((wire.SealedFinding, wire.Finding), (wire.SealedBatch, wire.Batch)):
        assert seal.__struct_fields__ == plain.__struct_fields__


def deep(levels: int) -> str:
    return '{"facts":{"a":' + "[" * levels + "]" * levels + "}}"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(deep(32), id="deeper than is kept"),
        pytest.param(deep(500), id="deeper than can be stored"),
        pytest.param('{"facts":{"a":[' + ",".join(["{}"] * 1000) + "]}}", id="too many values"),
        pytest.param('{"resolved":[' + ",".join(['""'] * 1000) + "]}", id="too many addresses"),
        pytest.param('{"response":"' + "y" * screening.MOST_EVIDENCE + '"}', id="too long"),
        pytest.param('{"facts":{"a":1' + "0" * 5000 + "}}", id="a number that cannot be read"),
        pytest.param('{"facts":{"a":1e999}}', id="a number beyond numbers"),
        pytest.param("7", id="no evidence at all"),
        pytest.param('{"certificates":[{}]}', id="half a certificate"),
        pytest.param(
            '{"certificates":[{"subject":"","issuer":"","names":[],"not_before":"2026-01-01T00:00:00",'
            '"not_after":"2026-01-01T00:00:00Z","days_left":1,"fingerprint_sha256":""}]}',
            id="an instant of no zone",
        ),
    ],
)
def test_evidence_that_is_too_much_or_makes_no_sense_is_dropped_and_its_result_counts(raw: str) -> None:
    (one,) = opened(with_evidence(raw)).results
    assert one.evidence is screening.LEFT_OUT
    assert (one.finding, one.reason, one.message) == (2, "timeout", "It is slow.")


def test_evidence_that_is_much_and_not_too_much_stays() -> None:
    for raw in (deep(29), '{"facts":{"a":[' + ",".join(["{}"] * 990) + "]}}", '{"response":"' + "y" * 65_000 + '"}'):
        (one,) = opened(with_evidence(raw)).results
        assert one.evidence is not None and one.evidence is not screening.LEFT_OUT


def test_all_evidence_of_a_batch_together_is_bounded_too() -> None:
    seen = Evidence(facts={"a": [{}] * 900})
    found = opened(sealed(*[finding(finding=2, evidence=seen)] * 200)).results
    kept = sum(one.evidence is not screening.LEFT_OUT for one in found)
    assert 100 < kept < 115


def test_of_what_is_well_no_evidence_is_kept() -> None:
    seen = Evidence(response="HTTP/1.1 200 OK")
    assert [one.evidence for one in opened(sealed(finding(evidence=seen))).results] == [None]
    assert opened(with_evidence(deep(900), finding=0)).results[0].evidence is None
    assert result_of(finding(evidence=seen), region="eu", at_ms=AT_MS).evidence is None


def test_texts_are_cut_and_move_no_cursor() -> None:
    given = finding(finding=2, reason="timeout", message="x" * 5000)
    assert len(result_of(given, region="eu", at_ms=AT_MS).message) == 1000
    odd = finding(finding=2, message="\x1b[31mred\r\nX: y\u202eevil\u2066\x00\x9b\u2028ä\u00a0🙂")
    assert result_of(odd, region="eu", at_ms=AT_MS).message == " [31mred  X: y\ufffdevil\ufffd   ä\u00a0🙂"
    assert sober(wire.State(blind="No\x1b[2J way\u202e")).blind == "No [2J way\ufffd"


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
