"""The web server: uvicorn on sockets that it is given, with a certificate that changes, and no ideas of its own."""

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator

import uvicorn
from uvicorn.server import ServerState

from asura.web.protocol import LINGER_S


class State(ServerState):
    """What all connections of a server share: also whether it stops, and how long each then waits for a request."""

    def __init__(self) -> None:
        super().__init__()
        self.stopping = False
        self.linger_s = LINGER_S


class Server(uvicorn.Server):
    """Serves until `should_exit`. `answering` is called once requests are answered."""

    def __init__(
        self, config: uvicorn.Config, *, tls: ssl.SSLContext | None = None, answering: Callable[[], None] | None = None
    ) -> None:
        super().__init__(config)
        self._tls = tls
        self._answering = answering
        self.server_state: State = State()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen."""
        self.config.ssl = self._tls
        await super().startup(sockets)
        if self._answering is not None:
            self._answering()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, and let those that are there end; who else holds a socket keeps its queue."""
        self.server_state.stopping = True
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: they belong to the whole process."""
        yield
