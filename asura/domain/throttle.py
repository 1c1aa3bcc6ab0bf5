"""How often somebody may fail: a bucket of attempts that fills again with time."""

import msgspec


class Rule(msgspec.Struct, frozen=True):
    """Attempts a second, and how many may come at once. A rate of 0 allows any."""

    rate: float = 0.2
    burst: int = 5


class Attempts(msgspec.Struct, frozen=True):
    """How many attempts were left at an instant of a monotonic clock, in seconds."""

    left: float
    at: float


def left_at(attempts: Attempts | None, rule: Rule, now: float) -> float:
    """Return how many attempts are left."""
    if attempts is None:
        return float(rule.burst)
    return min(float(rule.burst), attempts.left + max(0.0, now - attempts.at) * rule.rate)


def wait_s(attempts: Attempts | None, rule: Rule, now: float) -> float:
    """Return the seconds until one may be made; 0 when it may be now."""
    if rule.rate <= 0:
        return 0.0
    return max(0.0, (1.0 - left_at(attempts, rule, now)) / rule.rate)


def taken(attempts: Attempts | None, rule: Rule, now: float) -> Attempts:
    """Return what is left when one is made."""
    return Attempts(left_at(attempts, rule, now) - 1.0, now)


def given_back(attempts: Attempts | None, rule: Rule, now: float) -> Attempts:
    """Return what is left when one that was made proved to be no failure."""
    return Attempts(min(float(rule.burst), left_at(attempts, rule, now) + 1.0), now)
