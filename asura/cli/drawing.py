"""Draws the outcome of one check: the verdict, a waterfall of its phases, the certificate, each assertion."""

from datetime import datetime
from typing import Any

from asura.cli.terminal import Terminal
from asura.domain.monitor import MonitorConfig
from asura.domain.result import PHASE_NAMES, Certificate, Evidence, Outcome, Phases
from asura.domain.status import Finding

VERDICTS = {
    Finding.UP: ("good", "green"),
    Finding.DEGRADED: ("warn", "yellow"),
    Finding.DOWN: ("bad", "red"),
    Finding.UNKNOWN: ("unknown", "grey"),
}
PHASE_COLOURS = {"dns": "cyan", "connect": "blue", "tls": "yellow", "ttfb": "green", "transfer": "green"}
LABEL = 15
# Certificates with fewer days left than this are shown in red.
SOON_DAYS = 14


def draw(config: MonitorConfig, outcome: Outcome, term: Terminal) -> str:
    """Return the drawing of an outcome as lines."""
    blocks = [_verdict(config, outcome, term), _waterfall(outcome.phases, term)]
    if outcome.evidence is not None:
        blocks += [_facts(outcome.evidence, term), _assertions(outcome.evidence, term)]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def milliseconds(value: float) -> str:
    """Return a latency with the digits that matter: `0.42 ms`, `18.3 ms`, `182 ms`, `2.41 s`."""
    if value >= 1000:
        return f"{value / 1000:.2f} s"
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f} ms"


def _verdict(config: MonitorConfig, outcome: Outcome, term: Terminal) -> list[str]:
    sign, colour = VERDICTS[outcome.finding]
    word = outcome.finding.status.value.upper()
    head = term.paint(f"{term.sign(sign)} {word}", "bold", colour)
    parts = [config.type, str(outcome.code) if outcome.code else ""]
    parts += [milliseconds(outcome.latency_ms)] if outcome.latency_ms is not None else []
    told = f" {term.sign('dot')} ".join(part for part in parts if part)
    lines = [f"{head}  {term.plain(config.target)}  {term.paint(told, 'grey')}"]
    if outcome.message:
        reason = "" if outcome.finding is Finding.UP else term.paint(f"  ({outcome.reason.value})", "grey")
        lines.append(f"  {term.plain(outcome.message)}{reason}")
    return lines


def _waterfall(phases: Phases, term: Terminal) -> list[str]:
    took = [(name, getattr(phases, name)) for name in PHASE_NAMES if getattr(phases, name) is not None]
    total = sum(value for _, value in took)
    if not took or total <= 0:
        return []
    room = term.width - LABEL - 14
    lines, passed = [], 0.0
    for name, value in took:
        start = min(round(passed / total * room), room - 1)
        length = max(1, min(round(value / total * room), room - start))
        bar = " " * start + term.sign("block") * length
        passed += value
        coloured = term.paint(bar, PHASE_COLOURS[name]) + " " * (room - len(bar))
        lines.append(f"  {name:<{LABEL - 2}}{coloured} {milliseconds(value):>10}")
    return lines


def _facts(evidence: Evidence, term: Terminal) -> list[str]:
    lines = []
    if evidence.address:
        others = len(evidence.resolved) - 1
        lines.append(_line("address", evidence.address + (f" (and {others} more)" if others > 0 else ""), term))
    lines += [_line("redirect", f"{term.sign('arrow')} {target}", term) for target in evidence.redirects]
    if evidence.tls_version:
        lines.append(_line("tls", " ".join(filter(None, (evidence.tls_version, evidence.tls_cipher))), term))
    for index, certificate in enumerate(evidence.certificates):
        lines += _certificate(certificate, index == 0, term)
    lines += [_line(name, _fact(value), term) for name, value in evidence.facts.items()]
    return lines


def _certificate(certificate: Certificate, is_leaf: bool, term: Terminal) -> list[str]:
    days = certificate.days_left
    left = f"expired {-days:.0f} days ago" if days < 0 else f"{days:.0f} days left"
    colour = "red" if days < SOON_DAYS else "green"
    until = f"until {certificate.not_after:%Y-%m-%d}"
    lines = [_line("certificate" if is_leaf else "", term.plain(certificate.subject), term)]
    if is_leaf and certificate.names:
        names = ", ".join(certificate.names[:6]) + (
            f" and {len(certificate.names) - 6} more" * (len(certificate.names) > 6)
        )
        lines.append(_line("", f"for {names}", term))
    lines.append(_line("", f"by {certificate.issuer}", term))
    lines.append(f"{' ' * LABEL}{term.paint(left, colour)}, {until}")
    return lines


def _assertions(evidence: Evidence, term: Terminal) -> list[str]:
    lines = []
    for one in evidence.assertions:
        sign, colour = ("good", "green") if one.passed else VERDICTS[one.severity]
        told = "" if one.passed or not one.message else f": {term.plain(one.message)}"
        lines.append(f"  {term.paint(term.sign(sign), colour)} {term.plain(one.text)}{told}")
    return lines


def _line(label: str, text: str, term: Terminal) -> str:
    return f"  {label:<{LABEL - 2}}{term.plain(text)}"


def _fact(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_fact(one) for one in value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return f"{value:g}" if isinstance(value, float) else str(value)
