"""A check's own stop-watch: which phase runs, how long the others took, and what was seen on the way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from asura.domain.result import AssertionOutcome, Certificate, Evidence, Phases


class Trace:
    """Collects phases (milliseconds) and evidence while a check runs, so that a check cut short can still tell."""

    __slots__ = (
        "_began",
        "_phase",
        "_started",
        "_times",
        "address",
        "assertions",
        "certificates",
        "extend",
        "facts",
        "later",
        "redirects",
        "request",
        "resolved",
        "response",
        "tls_cipher",
        "tls_version",
        "waiting",
    )

    def __init__(self) -> None:
        self._began = perf_counter()
        self._started = self._began
        self._phase = ""
        self._times: dict[str, float] = {}
        self.address = ""
        self.resolved: tuple[str, ...] = ()
        self.request = ""
        self.response = ""
        self.redirects: list[str] = []
        self.tls_version = ""
        self.tls_cipher = ""
        self.certificates: tuple[Certificate, ...] = ()
        self.assertions: tuple[AssertionOutcome, ...] = ()
        self.facts: dict[str, Any] = {}
        # What of our own the check waits for ("resolver"): that time is never the target's.
        self.waiting = ""
        # Who sets the deadline is told how many seconds of waiting for us to add to it.
        self.extend: Callable[[float], None] | None = None
        # Evidence that costs something to write down: called once, when somebody asks for it.
        self.later: Callable[[Trace], None] | None = None

    @property
    def phase(self) -> str:
        """Return the phase that is running, empty between phases."""
        return self._phase

    def begin(self, phase: str) -> None:
        """Start a phase (dns, connect, tls, ttfb, transfer), ending the one that runs."""
        now = perf_counter()
        self._close(now)
        self._phase = phase
        self._started = now

    def end(self) -> None:
        """End the running phase; a phase that ran before (a redirect) adds up."""
        self._close(perf_counter())

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Time a block as one phase; stays open when the block fails, so that the failure knows its phase."""
        self.begin(phase)
        yield
        self.end()

    @contextmanager
    def waits_for(self, what: str) -> Iterator[None]:
        """Wait for something of our own; when it comes, the deadline moves by the time that this took."""
        began = perf_counter()
        self.waiting = what
        yield
        self.waiting = ""
        if self.extend is not None:
            self.extend(perf_counter() - began)

    def elapsed_ms(self) -> float:
        """Return the milliseconds since the check began."""
        return (perf_counter() - self._began) * 1000

    def phases(self) -> Phases:
        """Return the phases so far, the running one up to now."""
        times = dict(self._times)
        if self._phase:
            times[self._phase] = times.get(self._phase, 0.0) + (perf_counter() - self._started) * 1000
        return Phases(**times)

    def evidence(self) -> Evidence:
        """Return what was seen so far."""
        if self.later is not None:
            later, self.later = self.later, None
            later(self)
        return Evidence(
            address=self.address,
            resolved=self.resolved,
            request=self.request,
            response=self.response,
            redirects=tuple(self.redirects),
            tls_version=self.tls_version,
            tls_cipher=self.tls_cipher,
            certificates=self.certificates,
            assertions=self.assertions,
            facts=self.facts,
        )

    def _close(self, now: float) -> None:
        if self._phase:
            self._times[self._phase] = self._times.get(self._phase, 0.0) + (now - self._started) * 1000
            self._phase = ""
