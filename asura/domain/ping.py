"""A ping: one call-in of a job, as it arrived, and as it stands in the log."""

from datetime import datetime
from enum import StrEnum

import msgspec

# Of a body so many bytes are kept; the rest is cut, and said to be.
BODY_LIMIT = 100_000
RUN_ID_LIMIT = 64
AGENT_LIMIT = 200
NOTE_LIMIT = 2_000
STEP_NAME_LIMIT = 100


class PingKind(StrEnum):
    """What a ping says. The words are stored and answered; they never change their meaning."""

    SUCCESS = "success"
    FAIL = "fail"
    START = "start"
    LOG = "log"
    IGNORED = "ignored"


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a long run has come: the number of the step, of how many, what it is called, since when."""

    at: datetime
    step: int | None = None
    of: int | None = None
    name: str = ""


class Ping(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One call-in. `body` is cut to BODY_LIMIT, `body_bytes` is what was sent; `duration_s` what the caller measured.

    `note` is a short text beside the body (Uptime Kuma's `msg`); of an ignored ping it says why.
    """

    at: datetime
    kind: PingKind = PingKind.SUCCESS
    exit_status: int | None = None
    duration_s: float | None = None
    run_id: str = ""
    source: str = ""
    method: str = ""
    user_agent: str = ""
    note: str = ""
    body: bytes = b""
    body_bytes: int = 0
    step: Step | None = None


class Logged(msgspec.Struct, frozen=True):
    """A ping in the log: its id there, its number among the pings of its monitor (1 is the first), the id of the
    previous one (0: none), and the ping. Readers of lists leave `body` empty and tell `body_bytes` alone.
    """

    id: int
    monitor_id: int
    number: int
    previous: int
    ping: Ping
