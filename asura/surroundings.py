"""What an asura that is not in the real world is put into: the seam by which a demo is made of the real program."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from asura.domain.channel import Channel
from asura.domain.message import Message
from asura.engine.engine import Engine
from asura.net.network import Network, NetworkConfig
from asura.settings import Settings


class Surroundings(Protocol):
    """Whatever asura reaches, and what happens around it. It never reaches anything else."""

    def network(self, config: NetworkConfig) -> Network:
        """Return the way out."""
        ...

    async def send(self, channel: Channel, message: Message) -> str:
        """Stand in for every channel: return an answer, or raise DeliveryError."""
        ...

    def living(self, engine: Engine, settings: Settings) -> AbstractAsyncContextManager[None]:
        """Go on while asura runs, and say at the beginning where it is to be found."""
        ...
