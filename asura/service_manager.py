"""How asura speaks with its service manager, as systemd does: datagrams with news, and sockets that it hands over."""

import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator, MutableMapping, Sequence
from typing import NamedTuple

LOG = logging.getLogger("asura")

FIRST_DESCRIPTOR = 3
MOST_SOCKETS = 64
# News that must arrive waits so long for a manager that is busy; what is said again soon does not wait at all.
PATIENCE_S = 2.0
EXTEND_EVERY_S, EXTEND_BY_S = 5.0, 30.0
LONGEST_STATUS = 300
_VARIABLES = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES")


class Handed(NamedTuple):
    """A socket that the manager opened or kept for us, and the name that it has there."""

    name: str
    socket: socket.socket


class Manager:
    """The service manager that started this process; where none did, nobody hears what is said.

    `watchdog_s`: it wants a sign of life at least that often; 0: it does not ask.
    """

    def __init__(self, address: str = "", *, watchdog_s: float = 0.0, handed: Sequence[Handed] = ()) -> None:
        # An abstract address is written with an @ in front.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.watchdog_s = watchdog_s
        self.handed = tuple(handed)

    @classmethod
    def found(cls, environment: MutableMapping[str, str] = os.environ) -> "Manager":
        """Return the manager that the environment tells of, and take that out of it: no child of ours shall answer.

        What is meant for our parent is meant for us: the launcher of the one-file executable is a process of its own.
        """
        told = {name: environment.pop(name, "") for name in (*_VARIABLES, "LISTEN_PIDFDID")}
        us = (str(os.getpid()), str(os.getppid()))
        watched = told["WATCHDOG_PID"] in ("", *us)
        handed = _handed(told) if told["LISTEN_PID"] in us else []
        return cls(
            told["NOTIFY_SOCKET"],
            watchdog_s=_whole(told["WATCHDOG_USEC"]) / 1e6 if watched else 0.0,
            handed=handed,
        )

    @property
    def there(self) -> bool:
        """Return whether anybody hears us."""
        return bool(self._address)

    def ready(self, status: str) -> None:
        """Say that requests are answered from now on."""
        self._tell("READY=1", _status(status), wait_s=PATIENCE_S)

    def reloading(self) -> None:
        """Say that the configuration is read again; `ready` ends it."""
        self._tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}", wait_s=PATIENCE_S)

    def stopping(self) -> None:
        """Say that this process ends."""
        self._tell("STOPPING=1", _status("stopping"), wait_s=PATIENCE_S)

    def failed(self, why: str, errno: int = 0) -> None:
        """Say why this process did not start."""
        self._tell(_status(why), *([f"ERRNO={errno}"] if errno else []), wait_s=PATIENCE_S)

    def status(self, sentence: str) -> bool:
        """Say how it goes, in one line; return whether it was taken."""
        return self._tell(_status(sentence))

    def alive(self) -> bool:
        """Give a sign of life; return whether it was taken."""
        return self._tell("WATCHDOG=1")

    def keep(self, name: str, kept: socket.socket) -> None:
        """Ask it to keep a socket for the next start, so that whoever knocks meanwhile waits."""
        self._tell("FDSTORE=1", f"FDNAME={name}", sockets=(kept,), wait_s=PATIENCE_S)

    def forget(self, name: str) -> None:
        """Ask it to keep nothing under a name any more."""
        self._tell("FDSTOREREMOVE=1", f"FDNAME={name}", wait_s=PATIENCE_S)

    @contextlib.contextmanager
    def patient(self, status: str) -> Iterator[None]:
        """Ask for more time, again and again, while the block goes on: also while it holds the event loop up."""
        if not self.there:
            yield
            return
        done = threading.Event()
        thread = threading.Thread(target=self._extend, args=(status, done), name="asura-patience", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _extend(self, status: str, done: threading.Event) -> None:
        more = f"EXTEND_TIMEOUT_USEC={int(EXTEND_BY_S * 1e6)}"
        self._tell(_status(status), more)
        while not done.wait(EXTEND_EVERY_S):
            self._tell(more)

    def _tell(self, *news: str, sockets: Sequence[socket.socket] = (), wait_s: float = 0.0) -> bool:
        if not self.there:
            return False
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
                way.settimeout(wait_s)
                way.connect(self._address)
                socket.send_fds(way, ["\n".join(news).encode()], [one.fileno() for one in sockets])
        except OSError as error:
            LOG.debug("the service manager did not hear %s: %s", news[0], error)
            return False
        return True


def _status(sentence: str) -> str:
    return f"STATUS={' '.join(sentence.split())[:LONGEST_STATUS]}"


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _handed(told: MutableMapping[str, str]) -> list[Handed]:
    """Return the sockets that were handed over; none of them is passed on to a child of ours."""
    count = min(_whole(told["LISTEN_FDS"]), MOST_SOCKETS)
    names = told["LISTEN_FDNAMES"].split(":")
    found = []
    for number in range(count):
        name = names[number] if number < len(names) else ""
        try:
            os.set_inheritable(FIRST_DESCRIPTOR + number, False)
            found.append(Handed(name, socket.socket(fileno=FIRST_DESCRIPTOR + number)))
        except OSError as error:
            LOG.warning("what the service manager handed over as %s is no socket: %s", name or number, error.strerror)
    return found
