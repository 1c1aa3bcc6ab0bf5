"""The stable classes of what a check found. Clients match on them: a name, once released, stays."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a result is what it is; the sentence beside it is for people, this word is for programs."""

    OK = "ok"
    # Names
    DNS_NXDOMAIN = "dns_nxdomain"
    DNS_NO_ANSWER = "dns_no_answer"
    DNS_TIMEOUT = "dns_timeout"
    DNS_FAILED = "dns_failed"
    DNS_RCODE = "dns_rcode"
    DNS_ANSWER = "dns_answer"
    # Connections
    CONNECT_REFUSED = "connect_refused"
    CONNECT_TIMEOUT = "connect_timeout"
    CONNECT_RESET = "connect_reset"
    CONNECT_UNREACHABLE = "connect_unreachable"
    CONNECT_FAILED = "connect_failed"
    CONNECTION_CLOSED = "connection_closed"
    BLOCKED_ADDRESS = "blocked_address"
    PROXY_FAILED = "proxy_failed"
    # TLS
    TLS_EXPIRED = "tls_expired"
    TLS_NOT_YET_VALID = "tls_not_yet_valid"
    TLS_HOSTNAME = "tls_hostname"
    TLS_SELF_SIGNED = "tls_self_signed"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_PROTOCOL = "tls_protocol"
    TLS_TIMEOUT = "tls_timeout"
    TLS_FAILED = "tls_failed"
    TLS_EXPIRES_SOON = "tls_expires_soon"
    STARTTLS_REFUSED = "starttls_refused"
    # HTTP
    HTTP_STATUS = "http_status"
    HTTP_PROTOCOL = "http_protocol"
    HTTP_TIMEOUT = "http_timeout"
    BODY_TIMEOUT = "body_timeout"
    BODY_TOO_LARGE = "body_too_large"
    BODY_ENCODING = "body_encoding"
    REDIRECT_LIMIT = "redirect_limit"
    REDIRECT_INVALID = "redirect_invalid"
    # Any protocol
    ASSERTION = "assertion"
    UNEXPECTED_ANSWER = "unexpected_answer"
    # What the target says about itself.
    REPORTED = "reported"
    TIMEOUT = "timeout"
    SLOW = "slow"
    INVERTED = "inverted"
    # ICMP
    ICMP_NO_REPLY = "icmp_no_reply"
    ICMP_LOSS = "icmp_loss"
    ICMP_JITTER = "icmp_jitter"
    # Heartbeats
    PING_LATE = "ping_late"
    PING_MISSED = "ping_missed"
    PING_NEVER = "ping_never"
    JOB_FAILED = "job_failed"
    RUN_OVERDUE = "run_overdue"
    RUN_NOT_STARTED = "run_not_started"
    # Ours, never the target's
    NOT_PERMITTED = "not_permitted"
    INTERNAL_ERROR = "internal_error"
    OWN_BUSY = "own_busy"
    OWN_NETWORK = "own_network"
    OWN_RESOLVER = "own_resolver"
    OWN_STALL = "own_stall"
    OWN_SUSPENDED = "own_suspended"
    OWN_CLOCK = "own_clock"
    OWN_STORE = "own_store"
    NOT_RUNNING = "not_running"
    RESTARTED = "restarted"
    # Of regions: none has a vote, or this one said nothing for too long, has no probe that is there, or cannot see.
    NO_VOTE = "no_vote"
    REGION_SILENT = "region_silent"
    REGION_OFFLINE = "region_offline"
    REGION_BLIND = "region_blind"
    # Not from a check
    NOT_CHECKED = "not_checked"
    NOT_PINGED = "not_pinged"
    PAUSED = "paused"
    # Under maintenance: nothing has changed since it began, or what is found meanwhile.
    MAINTENANCE = "maintenance"
    MAINTENANCE_UP = "maintenance_up"
    MAINTENANCE_DEGRADED = "maintenance_degraded"
    MAINTENANCE_DOWN = "maintenance_down"
    # It failed during the maintenance that is over, and has not been checked since.
    AFTER_MAINTENANCE = "after_maintenance"


# A failure of these kinds can come from our own uplink or resolver, and is held against the canaries first.
# A refusal or a reset is not among them: something out there answered.
NETWORK_REASONS = frozenset(
    {
        Reason.DNS_TIMEOUT,
        Reason.DNS_FAILED,
        Reason.DNS_NXDOMAIN,
        Reason.DNS_NO_ANSWER,
        Reason.CONNECT_TIMEOUT,
        Reason.CONNECT_UNREACHABLE,
        Reason.CONNECT_FAILED,
        Reason.TLS_TIMEOUT,
        Reason.HTTP_TIMEOUT,
        Reason.BODY_TIMEOUT,
        Reason.TIMEOUT,
        Reason.ICMP_NO_REPLY,
        Reason.ICMP_LOSS,
    }
)
# What a hold-up of this process can look like: silence, and slowness of every kind.
STALL_REASONS = NETWORK_REASONS | {Reason.SLOW, Reason.ASSERTION, Reason.ICMP_JITTER}
RESOLVER_REASONS = frozenset({Reason.DNS_TIMEOUT, Reason.DNS_FAILED, Reason.DNS_NXDOMAIN, Reason.DNS_NO_ANSWER})
# Faults of the whole process: one global gap tells of them, not a span per monitor.
OWN_REASONS = frozenset(
    {
        Reason.OWN_NETWORK,
        Reason.OWN_RESOLVER,
        Reason.OWN_STALL,
        Reason.OWN_SUSPENDED,
        Reason.OWN_CLOCK,
        Reason.OWN_STORE,
    }
)
# Stretches in which no ping could be taken, and which say nothing about what we check ourselves: those results are
# made up for, or were kept and stored later.
DEAF_REASONS = frozenset({Reason.RESTARTED, Reason.OWN_STORE})
