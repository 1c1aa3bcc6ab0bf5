"""An instant as the store and the wire have it: whole milliseconds, cut and not rounded."""

from datetime import UTC, datetime, timedelta

_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)


def at_ms(instant: datetime) -> int:
    """Return the whole milliseconds since the epoch: what is now is never to come."""
    return (instant - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """Return the instant that `at_ms` made a number of."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def kept(instant: datetime) -> datetime:
    """Return an instant as the store gives it back."""
    return from_ms(at_ms(instant))
