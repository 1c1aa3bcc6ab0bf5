"""The errors that are part of the product: each says what happened, to what, and what to do."""

from asura.domain.fault import Fault

__all__ = [
    "AsuraError",
    "Conflict",
    "DeliveryError",
    "Fault",
    "Invalid",
    "NotFound",
    "PreconditionFailed",
    "StoreUnavailable",
    "TooMany",
]


class AsuraError(Exception):
    """Something that a person or a client can do something about."""


class Invalid(AsuraError):
    """A value that cannot be accepted; `faults` names every offending field."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__(
            "; ".join(f"{fault.path}: {fault.message}" if fault.path else fault.message for fault in faults)
        )


class NotFound(AsuraError):
    """There is no such thing, or the asker may not know of it."""


class Conflict(AsuraError):
    """The value is fine, but the present state does not allow it."""


class PreconditionFailed(AsuraError):
    """Somebody else changed the object since it was read."""


class StoreUnavailable(AsuraError):
    """The store could not commit. Nothing was changed; trying again later may work."""


class DeliveryError(AsuraError):
    """A notification that was not delivered: why, whether trying again can help, and when (in seconds)."""

    def __init__(self, reason: str, *, permanent: bool = False, retry_after: float | None = None) -> None:
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after
        super().__init__(reason)


class TooMany(AsuraError):
    """Not now: somebody has tried too often; `retry_after` are the seconds to wait."""

    def __init__(self, message: str, *, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(message)
