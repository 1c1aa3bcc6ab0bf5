"""How the network fails: one error with a stable class and a plain sentence."""

from asura.domain.reason import Reason


class NetError(Exception):
    """Something on the way to the target, or the target itself, did not do its part."""

    def __init__(self, reason: Reason, message: str) -> None:
        self.reason = reason
        self.message = message
        super().__init__(message)
