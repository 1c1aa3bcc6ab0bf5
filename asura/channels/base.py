"""What a channel type is: a name, a struct of parameters, and one function."""

from typing import Any, Protocol

import msgspec

from asura.domain.message import Message
from asura.net.network import Network


class ChannelType(Protocol):
    """One way to tell people. A module in this folder offers one as `CHANNEL`."""

    name: str
    title: str
    # A frozen struct that refuses unknown fields; it drives validation, API, form and docs.
    params: type[msgspec.Struct]
    # Whether the receiver can recognise a repeat by the message's key.
    carries_key: bool

    def validate(self, params: Any) -> None:
        """Raise `Invalid` with paths `settings.…` where the combination cannot work."""
        ...

    async def send(self, params: Any, message: Message, net: Network) -> str:
        """Deliver once, within 30 s, and return the provider's answer in a few words; raises DeliveryError."""
        ...
